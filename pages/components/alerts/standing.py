"""The alerts that stand now, as a list that follows the stream of alerts by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

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
    result = _mount()(
        key=KEY,
        data=stream_data(),
        on_acknowledged_change=_acknowledge,
        on_opened_change=nothing,
        on_detailed_change=nothing,
        on_renew_change=nothing,
    )
    if result.opened:
        st.switch_page("conversation.py", query_params={"conversation": result.opened})
    if result.detailed:
        st.switch_page("alerts.py", query_params={"alert": str(result.detailed)})


def _acknowledge() -> None:
    acknowledge(st.session_state[KEY].acknowledged)


@cache
def _mount() -> Callable[..., Any]:
    return mount(Path(__file__).parent, KEY, _SCRIPTS, styles=["items.css"])
