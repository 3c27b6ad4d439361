"""The bell beside every page's title: what stands now, a quiet word when something new fires, and a number in the tab's title."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.components.alerts.commands import acknowledge
from pages.components.alerts.stream import stream_data
from pages.components.mounting import mount, nothing

KEY = "bell"
# One module in the browser, in the order its parts build on each other.
_SCRIPTS = (
    *("../browser/format.js", "../browser/stream.js", "../browser/wish.js"),
    *("title.js", "sound.js", "once.js", "subject.js", "toasts.js", "list.js", "bell.js"),
)


def show_bell(*, quiet: bool = False) -> None:
    """Draw the bell. It follows the alerts by a stream of its own. `quiet`: the page lists them itself, and no word is said."""
    # A token that runs out is asked for by `renew`: the run it causes brings a new one.
    component = mount(Path(__file__).parent, KEY, _SCRIPTS, styles=("items.css",))
    result = component(
        key=KEY,
        data={**stream_data(), "quiet": quiet},
        on_acknowledged_change=lambda: acknowledge(st.session_state[KEY].acknowledged),
        on_opened_change=nothing,
        on_listed_change=nothing,
        on_renew_change=nothing,
        width="content",
    )
    if result.opened:
        st.switch_page("conversation.py", query_params={"conversation": result.opened})
    if result.listed:
        st.switch_page("alerts.py")
