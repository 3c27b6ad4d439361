"""Where a conversation is, as rows of facts have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def queue_of(row: Mapping[str, Any]) -> str:
    """The queue a conversation is in now: after an escalation that of the escalation, before it the bot's."""
    own, escalation = str(row["queue"]), str(row["escalation_queue"])
    return escalation or own if row["escalated_ms"] is not None else own
