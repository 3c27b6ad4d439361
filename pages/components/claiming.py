"""What a viewer wants of the conversation that is open: to be on it, to take it over, to let go of it."""

from __future__ import annotations

from pages.components.viewer import viewer
from pages.runtime import runtime


def act_on(conversation_id: str, wish: str) -> None:
    """Do as wished. Everybody who watches, the viewer too, is told by the conversation's stream what came of it."""
    claims = runtime().claims
    match wish:
        case "take":
            claims.take(conversation_id, viewer())
        case "take_over":
            claims.take(conversation_id, viewer(), over=True)
        case "release":
            claims.release(conversation_id, viewer())
