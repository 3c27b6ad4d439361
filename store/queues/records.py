"""Stays in queues, as they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from store.members import plain_members


@plain_members
class StayEnd(StrEnum):
    """What became of a stay in a queue."""

    OPEN = "open"  # it still waits
    ACCEPTED = "accepted"
    ABANDONED = "abandoned"  # the customer left, or fell silent until the time-out
    MOVED = "moved"  # it went on to another queue before anybody took it, as on overflow
    SYSTEM = "system"  # the platform ended it: a failure, an overflow, an administrator


@dataclass(slots=True)
class Segment:
    """A stay in one queue, from entry to acceptance or leaving."""

    number: int
    queue: str
    entered_ms: int
    accepted_ms: int | None
    left_ms: int | None
    accepted_by: str = ""  # bot | agent; "" where nobody did
    end: str = StayEnd.OPEN
