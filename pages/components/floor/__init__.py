"""The live floor as one component: mounted here, drawn in the browser from the stream by the files beside this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

# One module in the browser, in the order its parts build on each other.
_SCRIPTS = ("format.js", "tiles.js", "rows.js", "table.js", "stream.js", "floor.js")


def live_floor(
    *,
    stream: str,
    token: str,
    conversation_url: str,
    filters: Mapping[str, str | Sequence[str]],
    key: str = "floor",
) -> str | None:
    """Draw the floor; the id of the conversation somebody has just opened, None otherwise.

    `stream` and `conversation_url` are addresses relative to the page, `filters` holds channels, queues, bots, states and text.
    """
    data = {"stream": stream, "token": token, "conversation_url": conversation_url, "filter": dict(filters)}
    # A token that runs out is asked for by `renew`: the run it causes brings a new one.
    result = _mount()(key=key, data=data, on_opened_change=_nothing, on_renew_change=_nothing)
    opened: str | None = result.opened
    return opened


@cache
def _mount() -> Callable[..., Any]:
    folder = Path(__file__).parent
    return st.components.v2.component(
        "floorwalker_floor",
        html=(folder / "floor.html").read_text(encoding="utf-8"),
        css=(folder / "floor.css").read_text(encoding="utf-8"),
        js="\n".join((folder / name).read_text(encoding="utf-8") for name in _SCRIPTS),
    )


def _nothing() -> None:
    """The run itself is the answer."""
