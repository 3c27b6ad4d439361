"""Every metric of a period in one table: value, what it rests on, how sure it is, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from metrics.questions import Card
from pages.components.choose import list_conversations
from pages.components.formats import NOTHING, basis, counted, difference, figure_text, number, spread

COLUMN = st.column_config
VERDICTS = {True: "better", False: "worse", None: ""}


def metric_table(cards: Sequence[Card]) -> None:
    """A row a metric; the number in it opens the conversations it counts."""
    keys = [card.metric.key for card in cards]
    frame = pd.DataFrame(
        {
            "metric": [card.metric.label for card in cards],
            "value": [figure_text(card.metric, card.now) for card in cards],
            "list": [number(counted(card.now)) for card in cards],
            "basis": [basis(card.now) for card in cards],
            "spread": [spread(card.now) for card in cards],
            "before": [NOTHING if card.before is None else figure_text(card.metric, card.before) for card in cards],
            "change": [_change(card) for card in cards],
            "interval": [_interval(card) for card in cards],
            "definition": [card.metric.definition for card in cards],
        }
    )
    st.dataframe(
        frame,
        key="metrics",
        hide_index=True,
        height="content",
        alt="Every metric of the period, with the period before",
        column_config={
            "metric": COLUMN.TextColumn("Metric", width=230),
            "value": COLUMN.TextColumn("Value", alignment="right", width=100),
            "list": COLUMN.ButtonColumn(
                "List",
                type="tertiary",
                alignment="right",
                width=80,
                key="metric_click",
                on_click=_list,
                args=(keys,),
                help="Opens the conversations that are counted.",
            ),
            "basis": COLUMN.TextColumn("Rests on", alignment="right", width=130),
            "spread": COLUMN.TextColumn("95 % interval or spread", alignment="right", width=230),
            "before": COLUMN.TextColumn("Before", alignment="right", width=100, help="The same time before."),
            "change": COLUMN.TextColumn(
                "Change", alignment="right", width=130, help="Called better or worse only where that is sure."
            ),
            "interval": COLUMN.TextColumn("95 % interval of the change", alignment="right", width=190),
            "definition": COLUMN.TextColumn("What it counts", width=420),
        },
    )


def _list(keys: Sequence[str]) -> None:
    clicked = st.session_state.get("metric_click")
    if clicked is not None and 0 <= clicked["row"] < len(keys):
        list_conversations(keys[clicked["row"]])


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
