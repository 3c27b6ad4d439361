"""What customers come for: each topic with how often, how it ends, how customers feel then, and how far it moves the whole."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from metrics.catalogue import find_metric
from metrics.figures import Rate
from metrics.impact import Impact
from metrics.metric import Metric
from metrics.questions import value_of
from pages.components import loaders
from pages.components.choose import choose_among
from pages.components.drill import opening
from pages.components.formats import INTERVAL, number, share, spread
from pages.components.impact import moved_text, say_impact, show_movers
from pages.components.period import WITHOUT, Asked
from pages.components.tables import SMALL, figures, sentiments, show_table, text

MOVED = {
    "Resolution": "resolution_rate",
    "Escalation": "escalation_rate",
    "Abandonment": "abandonment_rate",
    "Sentiment": "average_sentiment",
}
RATES = {"resolution_rate": "Resolution", "escalation_rate": "Escalation", "abandonment_rate": "Abandonment"}


def show_topics(asked: Asked) -> None:
    """Choose what is moved; then the topics that move it most, and all of them in a table, the most frequent first."""
    metric = find_metric(MOVED[choose_among("Impact on", MOVED, name="impact_on")])
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
    show_table(
        "topics",
        {
            "topic": text("Topic", names, width=180),
            "list": opening(
                "Closed",
                "topic_click",
                [number(each.totals.closed) for each in rows],
                [("closed", {"topic": name}) for name in names],
                help="Opens the topic's closed conversations.",
            ),
            "share": figures("Share", [share(Rate(each.totals.closed, whole).value) for each in rows]),
            "moved": figures("Impact", [moved_text(each, metric) for each in rows], help=f"On the {metric.label.lower()}."),
            **{key: figures(label, [share(rate.value) for rate in rates[key]]) for key, label in RATES.items()},
            "sentiment": sentiments([value_of(each.totals.average_sentiment) for each in rows]),
            **{
                f"{key}_interval": figures(f"{label}, {INTERVAL}", [spread(rate) for rate in rates[key]])
                for key, label in RATES.items()
            },
        },
        about="Topics by how often they come, with how they end",
        few=[each.totals.closed < SMALL for each in rows],
    )


def _no_topics() -> None:
    st.info(
        "None of these conversations names a topic. Bots of Copilot Studio name theirs by themselves; any other bot does with a "
        "trace of the value type IntentRecognition, as the documentation of bots shows.",
        icon=":material/label_off:",
        title="No topic is known here",
    )
