"""What customers come for: each topic with how often, how it ends, how customers feel then, and how far it moves the whole."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from metrics.catalogue import Metric, find_metric
from metrics.figures import Rate
from metrics.impact import Impact
from metrics.questions import value_of
from pages.components import loaders
from pages.components.drill import opening
from pages.components.formats import INTERVAL, number, share, spread
from pages.components.impact import moved_text, say_impact, show_movers
from pages.components.period import WITHOUT, Asked
from pages.components.tables import SENTIMENT, SMALL, shaded

COLUMN = st.column_config
MOVED = {
    "Resolution": "resolution_rate",
    "Escalation": "escalation_rate",
    "Abandonment": "abandonment_rate",
    "Sentiment": "average_sentiment",
}
RATES = ("resolution_rate", "escalation_rate", "abandonment_rate")


def show_topics(asked: Asked) -> None:
    """Choose what is moved; then the topics that move it most, and all of them in a table, the most frequent first."""
    chosen = st.segmented_control(
        "Impact on",
        tuple(MOVED),
        default="Resolution",
        key="impact_on",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    metric = find_metric(MOVED[chosen or "Resolution"])
    found = loaders.impact_of(asked.filters, metric.key, "topic", asked.as_of)
    if [each.word for each in found] == [""]:
        _no_topics()
        return
    show_movers(found, metric, "topic")
    ranked = sorted(found, key=lambda each: (-each.totals.closed, each.word))
    _table(ranked, metric)
    say_impact(metric, "topic")


def _table(rows: Sequence[Impact], metric: Metric) -> None:
    names = [each.word or WITHOUT for each in rows]
    whole = sum(each.totals.closed for each in rows)
    rates: dict[str, list[Rate]] = {key: [getattr(each.totals, key) for each in rows] for key in RATES}
    frame = pd.DataFrame(
        {
            "topic": names,
            "list": [number(each.totals.closed) for each in rows],
            "share": [share(Rate(each.totals.closed, whole).value) for each in rows],
            "moved": [moved_text(each, metric) for each in rows],
            **{key: [share(rate.value) for rate in found] for key, found in rates.items()},
            "sentiment": [value_of(each.totals.average_sentiment) for each in rows],
            **{f"{key}_interval": [spread(rate) for rate in found] for key, found in rates.items()},
        }
    )
    st.dataframe(
        shaded(frame, "topic", {name for name, each in zip(names, rows, strict=True) if each.totals.closed < SMALL}),
        key="topics",
        hide_index=True,
        height="content" if len(rows) <= 15 else 560,
        alt="Topics by how often they come, with how they end",
        column_config={
            "topic": COLUMN.TextColumn("Topic", width=180),
            "list": opening(
                "Closed",
                "topic_click",
                [("closed", {"topic": name}) for name in names],
                help="Opens the topic's closed conversations.",
            ),
            "share": COLUMN.TextColumn("Share", alignment="right"),
            "moved": COLUMN.TextColumn("Impact", alignment="right", help=f"On the {metric.label.lower()}."),
            "resolution_rate": COLUMN.TextColumn("Resolution", alignment="right"),
            "escalation_rate": COLUMN.TextColumn("Escalation", alignment="right"),
            "abandonment_rate": COLUMN.TextColumn("Abandonment", alignment="right"),
            "sentiment": SENTIMENT,
            "resolution_rate_interval": COLUMN.TextColumn(f"Resolution, {INTERVAL}", alignment="right"),
            "escalation_rate_interval": COLUMN.TextColumn(f"Escalation, {INTERVAL}", alignment="right"),
            "abandonment_rate_interval": COLUMN.TextColumn(f"Abandonment, {INTERVAL}", alignment="right"),
        },
    )


def _no_topics() -> None:
    st.info(
        "None of these conversations names a topic. Bots of Copilot Studio name theirs by themselves; any other bot does with a "
        "trace of the value type IntentRecognition, as the documentation of bots shows.",
        icon=":material/label_off:",
        title="No topic is known here",
    )
