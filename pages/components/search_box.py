"""The search box: what was said, with how to ask beside it; what means nothing ends the page with what is wrong."""

from __future__ import annotations

import streamlit as st

from metrics.finding import check_search
from metrics.search import SearchError
from pages.runtime import runtime

SEARCH = "search"
_HOW = """
| Typed | Found |
|---|---|
| `late refund` | both words, in any message, whoever wrote it |
| `late OR refund` | at least one of them |
| `refund NOT card` | the first without the second |
| `"where is my parcel"` | these words in this order, in one message |
| `parc*` | words that begin so, with three letters or more |
| `refund (late OR lost)` | parentheses say what belongs together |

Case and accents make no difference. The newest come first; they are not ranked.
"""


def search_box() -> str:
    """Draw the box; what is typed, "" where nothing is."""
    with st.container(horizontal=True, gap="xsmall", width="content", vertical_alignment="center", key="search_box"):
        typed: str = st.text_input(
            "Search",
            key=SEARCH,
            bind="query-params",
            placeholder="What was said",
            icon=":material/search:",
            label_visibility="collapsed",
            width=260,
        )
        with st.popover("How to search", type="tertiary", key="how_to_search"):
            st.markdown(_HOW)
    return typed.strip()


def stop_at_nonsense(typed: str) -> None:
    """Where a search means nothing, say so and end the page: once all filters are drawn, or they would be forgotten."""
    try:
        check_search(runtime().store, typed)
    except SearchError as error:
        st.warning(str(error), icon=":material/search_off:", title="This cannot be searched for")
        st.stop()
