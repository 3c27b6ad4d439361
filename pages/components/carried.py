"""Choices that go along from page to page: leaving a page takes its widgets' values and their place in the link away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

_CARRIED, _PAGE = "carried_choices", "carried_from"


def take_along(page: str) -> None:
    """On arriving at `page` from another, choose what was chosen there. (An address that is typed begins a new session.)"""
    came_from, st.session_state[_PAGE] = st.session_state.get(_PAGE), page
    carried: Mapping[str, Any] = st.session_state.get(_CARRIED, {})
    if came_from not in (None, page):
        for name, value in carried.items():
            st.session_state[name] = value


def note_choices(keys: Sequence[str]) -> None:
    """Remember what is chosen on this page, by the keys of its widgets."""
    st.session_state[_CARRIED] = {key: st.session_state[key] for key in keys if key in st.session_state}
