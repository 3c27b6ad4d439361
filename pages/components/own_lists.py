"""Lists that a page has for itself because it counts by a clock of its own: what narrows them stands in the link, and each number
of the page turns to its part.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from pages.components.drill import numbers_to_press
from pages.components.formats import number
from pages.components.paging import PAGE_ROWS
from pages.components.tables import Column

VIEW = "view"  # the state of the page's tabs
Turn = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Slices:
    """What can narrow a page's lists: by its name in the link, how it is said of a value (ValueError, KeyError: it is none)."""

    said: Mapping[str, Callable[[str], str]]

    def chosen(self, names: Sequence[str]) -> dict[str, str]:
        """Those of these that the link names; what is none counts as not asked for."""
        found = {}
        for name in names:
            value = st.query_params.get(name)
            try:
                if value is not None and self.said[name](value):
                    found[name] = value
            except (KeyError, ValueError):
                continue
        return found

    def show(self, chosen: Mapping[str, str]) -> None:
        """Name them, each with the way out of it."""
        if not chosen:
            return
        with st.container(horizontal=True, gap="xsmall", key="slices"):
            for name, value in chosen.items():
                st.button(
                    f"Only {self.said[name](value)}",
                    icon=":material/close:",
                    key=f"leave_{name}",
                    on_click=st.query_params.pop,
                    args=(name, None),
                    help="Show all again.",
                )

    def turn_to(self, view: str, **chosen: str) -> None:
        """Turn to the list behind a number (a callback)."""
        for name in self.said:
            st.query_params.pop(name, None)
        for name, value in chosen.items():
            st.query_params[name] = value
        st.session_state[VIEW] = view


def listing(
    label: str, click: str, numbers: Collection[str], turn: Turn, view: str, leads: Sequence[Mapping[str, str]], *, help: str
) -> Column:
    """A column of numbers, each of which turns to its part of a list: `leads` are handed to `turn`, a row each."""
    return numbers_to_press(label, click, numbers, list_clicked, turn, view, leads, help=help)


def list_clicked(click: str, turn: Turn, view: str, leads: Sequence[Mapping[str, str]]) -> None:
    """The same from a column of buttons: `leads` are those of its rows, as they were when it was drawn (a callback)."""
    clicked = st.session_state.get(click)
    if clicked is not None and 0 <= clicked["row"] < len(leads):
        turn(view, **leads[clicked["row"]])


def say_leaf(page: int, rows: int, count: int) -> str:
    """Which part of all rows this page of a list is."""
    first = PAGE_ROWS * (page - 1)
    return f"{number(first + 1)}–{number(first + rows)} of {number(count)}, latest first."
