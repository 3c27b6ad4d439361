"""Where it hurts: topics by how far they move a rate, beside how often they come."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from metrics.catalogue import Metric
from metrics.impact import Impact
from metrics.questions import value_of
from pages.components import loaders
from pages.components.bars import Bar, show_bars
from pages.components.choose import list_clicked
from pages.components.formats import NOTHING, difference, number, share, spread
from pages.components.period import WITHOUT, Asked
from pages.components.tables import SMALL

COLUMN = st.column_config
MOST_BARS = 12


def show_impact(asked: Asked, metric: Metric) -> None:
    """The topics that move the rate most, and all of them in a table."""
    found = loaders.topic_impact(asked.filters, metric.key, asked.as_of)
    strongest = sorted(found, key=lambda each: -abs(each.points or 0.0))[:MOST_BARS]
    bars = [_bar(each, metric) for each in found if each in strongest]
    said = "; ".join(f"{bar.name}: {bar.text}" for bar in bars)
    show_bars(bars, key="impact", alt=f"How far each topic moves the {metric.label.lower()}: {said}", colour=2)
    _table(found, metric)
    st.caption(
        f"Impact: the {metric.label.lower()} of all, less that without the topic\u2019s conversations. To the right of zero "
        f"the topic raises it. Grey: fewer than {SMALL} closed, too few to judge."
    )


def _bar(each: Impact, metric: Metric) -> Bar:
    moved = NOTHING if each.points is None else difference(metric, each.points)
    text = f"{moved}, {number(each.totals.closed)} closed"
    return Bar(each.topic or WITHOUT, each.points, text, is_small=each.totals.closed < SMALL)


def _table(rows: Sequence[Impact], metric: Metric) -> None:
    names = [each.topic or WITHOUT for each in rows]
    frame = pd.DataFrame(
        {
            "topic": names,
            "points": [NOTHING if each.points is None else difference(metric, each.points) for each in rows],
            "closed": [each.totals.closed for each in rows],
            "rate": [share(each.rate.value) for each in rows],
            "interval": [spread(each.rate) for each in rows],
            "list": [number(each.rate.numerator) for each in rows],
            "sentiment": [value_of(each.totals.average_sentiment) for each in rows],
        }
    )
    small = {name for name, each in zip(names, rows, strict=True) if each.totals.closed < SMALL}
    shade = frame.style.apply(lambda row: ["color: gray" if row["topic"] in small else ""] * len(row), axis=1)
    st.dataframe(
        shade if small else frame,
        key="impact_table",
        hide_index=True,
        height="content" if len(rows) <= 15 else 560,
        alt=f"Topics with their impact on the {metric.label.lower()}",
        column_config={
            "topic": COLUMN.TextColumn("Topic", width=200),
            "points": COLUMN.TextColumn("Impact", alignment="right"),
            "closed": COLUMN.NumberColumn("Closed", format="localized"),
            "rate": COLUMN.TextColumn(metric.label, alignment="right"),
            "interval": COLUMN.TextColumn("95 % interval", alignment="right"),
            "list": COLUMN.ButtonColumn(
                "Counted",
                type="tertiary",
                alignment="right",
                key="impact_click",
                on_click=list_clicked,
                args=("impact_click", metric.key, "of_topic", names),
                help="Opens the conversations that the rate counts.",
            ),
            "sentiment": COLUMN.NumberColumn("Sentiment, est.", format="%+.2f"),
        },
    )
