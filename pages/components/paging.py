"""The conversations behind a metric, page by page: each begins behind the last row of the one before, whatever has come since."""

from __future__ import annotations

from typing import Any

import streamlit as st

from metrics.catalogue import Metric
from metrics.questions import Cursor
from pages.components import loaders
from pages.components.formats import number
from pages.components.period import Asked, link_of_filters
from pages.components.slices import narrowed, show_slices, slices_of_link
from pages.components.tables import conversations_table

PAGE_ROWS = 25


def show_conversations(asked: Asked, metric: Metric) -> None:
    """One page of exactly the conversations that the metric counts, within the slice that the link names."""
    asked = narrowed(asked)
    trail = _trail(metric)
    page = loaders.conversations(asked.filters, metric.key, trail[-1], asked.as_of, limit=PAGE_ROWS)
    count, first = loaders.count_behind(asked.filters, metric.key, asked.as_of), PAGE_ROWS * (len(trail) - 1)
    show_slices()
    if not page.rows:
        st.info(f"{metric.label} counts no conversation in this period.", icon=":material/filter_alt_off:")
        return
    conversations_table(page.rows, asked.filters.tz)
    leaf(trail, page.next, f"{number(first + 1)}–{number(first + len(page.rows))} of {number(count)}, latest first.")


def leaf(trail: list[Any], following: Any, said: str) -> None:
    """Which part of a list this is, and the ways to the parts before and behind it, which begins at `following`."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(said)
        st.button("Newer", icon=":material/chevron_left:", disabled=len(trail) == 1, on_click=trail.pop, key="newer")
        st.button(
            "Older",
            icon=":material/chevron_right:",
            icon_position="right",
            disabled=following is None,
            on_click=trail.append,
            args=(following,),
            key="older",
        )


def trail_of(question: object) -> list[Any]:
    """Where the pages of a list looked at so far begin; anew when the question changes."""
    if st.session_state.get("trail_of") != question:
        st.session_state["trail_of"] = question
        st.session_state["trail"] = [None]
    trail: list[Any] = st.session_state["trail"]
    return trail


def _trail(metric: Metric) -> list[Cursor | None]:
    return trail_of((metric.key, repr((link_of_filters(), slices_of_link()))))
