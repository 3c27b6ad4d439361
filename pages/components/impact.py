"""Where it hurts: topics, bots or channels by how far they move a figure of the whole, beside how often they come."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from metrics.catalogue import Metric, MetricKind
from metrics.impact import Impact
from metrics.questions import counted, value_of
from pages.components import loaders
from pages.components.bars import Bar, show_bars
from pages.components.drill import opening
from pages.components.escalated import WORDS
from pages.components.formats import INTERVAL, NOTHING, difference, figure_text, number, signed, spread
from pages.components.period import WITHOUT, Asked
from pages.components.tables import SENTIMENT, SMALL, shaded

COLUMN = st.column_config
MOVERS = {name: word for name, word in WORDS.items() if word != "reason"}
COLOURS = {"escalation_rate": 2, "abandonment_rate": 5}  # as among the outcomes
MOST_BARS = 12


def show_impact(asked: Asked, metric: Metric) -> None:
    """Choose the word; then those that move the figure most, and all of them in a table."""
    chosen = st.segmented_control(
        "Moved by",
        tuple(MOVERS),
        default="Topic",
        key="moved_by",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    word = MOVERS[chosen or "Topic"]
    found = loaders.impact_of(asked.filters, metric.key, word, asked.as_of)
    show_movers(found, metric, word)
    _table(found, metric, word)
    say_impact(metric, word)


def show_movers(found: Sequence[Impact], metric: Metric, word: str) -> None:
    """Bars for those that move the figure most."""
    strongest = sorted(found, key=lambda each: -abs(each.moved or 0.0))[:MOST_BARS]
    bars = [_bar(each, metric) for each in found if each in strongest]
    show_bars(
        bars, key="impact", about=f"How far each {word} moves the {metric.label.lower()}", colour=COLOURS.get(metric.key, 0)
    )


def say_impact(metric: Metric, word: str) -> None:
    """What the figure means."""
    st.caption(
        f"Impact: the {metric.label.lower()} of all, less that without the {word}\u2019s conversations. To the right of zero "
        f"it raises it. Grey: fewer than {SMALL} closed, too few to judge."
    )


def _bar(each: Impact, metric: Metric) -> Bar:
    text = f"{moved_text(each, metric)}, {number(each.totals.closed)} closed"
    return Bar(each.word or WITHOUT, each.moved, text, is_small=each.totals.closed < SMALL)


def moved_text(each: Impact, metric: Metric) -> str:
    """One word moves a mean by little: with the decimals that show it."""
    if each.moved is None:
        return NOTHING
    return signed(each.moved, 4) if metric.kind is MetricKind.SCORE else difference(metric, each.moved)


def _table(rows: Sequence[Impact], metric: Metric, word: str) -> None:
    names = [each.word or WITHOUT for each in rows]
    is_mean = metric.kind is MetricKind.SCORE
    frame = pd.DataFrame(
        {
            "word": names,
            "moved": [moved_text(each, metric) for each in rows],
            "closed": [number(each.totals.closed) for each in rows],
            "figure": [figure_text(metric, each.figure) for each in rows],
            **({} if is_mean else {"interval": [spread(each.figure) for each in rows]}),
            "list": [number(counted(each.figure)) for each in rows],
            **({} if is_mean else {"sentiment": [value_of(each.totals.average_sentiment) for each in rows]}),
        }
    )
    small = {name for name, each in zip(names, rows, strict=True) if each.totals.closed < SMALL}
    st.dataframe(
        shaded(frame, "word", small),
        key="impact_table",
        hide_index=True,
        height="content" if len(rows) <= 15 else 560,
        alt=f"Impact by {word} on the {metric.label.lower()}",
        column_config={
            "word": COLUMN.TextColumn(word.capitalize(), width=200),
            "moved": COLUMN.TextColumn("Impact", alignment="right"),
            "closed": opening(
                "Closed",
                "impact_closed_click",
                [("closed", {word: name}) for name in names],
                help="Opens the closed conversations.",
            ),
            "figure": COLUMN.TextColumn(metric.label, alignment="right"),
            "interval": COLUMN.TextColumn(INTERVAL, alignment="right"),
            "list": opening("Counted", "impact_click", [(metric.key, {word: name}) for name in names]),
            "sentiment": SENTIMENT,
        },
    )
