"""The alerts that stand now, as a list that follows the stream of alerts by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from live.alerts.board import ASK_PATH, PATH
from pages.components.alerts.commands import acknowledge
from pages.components.viewer import viewer
from pages.runtime import runtime

KEY = "standing"
_SCRIPTS = ("../browser/format.js", "../browser/stream.js", "subject.js", "list.js", "standing.js")


def show_standing() -> None:
    """Draw the list; a conversation or an alert that somebody opens is gone to."""
    addresses = {"stream": PATH, "ask": ASK_PATH, "conversation_url": "conversation", "alerts_url": "alerts"}
    data = {**addresses, "token": runtime().stream_token(viewer())}
    result = _mount()(
        key=KEY,
        data=data,
        on_acknowledged_change=_acknowledge,
        on_opened_change=_nothing,
        on_detailed_change=_nothing,
        on_renew_change=_nothing,
    )
    if result.opened:
        st.switch_page("conversation.py", query_params={"conversation": result.opened})
    if result.detailed:
        st.switch_page("alerts.py", query_params={"alert": str(result.detailed)})


def _acknowledge() -> None:
    acknowledge(st.session_state[KEY].acknowledged)


@cache
def _mount() -> Callable[..., Any]:
    folder = Path(__file__).parent
    return st.components.v2.component(
        "floorwalker_standing",
        html=(folder / "standing.html").read_text(encoding="utf-8"),
        css="\n".join((folder / name).read_text(encoding="utf-8") for name in ("items.css", "standing.css")),
        js="\n".join((folder / name).read_text(encoding="utf-8") for name in _SCRIPTS),
    )


def _nothing() -> None:
    """The run itself is the answer."""
