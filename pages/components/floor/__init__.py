"""The live floor as one component: mounted here, drawn in the browser from the stream by the files beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from metrics.bands import Bands
from metrics.live_catalogue import LIVE_CATALOGUE
from pages.components.floor.filters import IS_NARROW, take_choices, take_width
from pages.components.floor.span import take_span
from pages.components.mounting import mount, nothing

# One module in the browser, in the order its parts build on each other.
_SCRIPTS = (
    "../browser/format.js",
    "memory.js",
    "spark.js",
    "spans.js",
    "card.js",
    "tiles.js",
    "queues.js",
    "ranking.js",
    "rows.js",
    "details.js",
    "table.js",
    "sources.js",
    "words.js",
    "../browser/stream.js",
    "floor.js",
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the floor hears and leads to, relative to the page."""

    stream: str
    ask: str  # where the same is told in single answers
    lines: str  # the last lines of one conversation
    conversation_url: str
    definitions_url: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """What somebody has just asked for: a conversation to open, or the page of sources."""

    conversation: str | None
    sources: bool


def live_floor(
    addresses: Addresses, *, token: str, filters: Mapping[str, Any], span: Mapping[str, str], bands: Bands, key: str = "floor"
) -> Pressed:
    """Draw the floor, and say what has been pressed on it. `filters` are those of `choose_filters`, `span` the window."""
    data = {
        **{name: getattr(addresses, name) for name in Addresses.__slots__},
        "token": token,
        "filter": dict(filters),
        "span": dict(span),
        "chosen": _chosen(filters, span),
        "metrics": _catalogue(bands),
        "is_narrow": bool(st.session_state.get(IS_NARROW)),
    }
    # A token that runs out is asked for by `renew`: the run it causes brings a new one.
    component = mount(Path(__file__).parent, "floor", _SCRIPTS)
    result = component(
        key=key,
        data=data,
        on_opened_change=nothing,
        on_renew_change=nothing,
        on_sources_change=nothing,
        on_chosen_change=lambda: _take(st.session_state[key].chosen),
        on_sized_change=lambda: take_width(st.session_state[key].sized),
    )
    return Pressed(result.opened, bool(result.sources))


def _chosen(filters: Mapping[str, Any], span: Mapping[str, str]) -> dict[str, Any]:
    """What is worth remembering of this, and no more."""
    chosen = {name: value for name, value in filters.items() if value and name != "rank"}
    return chosen | ({} if span["window"] == "120" else dict(span))


def _catalogue(bands: Bands) -> dict[str, Any]:
    """What the tiles say of their metrics, by key."""
    found: dict[str, Any] = {}
    for metric in LIVE_CATALOGUE:
        limits = bands.limits_of(metric.key)
        found[metric.key] = {
            "label": metric.label,
            "definition": metric.definition,
            "better": metric.better.value,
            "limits": None if limits is None else [limits.at_risk, limits.critical],
        }
    return found


def _take(asked: Any) -> None:
    take_choices(asked)
    take_span(asked)
