"""The stream that the components of alerts follow."""

from __future__ import annotations

from live.alerts.board import ASK_PATH, PATH
from pages.components.viewer import viewer
from pages.runtime import runtime


def stream_data() -> dict[str, str]:
    """Where the alerts' stream is, and where a conversation and the page of alerts are, relative to the page."""
    addresses = {"stream": PATH, "ask": ASK_PATH, "conversation_url": "conversation", "alerts_url": "alerts"}
    return {**addresses, "token": runtime().stream_token(viewer())}
