"""The bell beside every page's title: what stands now, a quiet word when something new fires, and a number in the tab's title."""

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

KEY = "bell"
# One module in the browser, in the order its parts build on each other.
_SCRIPTS = (
    *("../browser/format.js", "../browser/stream.js"),
    *("title.js", "sound.js", "once.js", "subject.js", "toasts.js", "list.js", "bell.js"),
)


def show_bell() -> None:
    """Draw the bell. It follows the alerts by a stream of its own, whatever the page does."""
    addresses = {"stream": PATH, "ask": ASK_PATH, "conversation_url": "conversation", "alerts_url": "alerts"}
    data = {**addresses, "token": runtime().stream_token(viewer())}
    # A token that runs out is asked for by `renew`: the run it causes brings a new one.
    result = _mount()(
        key=KEY,
        data=data,
        on_acknowledged_change=_acknowledge,
        on_opened_change=_nothing,
        on_listed_change=_nothing,
        on_renew_change=_nothing,
        width="content",
    )
    if result.opened:
        st.switch_page("conversation.py", query_params={"conversation": result.opened})
    if result.listed:
        st.switch_page("alerts.py")


def _acknowledge() -> None:
    acknowledge(st.session_state[KEY].acknowledged)


@cache
def _mount() -> Callable[..., Any]:
    folder = Path(__file__).parent
    return st.components.v2.component(
        "floorwalker_bell",
        html=(folder / "bell.html").read_text(encoding="utf-8"),
        css="\n".join((folder / name).read_text(encoding="utf-8") for name in ("items.css", "bell.css")),
        js="\n".join((folder / name).read_text(encoding="utf-8") for name in _SCRIPTS),
    )


def _nothing() -> None:
    """The run itself is the answer."""
