"""Turns that a bot did not understand, as they are stored."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Fallback:
    """A turn that the bot did not understand, with what the customer had written."""

    number: int  # from 1, in order of time
    at_ms: int  # of the customer's message; where there is none, of what shows that the bot did not understand
    ended_ms: int | None  # of the conversation: what has ended is found by it
    words: str  # the words that the message is known by (metrics/wording.py): the same for those that mean the same
    text: str  # as written, its beginning; "" where nothing was
