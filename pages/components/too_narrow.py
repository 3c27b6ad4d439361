"""Which filter leaves nothing: each is taken away alone, and what would be there then is said, with a button that does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from metrics.catalogue import find_metric
from metrics.exports.rows import Wanted
from metrics.filters import Filters
from pages.components import loaders
from pages.components.choose import BOTS
from pages.components.formats import number
from pages.components.linked import state_key
from pages.components.narrowing import CUSTOMER, FLAGS, clear_more, leave_filter
from pages.components.narrowing import WORDS as MORE_WORDS
from pages.components.period import ALL, WORDS, Asked
from pages.components.search_box import SEARCH
from pages.components.slices import leave_slice

# Slices of the link by their filters: their name there, and what they are called.
_PARTS = {"surveyed": ("surveyed", "the survey"), "people_only": ("spoke", "that only people spoke")}
_BAR = {name: (label, f"{name}s") for name, label in WORDS.items()}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One thing that narrows, what would be asked without it, and how it is taken away (a callback)."""

    label: str
    without: Wanted
    leave: Callable[..., None]
    args: tuple[Any, ...]


def say_what_narrows(asked: Asked, wanted: Wanted) -> None:
    """There are conversations, and none is left: by which filter, and the way out."""
    found = [(each, loaders.count_of(each.without, asked.as_of)) for each in _narrowings(asked, wanted)]
    helping = [(each, count) for each, count in found if count]
    if helping:
        said = "Each of these alone leaves none; without it there would be some." if len(helping) > 1 else _alone(*helping[0])
    elif len(found) > 1:
        said = "Several filters together leave none: taking one of them away is not enough."
    else:
        said = "None ended or began in this period. Choose a longer one."
    st.info(said, icon=":material/filter_alt_off:", title="No conversation here")
    with st.container(horizontal=True):
        for place, (each, count) in enumerate(helping):
            st.button(
                f"Without {each.label}: {number(count)}",
                icon=":material/close:",
                on_click=each.leave,
                args=each.args,
                key=f"without_{place}",
            )
        st.button("Show all of history, unfiltered", icon=":material/history:", on_click=clear_filters, key="show_all")


def clear_filters() -> None:
    """Choose everything there is (a callback)."""
    for name in WORDS:
        st.session_state[name] = []
    st.session_state["period"] = ALL
    clear_more()
    _forget_metric()


def _alone(narrowing: Narrowing, count: int) -> str:
    what = f"{narrowing.label[:1].upper()}{narrowing.label[1:]}"
    return f"{what} leaves none: without it there {'is 1 conversation' if count == 1 else f'are {number(count)}'}."


def _narrowings(asked: Asked, wanted: Wanted) -> Iterator[Narrowing]:
    filters = asked.filters
    if wanted.metric is not None:
        label = f"“{find_metric(wanted.metric).label}”, which is what is listed,"
        yield Narrowing(label, replace(wanted, metric=None, bots_only=True), _forget_metric, ())
    yield from _of_words(wanted, filters)
    for field, (name, label) in {"hour_of_week": ("slot", "the hour of the week")}.items():
        if getattr(filters, field) is not None:
            without = replace(filters, hour_of_week=None, spans=())
            yield Narrowing(label, replace(wanted, filters=without), leave_slice, (name,))
    for column, (name, label) in {"bot_turns": ("turns", "the number of messages"), "bot_ms": ("within", "the time")}.items():
        kept = tuple(bounds for bounds in filters.ranges if bounds[0] != column)
        if kept != filters.ranges:
            yield Narrowing(label, replace(wanted, filters=replace(filters, ranges=kept)), leave_slice, (name,))
    for field, (name, label) in _PARTS.items():
        if getattr(filters, field):
            empty: Any = type(getattr(filters, field))()
            changed: dict[str, Any] = {field: empty}
            yield Narrowing(label, replace(wanted, filters=replace(filters, **changed)), leave_slice, (name,))
    if filters.window != asked.window:
        without = replace(filters, window=asked.window)
        yield Narrowing("the day or hour that was opened", replace(wanted, filters=without), leave_slice, ("bucket",))
    if asked.period != ALL:
        unbounded = replace(filters, window=replace(filters.window, start_ms=None, end_ms=None))
        yield Narrowing(f"the period ({asked.period.lower()})", replace(wanted, filters=unbounded), _all_of_history, ())


def _of_words(wanted: Wanted, filters: Filters) -> Iterator[Narrowing]:
    named: Mapping[str, tuple[str, str]] = {
        **_BAR,
        **MORE_WORDS,
        CUSTOMER: ("Customer", "customers"),
        SEARCH: ("Search", "search"),
        **FLAGS,
    }
    for name, (label, field) in named.items():
        if getattr(filters, field):
            empty: Any = type(getattr(filters, field))()
            changed: dict[str, Any] = {field: empty}
            without = replace(wanted, filters=replace(filters, **changed))
            what = "the search" if name == SEARCH else f"the filter {label.lower()}"
            yield Narrowing(what, without, leave_filter, (name,))


def _forget_metric() -> None:
    st.session_state[state_key("rows")] = BOTS
    st.query_params.pop("rows", None)


def _all_of_history() -> None:
    st.session_state["period"] = ALL
    leave_slice("bucket")
