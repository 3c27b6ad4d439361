"""A list of conversations, each a link by its id: mounted here, drawn in the browser by the files beside this one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from metrics.finding import Found

# Words are the floor's.
_SCRIPTS = ("../browser/format.js", "list.js")


def conversation_list(found: Sequence[Found], *, conversation_url: str, key: str = "conversation_list") -> str | None:
    """Draw the list; the id of the conversation somebody has just opened, None otherwise."""
    rows = [asdict(item) for item in found]
    for row in rows:
        row["place"] = ""  # of no use in the browser, and longer than its numbers
    result = _mount()(key=key, data={"rows": rows, "conversation_url": conversation_url}, on_opened_change=_nothing)
    opened: str | None = result.opened
    return opened


@cache
def _mount() -> Callable[..., Any]:
    folder = Path(__file__).parent
    return st.components.v2.component(
        "floorwalker_conversation_list",
        html='<ul class="list" aria-label="Conversations, latest first"></ul>',
        css=(folder / "list.css").read_text(encoding="utf-8"),
        js="\n".join((folder / name).read_text(encoding="utf-8") for name in _SCRIPTS),
    )


def _nothing() -> None:
    """The run itself is the answer."""
