"""The window that happenings are counted in, as part of the address: `window` and, for a shift, the time it began."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

WINDOWS = ("15", "120", "today", "shift")
DEFAULT = {"window": "120", "shift": "08:00"}
_TIME = re.compile(r"([01]\d|2[0-3]):(00|15|30|45)")


def chosen_span() -> dict[str, str]:
    """The window that the address names; two hours where it names none. What it names wrongly counts as not named."""
    window, shift = st.query_params.get("window", ""), st.query_params.get("shift", "")
    return {
        "window": window if window in WINDOWS else DEFAULT["window"],
        "shift": shift if _TIME.fullmatch(shift) else DEFAULT["shift"],
    }


def take_span(asked: Any) -> None:
    """Put the window that the browser asks for into the address; the default needs no place there."""
    if not isinstance(asked, Mapping) or asked.get("window") not in WINDOWS:
        return
    window, shift = str(asked["window"]), asked.get("shift")
    wanted = {"window": window if window != DEFAULT["window"] else ""}
    if isinstance(shift, str) and _TIME.fullmatch(shift):
        wanted["shift"] = shift if window == "shift" else ""
    for name, value in wanted.items():
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)
