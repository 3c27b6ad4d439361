"""From a number to the conversations it counts: the Conversations page, with this page's filters and what the number adds; from
one of now to the floor.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import streamlit as st

from pages.components.carried import carry, carry_to_floor
from pages.components.linked import state_key
from pages.components.period import LINKED
from pages.components.slices import SLICES
from pages.components.tables import COLUMN, Column

PAGE, FLOOR = "conversations.py", "live.py"
_GO = "go_to"
OPENS = "Opens the conversations that are counted."
_SINGLE = ("period", "customer")

# By the name of a choice: words to narrow to, or what a slice says.
Choices = Mapping[str, str | Sequence[str]]
Lead = tuple[str, Choices]  # a metric, and which of its conversations


def open_conversations(metric: str, choices: Choices | None = None) -> None:
    """Turn to exactly the conversations that a metric counts, or to some of them (a callback).

    `choices` are filters of the Conversations page by their names in its link (words), or slices (one text each).
    """
    added = choices or {}
    narrowing: dict[str, Any] = {name: st.session_state[name] for name in _kept() if name in st.session_state}
    narrowing |= {name: _chosen(name, value) for name, value in added.items() if name not in SLICES}
    carry(narrowing)
    st.session_state[_GO] = PAGE, {"rows": metric, **{name: value for name, value in added.items() if name in SLICES}}


def open_floor(choices: Mapping[str, Sequence[str]]) -> None:
    """Turn to the floor, narrowed to what a number of now counts: filters of the Live page by their names (a callback)."""
    carry_to_floor(choices)
    st.session_state[_GO] = FLOOR, {}


def list_button(label: str, key: str, lead: Lead, *, disabled: bool = False, help: str = "List these conversations.") -> None:
    """A number in words, that opens its conversations."""
    st.button(
        label,
        type="tertiary",
        icon=":material/list:",
        key=key,
        on_click=open_conversations,
        args=lead,
        disabled=disabled,
        help=help,
    )


def opening(
    label: str, click: str, numbers: Collection[str], leads: Sequence[Lead], *, help: str = OPENS, width: int | None = None
) -> Column:
    """A column of numbers, each of which opens its conversations; `leads` say where each row leads."""
    return numbers_to_press(label, click, numbers, open_clicked, leads, help=help, width=width)


def numbers_to_press(
    label: str,
    click: str,
    numbers: Collection[str],
    do: Callable[..., None],
    *args: Any,
    help: str,
    width: int | None = None,
) -> Column:
    """A column of numbers that are buttons. `do` is called with the key of the click, and `args`."""
    look = {"type": "tertiary", "alignment": "right", "width": width, "help": help}
    return Column(numbers, COLUMN.ButtonColumn(label, key=click, on_click=do, args=(click, *args), **look))


def open_clicked(click: str, leads: Sequence[Lead]) -> None:
    """The same from a column of buttons (a callback): where each of its rows leads, as they were when it was drawn."""
    clicked = st.session_state.get(click)
    if clicked is not None and 0 <= clicked["row"] < len(leads):
        open_conversations(*leads[clicked["row"]])


def follow() -> None:
    """Go where a number that was pressed leads."""
    going = st.session_state.pop(_GO, None)
    if going is not None:
        page, query = going
        st.switch_page(page, query_params=query)


def follow_from_fragment() -> None:
    """The same of a number in a part of a page that is run alone."""
    if _GO in st.session_state:
        st.rerun()


def _kept() -> tuple[str, ...]:
    return (*LINKED, state_key("tz"))


def _chosen(name: str, value: str | Sequence[str]) -> str | list[str]:
    """A text is one word of many, but for the choices that are single."""
    if isinstance(value, str):
        return value if name in _SINGLE else [value]
    return list(value)
