"""Choices that go along from page to page: leaving a page takes its widgets' values and their place in the link away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

_CARRIED, _PAGE, _ARRIVED = "carried_choices", "carried_from", "carried_arriving"
_TO_FLOOR = "carried_to_floor"


def arrive(page: str) -> None:
    """Note which page is run: done on every page, before it. (An address that is typed begins a new session.)"""
    came_from, st.session_state[_PAGE] = st.session_state.get(_PAGE), page
    if came_from not in (None, page):
        st.session_state[_ARRIVED] = True


def take_along() -> None:
    """On arriving from another page, choose what was chosen there."""
    if st.session_state.pop(_ARRIVED, False) and (carried := st.session_state.get(_CARRIED)):
        for name, value in carried.items():
            st.session_state[name] = value
        # Streamlit writes into the address what the session held before a run, and not what the run itself puts there.
        st.rerun()


def take_to_floor(choose: Callable[[Any], None]) -> None:
    """On arriving on the floor from a number, `choose` what it counts."""
    if (asked := st.session_state.pop(_TO_FLOOR, None)) is not None:
        choose(asked)
        st.rerun()


def carry_to_floor(choices: Mapping[str, Sequence[str]]) -> None:
    """Take these filters along to the floor, in the place of those it had."""
    st.session_state[_TO_FLOOR] = dict(choices) | {"is_whole": True}


def note_choices(keys: Sequence[str]) -> None:
    """Remember what is chosen on this page, by the keys of its widgets."""
    carry({key: st.session_state[key] for key in keys if key in st.session_state})


def carry(choices: Mapping[str, Any]) -> None:
    """Take these along to the next page, and nothing else."""
    st.session_state[_CARRIED] = dict(choices)
