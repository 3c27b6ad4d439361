"""One conversation as one component: mounted here, drawn in the browser from its stream by the files beside this one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from live.conversation import ASK_PATH, PARAMETER, PATH
from pages.components.mounting import mount, nothing

# One module in the browser, in the order its parts build on each other; words and connection are shared.
_SCRIPTS = (
    *("../browser/format.js", "../browser/stream.js", "../browser/wish.js"),
    *("lines.js", "window.js", "care.js", "head.js", "transcript.js"),
)


def live_transcript(
    conversation_id: str, *, token: str, badge: str, beside: str, on_wish: Callable[[str, str], object], console: str = ""
) -> None:
    """Draw head and transcript of a conversation; they follow it by themselves.

    `badge` is the viewer's own among those who watch. `on_wish` is called with the conversation and what somebody wants of it:
    take, take_over or release. `console` is where it can be acted upon, "" where nowhere. When the conversation has changed, the
    fragment with the key `beside` runs again, so that what stands beside the transcript keeps up.
    """
    key = f"transcript-{conversation_id}"
    query = urlencode({PARAMETER: conversation_id})
    addresses = {"stream": f"{PATH}?{query}", "ask": f"{ASK_PATH}?{query}"}

    def wished() -> None:
        wish = st.session_state[key].wish
        if isinstance(wish, dict):
            on_wish(conversation_id, str(wish.get("what")))
        st.rerun(beside)

    # A token that runs out is asked for by `renew`: the run it causes brings a new one. It is a run of the whole page: after a
    # restart of the server there is no fragment that could run.
    component = mount(Path(__file__).parent, "transcript", _SCRIPTS)
    component(
        key=key,
        data={**addresses, "token": token, "badge": badge, "console": console},
        on_wish_change=wished,
        on_moved_change=lambda: st.rerun(beside),
        on_renew_change=nothing,
    )
