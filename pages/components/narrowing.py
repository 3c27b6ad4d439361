"""The further filters of the pages that list rows, Conversations and Export; and what narrows the list, each with its way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from metrics.counted import RESOLUTIONS
from metrics.filters import OUTCOMES, Filters
from metrics.filters import STATES as STORED_STATES
from metrics.levels import LEVELS
from pages.components import loaders
from pages.components.carried import note_choices
from pages.components.formats import as_label, several
from pages.components.linked import state_key
from pages.components.period import LINKED, WITHOUT, Asked, with_chosen
from pages.components.search_box import SEARCH, search_box, stop_at_nonsense
from pages.components.slices import SLICES, leave_slice, narrowed, show_slices

STATES = {state.replace("_", " "): state for state in STORED_STATES}
OPEN_STATES = [word for word, state in STATES.items() if state != "closed"]
# By their names in the link: the label, and the filter.
WORDS = {
    "outcome": ("Outcome", "outcomes"),
    "resolution": ("Kind of resolution", "resolutions"),
    "reason": ("Reason", "reasons"),
    "state": ("State", "states"),
    "sentiment": ("Sentiment", "sentiments"),
    "workstream": ("Workstream", "workstreams"),
}
FLAGS = {"suspect": ("Suspect resolutions only", "is_suspect"), "fallback": ("Where the bot did not understand", "has_fallback")}
CUSTOMER = "customer"
TEXTS = (CUSTOMER, SEARCH)
MORE = (*WORDS, *TEXTS, *FLAGS)


def choose_more(asked: Asked) -> Asked:
    """Draw the further filters; what is asked with them, and within the slices of the link."""
    span = Filters(window=asked.filters.window, tz=asked.filters.tz, include_tests=asked.filters.include_tests)
    found = loaders.choices(span, asked.as_of)
    options: dict[str, Sequence[str]] = {
        "outcome": OUTCOMES,
        "resolution": RESOLUTIONS,
        "reason": found["reason"],
        "state": list(STATES),
        "sentiment": [*LEVELS[::-1], ""],
        "workstream": found["workstream"],
    }
    search = search_box()
    with st.popover("More filters", icon=":material/filter_list:", key="more_filters"):
        for name, (label, _) in WORDS.items():
            words = with_chosen(options[name], name, in_order=name in ("outcome", "resolution", "state", "sentiment"))
            st.multiselect(label, words, key=name, bind="query-params", placeholder="All")
        st.text_input("Customer", key=CUSTOMER, bind="query-params", placeholder="Id, or part of the name")
        for name, (label, _) in FLAGS.items():
            st.toggle(label, key=name, bind="query-params")
    note_choices((*LINKED, state_key("tz"), *MORE))
    stop_at_nonsense(search)
    # What waits for being indexed is found once it is, without any change of a conversation.
    as_of = (*asked.as_of, loaders.index_waiting()) if search else asked.as_of
    return narrowed(replace(asked, filters=replace(asked.filters, **_chosen()), as_of=as_of))


def show_narrowing() -> None:
    """Name what narrows the list beyond the filters that are in sight, each with the way out of it."""
    for name, (label, _) in WORDS.items():
        if words := st.session_state.get(name):
            _way_out(name, f"{label}: {', '.join(as_label(word) for word in words)}")
    if text := _text(CUSTOMER):
        _way_out(CUSTOMER, f"Customer: {as_label(text)}")
    for name, (label, _) in FLAGS.items():
        if st.session_state.get(name):
            _way_out(name, label)
    show_slices()


def say_waiting(asked: Asked) -> None:
    """Say how many conversations a search does not look into yet."""
    if asked.filters.search and (waiting := asked.as_of[-1]):
        st.caption(f":material/hourglass_top: {several(waiting, 'conversation')} not indexed yet, and not found until then.")


def link_of_rows() -> Mapping[str, str | list[str]]:
    """All that narrows the list as parameters of a link to the other page of rows."""
    names = (*LINKED, "tz", "rows", *MORE, *SLICES)
    return {name: st.query_params.get_all(name) for name in names if name in st.query_params}


def clear_more() -> None:
    """Take all of them away (within a callback)."""
    for name in MORE:
        leave_filter(name)
    for name in SLICES:
        leave_slice(name)


def leave_filter(name: str) -> None:
    """Take one away (a callback)."""
    st.session_state[name] = "" if name in TEXTS else False if name in FLAGS else []


def _way_out(name: str, label: str) -> None:
    said = "Take this filter away."
    st.button(label, icon=":material/close:", key=f"leave_{name}", on_click=leave_filter, args=(name,), help=said)


def _chosen() -> dict[str, Any]:
    chosen: dict[str, Any] = {field: tuple(_plain(word) for word in st.session_state[name]) for name, (_, field) in WORDS.items()}
    chosen["customers"] = (_text(CUSTOMER),) if _text(CUSTOMER) else ()
    chosen["search"] = _text(SEARCH)
    return chosen | {field: bool(st.session_state[name]) for name, (_, field) in FLAGS.items()}


def _plain(word: str) -> str:
    return "" if word == WITHOUT else STATES.get(word, word)


def _text(name: str) -> str:
    return str(st.session_state.get(name) or "").strip()
