"""A list of conversations, each a link by its id: mounted here, drawn in the browser by the files beside this one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from metrics.finding import Found
from pages.components.mounting import mount, nothing

# Words are the floor's.
_SCRIPTS = ("../browser/format.js", "conversation_list.js")


def conversation_list(found: Sequence[Found], *, conversation_url: str, key: str = "conversation_list") -> str | None:
    """Draw the list; the id of the conversation somebody has just opened, None otherwise."""
    rows = [asdict(item) for item in found]
    for row in rows:
        row["place"] = ""  # of no use in the browser, and longer than its numbers
    result = _mount()(key=key, data={"rows": rows, "conversation_url": conversation_url}, on_opened_change=nothing)
    opened: str | None = result.opened
    return opened


@cache
def _mount() -> Callable[..., Any]:
    return mount(Path(__file__).parent, "conversation_list", _SCRIPTS)
