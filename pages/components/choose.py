"""Which metric is looked at, in which view, in buckets of which size: each stands in the link."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from metrics.catalogue import CATALOGUE, LISTABLE, find_metric
from metrics.windows import Grain
from pages.components.linked import linked_choice

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


def choose_grain(natural: Grain) -> Grain:
    """The size of a trend's buckets; by itself the one that suits the period."""
    names = (AUTOMATIC, *(grain.value.capitalize() for grain in Grain))
    chosen = st.segmented_control(
        "By", names, default=AUTOMATIC, key="grain", bind="query-params", required=True, label_visibility="collapsed"
    )
    return natural if chosen == AUTOMATIC else Grain(chosen.lower())


def _label(key: str) -> str:
    return find_metric(key).label


def choose_figure(keys: Sequence[str], *, default: str, label_of: Callable[[str], str]) -> str:
    """One of a page's own figures, by its key in the link."""
    return linked_choice(
        "Figure", keys, name="figure", default=default, format_func=label_of, label_visibility="collapsed", width=260
    )
