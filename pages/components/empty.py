"""What a page says where it has nothing to show: why, and what to do about it."""

from __future__ import annotations

import streamlit as st

from metrics.figures import Totals
from pages.components import loaders
from pages.components.formats import moment, number
from pages.components.period import Asked, clear_filters, describe
from pages.runtime import runtime


def show_why_empty(asked: Asked) -> None:
    """Nothing is in this cut: no data yet, tests only, a source that has gone silent, or filters that leave nothing."""
    counted, with_tests = loaders.stored_before(asked.as_of)
    if not with_tests:
        _no_data()
    elif not counted and not asked.filters.include_tests:
        _only_tests()
    elif _went_silent(asked):
        _silent(asked)
    else:
        _none_here(asked)


def show_no_sources() -> None:
    """The Sources page before anything has come."""
    st.info(
        "Nothing has been received yet. Connect a source in one of the ways below.", icon=":material/cable:", title="No data yet"
    )


def show_no_escalations(totals: Totals) -> None:
    """There are conversations, and none of them was escalated."""
    st.info(
        f"No human was asked for in the {number(totals.closed)} closed conversations of this selection. If agents take over "
        "without a trace in the transcripts, the source does not say so: see on the Sources page what it brings.",
        icon=":material/check_circle:",
        title="No escalation here",
    )


def show_no_scores(totals: Totals) -> None:
    """There are conversations, and none of them has a score."""
    st.info(
        f"None of the {number(totals.closed)} closed conversations of this selection has a score: their customers "
        "wrote nothing, or in a language that the engine does not know. Choose a longer period, or take a filter away.",
        icon=":material/sentiment_neutral:",
        title="No sentiment here",
    )


def _no_data() -> None:
    st.info(
        "No bot conversation has been received yet. Load transcripts, watch a folder, or let a bot report as it talks; "
        "figures appear here as soon as the first conversation is in.",
        icon=":material/inbox:",
        title="No data yet",
    )
    st.page_link("sources.py", label="Connect a source", icon=":material/cable:")


def _only_tests() -> None:
    st.info(
        "All bot conversations received so far were held for testing, and tests are left out of the figures.",
        icon=":material/science:",
        title="Only tests so far",
    )
    st.button("Include tests", icon=":material/science:", on_click=_include_tests, key="include_tests")


def _silent(asked: Asked) -> None:
    newest = loaders.newest_event_ms()
    st.warning(
        f"The newest event of any source is of {moment(newest, asked.filters.tz)}, before this period begins. "
        "If a source should be running, see on the Sources page which one has gone silent. If these are transcripts of the past, "
        "choose a longer period.",
        icon=":material/cloud_off:",
        title="Nothing has arrived in this period",
    )
    with st.container(horizontal=True):
        st.button("Show all of history", icon=":material/history:", on_click=clear_filters, key="show_all")
        st.page_link("sources.py", label="Look at the sources", icon=":material/cable:")


def _none_here(asked: Asked) -> None:
    narrowed = describe(asked.filters)
    why = f"The filters ({narrowed}) leave none." if narrowed else "None ended or began in this period."
    remedy = "Choose a longer period or take a filter away."
    st.info(f"{why} {remedy}", icon=":material/filter_alt_off:", title="No bot conversation here")
    st.button("Show all of history, unfiltered", icon=":material/history:", on_click=clear_filters, key="show_all")


def _went_silent(asked: Asked) -> bool:
    start, newest = asked.filters.window.start_ms, loaders.newest_event_ms()
    return start is not None and newest is not None and newest < start <= runtime().now_ms()


def _include_tests() -> None:
    st.session_state["tests"] = True
