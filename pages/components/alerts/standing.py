"""The alerts that stand now, as a list that follows the stream of alerts by itself."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.components.alerts.commands import acknowledge
from pages.components.alerts.stream import stream_data
from pages.components.mounting import mount, nothing
from pages.runtime import runtime

KEY = "standing"
_SCRIPTS = ("../browser/format.js", "../browser/stream.js", "../browser/wish.js", "subject.js", "list.js", "standing.js")


def show_standing() -> None:
    """Draw the list; a conversation or an alert that somebody opens is gone to."""
    if runtime().demo_progress() is not None:
        st.caption("The simulated floor is filling in its history. Alerts begin when it has reached the present.")
    component = mount(Path(__file__).parent, KEY, _SCRIPTS, styles=("items.css",))
    result = component(
        key=KEY,
        data=stream_data(),
        on_acknowledged_change=lambda: acknowledge(st.session_state[KEY].acknowledged),
        on_opened_change=nothing,
        on_detailed_change=nothing,
        on_renew_change=nothing,
    )
    if result.opened:
        st.switch_page("conversation.py", query_params={"conversation": result.opened})
    if result.detailed:
        st.switch_page("alerts.py", query_params={"alert": str(result.detailed)})
