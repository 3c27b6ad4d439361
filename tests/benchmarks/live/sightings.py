"""How long each event took to reach each viewer: from the 202 that accepted it to the frame that shows it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.benchmarks.figures import quantile
from tests.benchmarks.live.follower import Frame

NEVER_MS = 60_000  # what was not seen counts as this late


@dataclass(frozen=True, slots=True)
class Event:
    """One accepted event: what it belongs to, its own time, and when its acceptance was known (monotonic clock)."""

    conversation: str
    at_ms: int
    accepted_ns: int
    is_end: bool = False


@dataclass(slots=True)
class Sightings:
    """Delays of all events to all viewers of a crowd, in whole milliseconds; a process reports them to the one that measures."""

    delays: Counter[int] = field(default_factory=Counter)
    each_viewers_p95: list[float] = field(default_factory=list)
    num_unseen: int = 0

    def add(self, other: Sightings) -> None:
        """Take in those of another process."""
        self.delays.update(other.delays)
        self.each_viewers_p95 += other.each_viewers_p95
        self.num_unseen += other.num_unseen

    def quantile(self, share: float) -> float:
        """The delay that at least `share` of the sightings do not exceed, in milliseconds."""
        return quantile_of(self.delays, share)


def quantile_of(counted: Counter[int], share: float) -> float:
    """Nearest rank over values that are counted."""
    wanted, so_far = math.ceil(share * counted.total()), 0
    for value in sorted(counted):
        so_far += counted[value]
        if so_far >= wanted:
            return value
    return math.nan


def look(viewers: Iterable[Sequence[tuple[int, Frame]]], events: Sequence[Event]) -> Sightings:
    """What the viewers, each with what it received and when, have seen of `events`."""
    found = Sightings()
    for seen in viewers:
        delays = _delays(seen, events)
        unseen = len(events) - len(delays)
        found.num_unseen += unseen
        found.delays.update(delays)
        if unseen:
            found.delays[NEVER_MS] += unseen
        found.each_viewers_p95.append(quantile([*delays, *[NEVER_MS] * unseen], 0.95) if events else math.nan)
    return found


def _delays(seen: Sequence[tuple[int, Frame]], events: Sequence[Event]) -> list[int]:
    """Of each event that this viewer has seen. An event is seen with its conversation's row at its time or later, or gone."""
    waiting: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda one: -one.at_ms):
        waiting.setdefault(event.conversation, []).append(event)
    delays: list[int] = []
    for at_ns, frame in seen:
        shown: Iterable[tuple[str, float]] = (*frame.rows, *((name, math.inf) for name in frame.removed))
        for conversation, last_ms in shown:
            left = waiting.get(conversation)
            while left and (left[-1].at_ms <= last_ms if not left[-1].is_end else last_ms == math.inf):
                delays.append(max(0, (at_ns - left.pop().accepted_ns) // 1_000_000))
    return delays
