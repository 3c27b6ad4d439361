"""What the composer knows of a conversation: the expected figures, decided while it was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ending:
    """How a stretch with the bot ended, and when its session stops counting (None: with the last activity of the stretch)."""

    outcome: str
    resolution: str = ""
    session_end_ms: int | None = None


@dataclass(frozen=True)
class Truth:
    """What must be found of one conversation."""

    conversation_id: str
    scenario: str
    outcome: str  # "" where there is none: only people speak, or still open
    resolution: str
    bot: str
    channel: str
    started_ms: int
    ended_ms: int  # the last activity, also of an open one
    bot_ms: int
    sentiment: float | None
    is_bot: bool = True
    is_test: bool = False
    is_open: bool = False


@dataclass(frozen=True)
class Composed:
    """One external conversation id on the wire, with what is true of it (several conversations on a persistent channel)."""

    external_id: str
    activities: list[dict[str, Any]]
    truths: list[Truth]
