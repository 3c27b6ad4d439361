"""Stays in queues as a conversation is walked: from entry until somebody takes it, it goes on to another queue, or it ends."""

from __future__ import annotations

from store.queues.records import Segment, StayEnd
from store.records import Role


class Stays:
    """The stays of one conversation, in order. At most the last one still waits."""

    def __init__(self) -> None:
        self.found: list[Segment] = []

    def enter(self, queue: str, at_ms: int, *, with_bot: bool) -> None:
        """It comes to a queue: what waited in the one before waits there no more. A bot that has it keeps it."""
        waiting = self._waiting()
        if waiting is not None:
            waiting.end = StayEnd.MOVED
        if self.found and self.found[-1].left_ms is None:
            self.found[-1].left_ms = at_ms
        self.found.append(Segment(len(self.found) + 1, queue, at_ms, None, None))
        if with_bot:
            self.accept(at_ms, Role.BOT)

    def leave(self, queue: str, at_ms: int) -> None:
        """Its source says that it left. Who takes it may be said after that."""
        if self.found and self.found[-1].left_ms is None and self.found[-1].queue == queue:
            self.found[-1].left_ms = at_ms

    def accept(self, at_ms: int, by: Role) -> None:
        """Somebody takes it."""
        waiting = self._waiting()
        if waiting is not None:
            waiting.accepted_ms = max(at_ms, waiting.entered_ms)
            waiting.accepted_by, waiting.end = by, StayEnd.ACCEPTED

    def close(self, *, by_system: bool, at_ms: int | None = None) -> None:
        """The customer left, unless the system ended it; at a moment of its own where the conversation goes on after it."""
        waiting = self._waiting()
        if waiting is None:
            return
        waiting.end = StayEnd.SYSTEM if by_system else StayEnd.ABANDONED
        if waiting.left_ms is None and at_ms is not None:
            waiting.left_ms = max(at_ms, waiting.entered_ms)

    def _waiting(self) -> Segment | None:
        return self.found[-1] if self.found and self.found[-1].end == StayEnd.OPEN else None
