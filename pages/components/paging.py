"""A list of conversations, page by page: each begins behind the last row of the one before, whatever has come since.

The link says where a page begins, and after how many rows: "25.closed.1767225600000.42".
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from metrics.exports.rows import Wanted
from metrics.finding import Cursor, Listing
from metrics.windows import Window
from pages.components import loaders
from pages.components.conversation_list import conversation_list
from pages.components.formats import number
from pages.components.slices import SLICES

PAGE_ROWS = 25
AFTER = "after"
LIST_LINK = "list_link"  # in the session: the list that a conversation was opened from, as far as its link alone says it
_TRAIL, _TRAIL_OF = "list_trail", "list_trail_of"


def load_page(wanted: Wanted, as_of: loaders.AsOf) -> Listing:
    """The page that the link asks for."""
    return loaders.conversations(wanted, _parsed(_trail(wanted)[-1])[1], as_of, limit=PAGE_ROWS)


def show_page(found: Listing, wanted: Wanted) -> str | None:
    """The rows, where they stand among all, and the ways on; the link of the conversation that was pressed."""
    trail = _trail(wanted)
    before = _parsed(trail[-1])[0]
    search = wanted.filters.search
    opened = conversation_list(
        found.rows,
        tz=wanted.filters.tz,
        conversation_url="conversation",
        snippets=loaders.snippets(found.rows, search) if search else None,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        of = f"{number(found.count)}{'+' if found.is_capped else ''}"
        st.caption(f"{number(before + 1)}–{number(before + len(found.rows))} of {of}, latest first.", width="content")
        if len(trail) > 1:
            st.button("Newest", icon=":material/first_page:", on_click=_turn_to, args=(trail[:1],), key="newest")
            st.button("Newer", icon=":material/chevron_left:", on_click=_turn_to, args=(trail[:-1],), key="newer")
        if found.next is not None:
            behind = ".".join(str(part) for part in (before + len(found.rows), *found.next))
            st.button(
                "Older",
                icon=":material/chevron_right:",
                icon_position="right",
                on_click=_turn_to,
                args=([*trail, behind],),
                key="older",
            )
    return opened


def note_list() -> None:
    """Remember this list for the way back to it."""
    names = ("rows", AFTER, *SLICES)
    st.session_state[LIST_LINK] = {name: st.query_params[name] for name in names if name in st.query_params}


def _trail(wanted: Wanted) -> list[str]:
    """Where the pages looked at so far begin; anew when the question changes or the link names another place."""
    question, asked = question_of(wanted), st.query_params.get(AFTER, "")
    if st.session_state.get(_TRAIL_OF) != question:
        is_first = _TRAIL_OF not in st.session_state
        st.session_state[_TRAIL_OF] = question
        st.session_state[_TRAIL] = ["", asked] if is_first and _parsed(asked)[1] else [""]
        if not is_first:
            st.query_params.pop(AFTER, None)
    elif asked != st.session_state[_TRAIL][-1]:
        st.session_state[_TRAIL] = ["", asked] if _parsed(asked)[1] else [""]
    trail: list[str] = st.session_state[_TRAIL]
    return trail


def question_of(wanted: Wanted) -> str:
    """What is asked, whenever that is: of the present moment are a window's end, and what is durable by now."""
    filters = wanted.filters
    if filters.now_ms is not None:
        filters = replace(filters, window=Window(), spans=(), now_ms=None)
    period = (st.session_state.get("period"), st.session_state.get("dates"))
    return repr((replace(wanted, filters=filters), period, [st.query_params.get(name) for name in SLICES]))


def _turn_to(trail: list[str]) -> None:
    """Show the page at the end of a trail (a callback)."""
    st.session_state[_TRAIL] = trail
    if trail[-1]:
        st.query_params[AFTER] = trail[-1]
    else:
        st.query_params.pop(AFTER, None)


def _parsed(text: str) -> tuple[int, Cursor | None]:
    """How many rows lie before a place, and the place; the beginning where a link says nonsense."""
    parts = text.split(".")
    if len(parts) != 4 or parts[1] not in ("open", "closed", "found"):
        return 0, None
    try:
        before, at_ms, key = (int(part) for part in (parts[0], *parts[2:]))
    except ValueError:
        return 0, None
    return (before, (parts[1], at_ms, key)) if max(abs(before), abs(at_ms), abs(key)) < 2**62 and before >= 0 else (0, None)


def leaf(trail: list[Any], following: Any, said: str = "") -> None:
    """Of another list: which part of it this is, and the ways to the parts before and behind it, which begins at `following`."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if said:
            st.caption(said)
        st.button("Newer", icon=":material/chevron_left:", disabled=len(trail) == 1, on_click=trail.pop, key="newer")
        st.button(
            "Older",
            icon=":material/chevron_right:",
            icon_position="right",
            disabled=following is None,
            on_click=trail.append,
            args=(following,),
            key="older",
        )


def trail_of(question: object) -> list[Any]:
    """Where the pages of another list looked at so far begin; anew when the question changes."""
    if st.session_state.get("trail_of") != question:
        st.session_state["trail_of"] = question
        st.session_state["trail"] = [None]
    trail: list[Any] = st.session_state["trail"]
    return trail
