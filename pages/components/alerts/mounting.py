"""What the components of alerts have in common: the stream they follow, and how their files become one component."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from live.alerts.board import ASK_PATH, PATH
from pages.components.viewer import viewer
from pages.runtime import runtime


def stream_data() -> dict[str, str]:
    """Where the alerts' stream is, and where a conversation and the page of alerts are, relative to the page."""
    addresses = {"stream": PATH, "ask": ASK_PATH, "conversation_url": "conversation", "alerts_url": "alerts"}
    return {**addresses, "token": runtime().stream_token(viewer())}


def mount(name: str, scripts: Sequence[str]) -> Callable[..., Any]:
    """The component of this name from its files; its scripts are one module, in the order their parts build on each other."""
    folder = Path(__file__).parent
    return st.components.v2.component(
        f"floorwalker_{name}",
        html=(folder / f"{name}.html").read_text(encoding="utf-8"),
        css="\n".join((folder / style).read_text(encoding="utf-8") for style in ("items.css", f"{name}.css")),
        js="\n".join((folder / script).read_text(encoding="utf-8") for script in scripts),
    )


def nothing() -> None:
    """The run itself is the answer."""
