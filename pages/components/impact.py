"""Where it hurts: topics, bots or channels by how far they move a figure of the whole, beside how often they come."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from metrics.impact import Impact
from metrics.metric import Metric, MetricKind
from metrics.questions import counted, value_of
from pages.components import loaders
from pages.components.bars import MOST_BARS, Bar, show_bars
from pages.components.choose import choose_among
from pages.components.drill import opening
from pages.components.escalated import WORDS
from pages.components.formats import INTERVAL, NOTHING, difference, figure_text, number, signed, spread
from pages.components.period import WITHOUT, Asked
from pages.components.tables import SMALL, figures, sentiments, show_table, text

MOVERS = {name: word for name, word in WORDS.items() if word != "reason"}
COLOURS = {"escalation_rate": 2, "abandonment_rate": 5}  # as among the outcomes


def show_impact(asked: Asked, metric: Metric) -> None:
    """Choose the word; then those that move the figure most, and all of them in a table."""
    word = MOVERS[choose_among("Moved by", MOVERS, name="moved_by")]
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
        f"Impact: the {metric.label.lower()} of all, less that without the {word}\u2019s conversations: a bar to the right "
        f"raises it. Grey: fewer than {SMALL} closed, too few to judge."
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
    show_table(
        "impact_table",
        {
            "word": text(word.capitalize(), names, width=200),
            "moved": figures("Impact", [moved_text(each, metric) for each in rows]),
            "closed": opening(
                "Closed",
                "impact_closed_click",
                [number(each.totals.closed) for each in rows],
                [("closed", {word: name}) for name in names],
                help="Opens the closed conversations.",
            ),
            "figure": figures(metric.label, [figure_text(metric, each.figure) for each in rows]),
            "interval": None if is_mean else figures(INTERVAL, [spread(each.figure) for each in rows]),
            "list": opening(
                "Counted",
                "impact_click",
                [number(counted(each.figure)) for each in rows],
                [(metric.key, {word: name}) for name in names],
            ),
            "sentiment": None if is_mean else sentiments([value_of(each.totals.average_sentiment) for each in rows]),
        },
        about=f"Impact by {word} on the {metric.label.lower()}",
        few=[each.totals.closed < SMALL for each in rows],
    )
