"""What a page says where it has nothing to show: why, and what to do about it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from metrics.exports.rows import Wanted
from metrics.figures import Totals
from metrics.filters import Filters
from pages.components import loaders
from pages.components.formats import moment, several
from pages.components.period import Asked, describe
from pages.components.too_narrow import clear_filters, say_what_narrows
from pages.runtime import runtime


def show_why_empty(asked: Asked, wanted: Wanted | None = None) -> None:
    """Nothing is in this cut: no data yet, tests only, a period outside of what there is, or filters that leave nothing.

    `wanted` is what a page of rows asked for; by itself what the others count: bot conversations.
    """
    wanted = wanted or Wanted("conversations", asked.filters, bots_only=True)
    everything = Wanted("conversations", Filters(include_tests=True), bots_only=wanted.bots_only or wanted.metric is not None)
    if not loaders.count_of(everything, asked.as_of):
        _no_data(bots_only=everything.bots_only)
    elif not asked.filters.include_tests and not loaders.count_of(_without_tests(everything), asked.as_of):
        _only_tests()
    elif _went_silent(asked):
        _silent(asked)
    elif _is_too_early(asked):
        _too_early(asked)
    else:
        say_what_narrows(asked, wanted)


def show_none_of_kind(
    asked: Asked, anywhere: Filters, said: str, remedy: str, *, title: str, icon: str, example: str = "", bots_only: bool = False
) -> None:
    """There may be conversations, and none with what a page is about: what was `said` of it, and how a source tells it.

    `anywhere` are the filters without what the page narrows by itself; where they leave nothing, that is said instead.
    """
    wanted = Wanted("conversations", anywhere, bots_only=bots_only)
    if not loaders.count_of(wanted, asked.as_of):
        show_why_empty(replace(asked, filters=anywhere), wanted)
        return
    narrowed = describe(asked.filters)
    why = f"The filters ({narrowed}) may leave them out: take one away." if narrowed else "Choose a longer period."
    st.info(f"{said} {why} {remedy}", icon=icon, title=title)
    if example:
        st.code(example, language="json", wrap_lines=True)
    with st.container(horizontal=True):
        st.button("Show all of history, unfiltered", icon=":material/history:", on_click=clear_filters, key="show_all")
        st.page_link("sources.py", label="Look at the sources", icon=":material/cable:", query_params={})


def say_stale(what: str) -> None:
    """History from before an update has to be derived once more."""
    st.warning(
        f"Some conversations of this period were taken in by an earlier release, which did not keep {what}. Run "
        "`python -m metrics rederive` once to have them here; the dashboard may go on running.",
        icon=":material/history:",
        title="Not all of the period is here",
    )


def show_no_sources() -> None:
    """The Sources page before anything has come."""
    st.info(
        "Nothing has been received yet. Connect a source in one of the ways below.", icon=":material/cable:", title="No data yet"
    )


def show_no_escalations(totals: Totals) -> None:
    """There are conversations, and none of them was escalated."""
    st.info(
        f"No human was asked for in the {several(totals.closed, 'closed conversation')} of this selection. If agents take over "
        "without a trace in the transcripts, the source does not say so: see on the Sources page what it brings.",
        icon=":material/check_circle:",
        title="No escalation here",
    )


def show_no_scores(totals: Totals) -> None:
    """There are conversations, and none of them has a score."""
    st.info(
        f"There is no score in the {several(totals.closed, 'closed conversation')} of this selection: customers "
        "wrote nothing, or in a language that the engine does not know. Choose a longer period, or take a filter away.",
        icon=":material/sentiment_neutral:",
        title="No sentiment here",
    )


def _no_data(*, bots_only: bool) -> None:
    st.info(
        f"No {'bot ' if bots_only else ''}conversation has been received yet. Load transcripts, watch a folder, or let a bot "
        "report as it talks; figures appear here as soon as the first conversation is in.",
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


def _too_early(asked: Asked) -> None:
    st.info(
        f"The period ends before the first conversation did, on {moment(loaders.first_end_ms(asked.as_of), asked.filters.tz)}. "
        "Choose a later period, or load older transcripts.",
        icon=":material/history:",
        title="Nothing is as old as this period",
    )
    st.button("Show all of history", icon=":material/history:", on_click=clear_filters, key="show_all")


def _is_too_early(asked: Asked) -> bool:
    end, first = asked.filters.window.end_ms, loaders.first_end_ms(asked.as_of)
    return end is not None and first is not None and end <= first


def _went_silent(asked: Asked) -> bool:
    start, newest = asked.filters.window.start_ms, loaders.newest_event_ms()
    return start is not None and newest is not None and newest < start <= runtime().now_ms()


def _without_tests(wanted: Wanted) -> Wanted:
    return Wanted(wanted.table, Filters(), bots_only=wanted.bots_only)


def _include_tests() -> None:
    st.session_state["tests"] = True
