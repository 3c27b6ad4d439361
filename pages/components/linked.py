"""A choice whose link names it by its key, and names it always.

Streamlit's own binding puts a choice's label into the link and leaves a default out; a metric is linked by its key, which
outlives a new label, and a time zone stands in every link, because the default is the viewer's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st


def linked_choice(
    label: str, options: Sequence[str], *, name: str, default: str, format_func: Callable[[str], str] = str, **look: Any
) -> str:
    """A selectbox for the query parameter `name`; what a link asks for and there is not counts as not asked for."""
    key, written = state_key(name), f"{name}_written"
    asked = st.query_params.get(name)
    if asked in options and (asked != st.session_state.get(written) or key not in st.session_state):
        st.session_state[key] = asked
    else:
        # Said again on every run: the value of another page's widget of this key would not be taken over.
        kept = st.session_state.get(key)
        st.session_state[key] = kept if kept in options else default
    chosen: str = st.selectbox(label, options, key=key, format_func=format_func, **look)
    st.query_params[name] = st.session_state[written] = chosen
    return chosen


def state_key(name: str) -> str:
    """Where the session keeps the choice; a callback may change it there."""
    return f"{name}_choice"
