"""Figures of calls: shares of time and paces of speech. Both are divided last, from whole milliseconds and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class TimeShare:
    """A part of some time, over calls; `num_calls` are those in which there is any of it.

    Milliseconds are no trials of anything, so it has no interval.
    """

    part_ms: int = 0
    whole_ms: int = 0
    num_calls: int = 0

    @property
    def value(self) -> float | None:
        return self.part_ms / self.whole_ms if self.whole_ms else None

    def as_json(self) -> dict[str, Any]:
        """As it is printed, times in seconds."""
        return {
            "value": self.value,
            "seconds": self.part_ms / 1000,
            "of_seconds": self.whole_ms / 1000,
            "calls": self.num_calls,
        }


@dataclass(frozen=True, slots=True)
class Pace:
    """Words a minute of talk, over the calls in which there is any."""

    words: int = 0
    talk_ms: int = 0
    num_calls: int = 0

    @property
    def value(self) -> float | None:
        return self.words * MINUTE_MS / self.talk_ms if self.talk_ms else None

    def as_json(self) -> dict[str, Any]:
        """As it is printed."""
        return {"value": self.value, "words": self.words, "seconds": self.talk_ms / 1000, "calls": self.num_calls}
