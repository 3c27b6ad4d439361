"""Every metric of a period in one table: value, what it rests on, how sure it is, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from metrics.questions import Card
from pages.components import loaders
from pages.components.choose import METRICS
from pages.components.drill import Choices, opening
from pages.components.formats import INTERVAL, NOTHING, basis, difference, figure_text, spread
from pages.components.period import Asked

COLUMN = st.column_config
VERDICTS = {True: "better", False: "worse", None: ""}


def show_metrics(asked: Asked) -> None:
    """Every metric of the catalogue."""
    metric_table(loaders.headline(asked.filters, asked.as_of, METRICS).cards)


def metric_table(cards: Sequence[Card], *, beside: str = "Before", choices: Choices | None = None) -> None:
    """A row a metric; the number in it opens the conversations it counts, narrowed to what the cards are of.

    `beside` says what the second value is: that of the period before, or that of another bot.
    """
    frame = pd.DataFrame(
        {
            "metric": [card.metric.label for card in cards],
            "value": [figure_text(card.metric, card.now) for card in cards],
            "basis": [basis(card.now) for card in cards],
            "before": [NOTHING if card.before is None else figure_text(card.metric, card.before) for card in cards],
            "change": [_change(card) for card in cards],
            "interval": [_interval(card) for card in cards],
            "spread": [spread(card.now) for card in cards],
            "definition": [card.metric.definition for card in cards],
        }
    )
    st.dataframe(
        frame,
        key="metrics",
        hide_index=True,
        height="content",
        alt=f"Every metric, beside it: {beside.lower()}",
        column_config={
            "metric": COLUMN.TextColumn("Metric", width=230),
            "value": COLUMN.TextColumn("Value", alignment="right", width=90),
            "basis": opening("Rests on", "metric_click", [(card.metric.key, choices or {}) for card in cards], width=130),
            "before": COLUMN.TextColumn(beside, alignment="right", width=90 if beside == "Before" else 140),
            "change": COLUMN.TextColumn(
                "Difference", alignment="right", width=135, help="Called better or worse only where that is sure."
            ),
            "interval": COLUMN.TextColumn(f"{INTERVAL} of it", alignment="right", width=165),
            "spread": COLUMN.TextColumn(f"{INTERVAL} or spread of the value", alignment="right", width=250),
            "definition": COLUMN.TextColumn("What it counts", width=420),
        },
    )


def _change(card: Card) -> str:
    if card.change is None:
        return NOTHING
    verdict = VERDICTS[card.change.is_good]
    return f"{difference(card.metric, card.change.difference)} {verdict}".strip()


def _interval(card: Card) -> str:
    change = card.change
    if change is None or change.low is None or change.high is None:
        return ""
    return f"{difference(card.metric, change.low)} to {difference(card.metric, change.high)}"
