"""Which metric is looked at, and in which view: both stand in the link, and a card's number leads to its conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from metrics.catalogue import CATALOGUE, find_metric
from metrics.windows import Grain
from pages.components.linked import linked_choice, state_key
from pages.components.slices import enter_slices

TREND, BY_BOT, CONVERSATIONS = "Trend", "By bot", "Conversations"
EVERYBODY, BOTS = "all", "bots"
AUTOMATIC = "Auto"
METRICS = tuple(metric.key for metric in CATALOGUE)


def choose_metric(default: str = "resolution_rate") -> str:
    """The key of a metric of the catalogue."""
    return linked_choice(
        "Metric", METRICS, name="metric", default=default, format_func=_label, label_visibility="collapsed", width=260
    )


def choose_whose() -> tuple[str | None, bool]:
    """Whose rows: everybody's, those of bot conversations, or of exactly those that a metric counts; and whether bots' only."""
    options = (EVERYBODY, BOTS, *METRICS)
    names = {EVERYBODY: "All conversations", BOTS: "Bot conversations"}
    chosen = linked_choice(
        "Rows of",
        options,
        name="rows",
        default=EVERYBODY,
        format_func=lambda key: names.get(key) or f"Counted in {_label(key).lower()}",
        label_visibility="collapsed",
        width=280,
    )
    return (chosen if chosen in METRICS else None), chosen == BOTS


def choose_grain(natural: Grain) -> Grain:
    """The size of a trend's buckets; by itself the one that suits the period."""
    names = (AUTOMATIC, *(grain.value.capitalize() for grain in Grain))
    chosen = st.segmented_control(
        "By", names, default=AUTOMATIC, key="grain", bind="query-params", required=True, label_visibility="collapsed"
    )
    return natural if chosen == AUTOMATIC else Grain(chosen.lower())


def list_conversations(metric: str, **slices: str) -> None:
    """Turn to the conversations behind a metric, or to some of them (a callback)."""
    st.session_state[state_key("metric")] = metric
    st.session_state["view"] = CONVERSATIONS
    enter_slices(slices)


def list_clicked(click: str, metric: str, slice_name: str, values: Sequence[str], also: Mapping[str, str] | None = None) -> None:
    """The same from a column of buttons: `values` are those of its rows, as they were when it was drawn (a callback)."""
    clicked = st.session_state.get(click)
    if clicked is not None and 0 <= clicked["row"] < len(values):
        list_conversations(metric, **{slice_name: values[clicked["row"]]}, **(also or {}))


def _label(key: str) -> str:
    return find_metric(key).label
