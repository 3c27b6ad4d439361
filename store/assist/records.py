"""Suggestions that a bot made to an agent (smart assist), as they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What became of a suggestion."""

    USED = "used"
    DISMISSED = "dismissed"
    IGNORED = "ignored"  # neither, up to the conversation's end
    OPEN = "open"  # neither so far


class UseEvidence(StrEnum):
    """What tells that a suggestion was used."""

    NONE = ""
    EVENT = "event"  # the platform says so
    WORDS = "words"  # the agent's next message says the same, and nothing else tells
    BOTH = "both"


class Repeat(StrEnum):
    """How far the agent's next message says what was suggested."""

    NONE = ""
    EXACT = "exact"
    NEAR = "near"


@dataclass(slots=True)
class Suggestion:
    """One suggestion, from the moment the agent was shown it."""

    number: int  # from 1, in order of time
    activity_id: str
    identity: int  # of its activity
    shown_ms: int
    ended_ms: int | None  # of the conversation: what has ended is found by it
    session: int  # the agent's, in which it was shown
    bot: str  # that suggested it
    agent: str  # who was shown it
    queue: str  # of that session
    fate: Fate
    evidence: UseEvidence
    event: str  # what the platform calls the use or the dismissal, such as "sent"; "" where it says nothing
    repeat: Repeat
    used_ms: int | None
    dismissed_ms: int | None
    use_ms: int | None  # from being shown to being used; None where it was not, or the source gives no times
    text: str  # its beginning
