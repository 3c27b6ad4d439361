"""Live figures of one group of conversations, kept as they change: what a rule about figures reads, at a cost that does not grow.

A figure may change although nothing happens (an escalation falls out of the last two hours): a reading says until when it holds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metrics.alerts.levels import Levels, Reading
from metrics.need import MICRO, Targets
from metrics.places import queue_of
from store.records import Outcome, State

# Escalations, resolutions and abandonments are counted over this long.
WINDOW_MS = 2 * 60 * 60 * 1000
_OUTCOMES = {Outcome.RESOLVED: "resolutions", Outcome.ABANDONED: "abandonments"}


@dataclass(frozen=True, slots=True)
class _Part:
    """What one conversation adds."""

    state: str  # "" once it has ended
    sentiment_micro: int | None = None
    is_low: bool = False
    waits_since_ms: int | None = None
    moments: tuple[tuple[str, int], ...] = ()  # (figure, when): counted for the length of the window


_NOTHING = _Part("")


class Figures:
    """The figures of one group, as its conversations stand."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._parts: dict[int, _Part] = {}
        self._states: Counter[str] = Counter()
        self._num_open = self._num_low = self._num_scored = self._sentiment_micro = 0
        self._waits: list[int] = []
        self._moments: dict[str, list[int]] = {"escalations": [], "resolutions": [], "abandonments": []}

    def put(self, key: int, row: Mapping[str, Any] | None, now_ms: int) -> bool:
        """Count a conversation as it is now; None: it is no longer one of the group. Whether that changes anything."""
        before = self._parts.pop(key, _NOTHING)
        after = _NOTHING if row is None else self._part(row, now_ms)
        if after != _NOTHING:
            self._parts[key] = after
        if after == before:
            return False
        self._count(before, -1)
        self._count(after, 1)
        return True

    def reading(self, figure: str, levels: Levels, now_ms: int, *, queue: str = "") -> Reading:
        """A figure as it stands. `longest_wait` is a span that grows."""
        if figure == "longest_wait":
            if not self._waits:
                return Reading(levels, value=0.0, queue=queue)
            return Reading(levels, grows_since_ms=self._waits[0], queue=queue)
        if figure == "live_sentiment":
            average = self._sentiment_micro / self._num_scored / MICRO if self._num_scored else None
            return Reading(levels, value=average, queue=queue)
        if figure in self._moments:
            moments = self._moments[figure]
            place = bisect_right(moments, now_ms - WINDOW_MS)
            until_ms = moments[place] + WINDOW_MS if place < len(moments) else None
            return Reading(levels, float(len(moments) - place), until_ms=until_ms, queue=queue)
        counts = {"open": self._num_open, "low_sentiment": self._num_low}
        return Reading(levels, float(counts.get(figure, self._states[figure])), queue=queue)

    def prune(self, now_ms: int) -> list[int]:
        """Forget what ended before the window; the keys of that."""
        start_ms = now_ms - WINDOW_MS
        ended = [(key, part) for key, part in self._parts.items() if not part.state]
        gone = [key for key, part in ended if all(at_ms <= start_ms for _, at_ms in part.moments)]
        for key in gone:
            self._count(self._parts.pop(key), -1)
        return gone

    @property
    def is_empty(self) -> bool:
        """Whether there is no conversation in it."""
        return not self._parts

    def _part(self, row: Mapping[str, Any], now_ms: int) -> _Part:
        start_ms = now_ms - WINDOW_MS
        moments: list[tuple[str, int]] = []
        if row["is_bot"]:
            if (row["escalated_ms"] or 0) > start_ms:
                moments.append(("escalations", row["escalated_ms"]))
            ended = _OUTCOMES.get(row["outcome"]) if row["ended_ms"] is not None else None
            if ended is not None and row["ended_ms"] > start_ms:
                moments.append((ended, row["ended_ms"]))
        if row["ended_ms"] is not None:
            return _Part("", moments=tuple(moments))
        score, queue = row["sentiment_micro"], queue_of(row)
        waits_since_ms = row["escalated_ms"] or row["started_ms"] if row["state"] == State.WAITING else None
        return _Part(
            state=str(row["state"]),
            sentiment_micro=score,
            is_low=score is not None and self._targets.is_low(queue, score),
            waits_since_ms=waits_since_ms,
            moments=tuple(moments),
        )

    def _count(self, part: _Part, sign: int) -> None:
        if part.state:
            self._states[part.state] += sign
            self._num_open += sign
            self._num_low += sign * part.is_low
        if part.sentiment_micro is not None:
            self._num_scored += sign
            self._sentiment_micro += sign * part.sentiment_micro
        change = _put if sign > 0 else _take
        for moments, at_ms in (
            (self._waits, part.waits_since_ms),
            *((self._moments[figure], at_ms) for figure, at_ms in part.moments),
        ):
            if at_ms is not None:
                change(moments, at_ms)


def _put(moments: list[int], at_ms: int) -> None:
    insort(moments, at_ms)


def _take(moments: list[int], at_ms: int) -> None:
    del moments[bisect_left(moments, at_ms)]
