"""Which metric is looked at, in which view, in buckets of which size: each stands in the link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from metrics.catalogue import CATALOGUE, LISTABLE, find_metric
from metrics.metric import Metric
from metrics.windows import Grain
from pages.components.linked import linked_choice
from pages.components.period import WITHOUT

TREND, BY_BOT = "Trend", "By bot"
EVERYBODY, BOTS = "all", "bots"
AUTOMATIC = "Auto"
METRICS = tuple(metric.key for metric in CATALOGUE)
COUNTING = tuple(metric.key for metric in LISTABLE)  # what may be listed by


def choose_metric(default: str = "resolution_rate") -> str:
    """The key of a metric of the catalogue."""
    return linked_choice(
        "Metric", METRICS, name="metric", default=default, format_func=_label, label_visibility="collapsed", width=260
    )


def choose_whose(default: str = EVERYBODY) -> tuple[str | None, bool]:
    """Whose rows: everybody's, those of bot conversations, or of exactly those that a metric counts; and whether bots' only."""
    options = (EVERYBODY, BOTS, *COUNTING)
    names = {EVERYBODY: "All conversations", BOTS: "Bot conversations"}
    chosen = linked_choice(
        "Rows of",
        options,
        name="rows",
        default=default,
        format_func=lambda key: names.get(key) or f"Counted in {_label(key).lower()}",
        label_visibility="collapsed",
        width=280,
    )
    return (chosen if chosen in COUNTING else None), chosen == BOTS


def choose_among(label: str, words: Iterable[str], *, name: str) -> str:
    """One of a few words that stand side by side; by itself the first."""
    options = tuple(words)
    look = {"required": True, "label_visibility": "collapsed"}
    chosen: str | None = st.segmented_control(label, options, default=options[0], key=name, bind="query-params", **look)
    return chosen or options[0]


def choose_one_or_all(label: str, everything: str, words: Iterable[str], *, name: str) -> tuple[str, ...]:
    """All (nothing to narrow to), or one of these words; "" is shown as that which has none."""
    options = (everything, *(word or WITHOUT for word in words))
    chosen = linked_choice(label, options, name=name, default=everything, width=240)
    return () if chosen == everything else ("" if chosen == WITHOUT else chosen,)


def choose_grain(natural: Grain) -> Grain:
    """The size of a trend's buckets; by itself the one that suits the period."""
    chosen = choose_among("By", (AUTOMATIC, *(grain.value.capitalize() for grain in Grain)), name="grain")
    return natural if chosen == AUTOMATIC else Grain(chosen.lower())


def _label(key: str) -> str:
    return find_metric(key).label


def choose_figure(metrics: Sequence[Metric], *, default: str) -> str:
    """One of a page's own figures, by its key in the link."""
    labels = {metric.key: metric.label for metric in metrics}
    return linked_choice(
        "Figure",
        tuple(labels),
        name="figure",
        default=default,
        format_func=labels.__getitem__,
        label_visibility="collapsed",
        width=260,
    )
