"""Taking a conversation on, so that two supervisors do not jump in at once: one has it, and everybody sees who."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from live.viewers import Viewer
from store.claims import add_claim, end_claims, lock_conversation, standing_claims
from store.engine import Store, StoreBusyError
from store.reads import find_conversation
from store.records import ClaimEnd
from store.writes import tell_watchers


class ClaimResult(StrEnum):
    """What became of a wish."""

    TAKEN = "taken"  # now, or before
    HELD = "held"  # by somebody else, who was quicker
    RELEASED = "released"
    NOT_YOURS = "not_yours"  # there was nothing to release
    ENDED = "ended"  # the conversation is over
    UNKNOWN = "unknown"  # there is no such conversation
    BUSY = "busy"  # the database could not take it now; trying again may help


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it, and the name of who has the conversation now ("" where nobody)."""

    outcome: ClaimResult
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Claims:
    """What viewers may do. Each is one short transaction."""

    store: Store
    now_ms: Callable[[], int]

    def take(self, conversation_id: str, viewer: Viewer, *, over: bool = False) -> Answer:
        """Take it on, where nobody else has it; `over`: also where somebody has, who is then no longer on it."""
        try:
            return self._take(conversation_id, viewer, over=over)
        except StoreBusyError:
            return Answer(ClaimResult.BUSY)

    def release(self, conversation_id: str, viewer: Viewer) -> Answer:
        """Be no longer on it."""
        try:
            return self._release(conversation_id, viewer)
        except StoreBusyError:
            return Answer(ClaimResult.BUSY)

    def _take(self, conversation_id: str, viewer: Viewer, *, over: bool) -> Answer:
        with self.store.write() as connection:
            row = find_conversation(connection, conversation_id)
            if row is None:
                return Answer(ClaimResult.UNKNOWN)
            lock_conversation(connection, row)
            if row["ended_ms"] is not None:
                return Answer(ClaimResult.ENDED)
            standing = standing_claims(connection, row)
            others = [claim for claim in standing if claim["viewer_id"] != viewer.id]
            if others and not over:
                return Answer(ClaimResult.HELD, others[0]["viewer_name"])
            if not others and standing:
                return Answer(ClaimResult.TAKEN, standing[0]["viewer_name"])
            now_ms = self.now_ms()
            end_claims(connection, [claim["claim_id"] for claim in standing], ended_by=ClaimEnd.TAKEN_OVER, now_ms=now_ms)
            names = ", ".join(claim["viewer_name"] for claim in others)
            own = {"viewer_id": viewer.id, "viewer_name": viewer.name}
            add_claim(connection, row, **own, taken_from=names, now_ms=now_ms)
            tell_watchers(connection, [(row["conversation_key"], row["conversation_id"])], now_ms=now_ms)
        return Answer(ClaimResult.TAKEN, viewer.name)

    def _release(self, conversation_id: str, viewer: Viewer) -> Answer:
        with self.store.write() as connection:
            row = find_conversation(connection, conversation_id)
            if row is None:
                return Answer(ClaimResult.UNKNOWN)
            lock_conversation(connection, row)
            standing = standing_claims(connection, row)
            own = [claim["claim_id"] for claim in standing if claim["viewer_id"] == viewer.id]
            left = next((claim["viewer_name"] for claim in standing if claim["viewer_id"] != viewer.id), "")
            if not own:
                return Answer(ClaimResult.NOT_YOURS, left)
            now_ms = self.now_ms()
            end_claims(connection, own, ended_by=ClaimEnd.RELEASED, now_ms=now_ms)
            tell_watchers(connection, [(row["conversation_key"], row["conversation_id"])], now_ms=now_ms)
        return Answer(ClaimResult.RELEASED, left)
