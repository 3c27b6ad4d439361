"""What happened lately on the floor: escalations, resolutions and abandonments, in windows that any viewer may choose.

Rolling windows are counted exactly. Windows that begin at a time of day ("today", "since 08:00") are summed by the browser, in
its viewer's zone, from counts by quarter of an hour: every zone's offset, and so every such beginning, is a multiple of that.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from store.records import Outcome

KINDS = ("escalations", "resolutions", "abandonments")
MINUTE_MS = 60_000
QUARTER_MS = 15 * MINUTE_MS
WINDOWS_MINUTES = (15, 120)
# Kept one by one: twice the longest rolling window, which is compared with the one before it.
KEPT_MS = 2 * max(WINDOWS_MINUTES) * MINUTE_MS
# Two days of up to 25 hours: a day so far, and the same of the day before.
REACH_MS = 50 * 60 * MINUTE_MS

# What an outcome is called while it is fresh; the others are counted nowhere.
KIND_OF: Mapping[str, str] = {Outcome.RESOLVED: "resolutions", Outcome.ABANDONED: "abandonments"}

Happening = tuple[str, int]


def happenings(row: Mapping[str, Any]) -> tuple[Happening, ...]:
    """What a conversation adds: kind and time of each."""
    if not row["is_bot"] or row["is_test"]:
        return ()
    found: list[Happening] = []
    if row["escalated_ms"] is not None:
        found.append(("escalations", row["escalated_ms"]))
    if row["ended_ms"] is not None and row["due_ms"] is None:
        kind = KIND_OF.get(row["outcome"])
        if kind is not None:
            found.append((kind, row["ended_ms"]))
    return tuple(found)


class Lately:
    """What happened, one by one for the last hours, by quarter of an hour for the time before."""

    def __init__(self) -> None:
        self._of: dict[int, tuple[Happening, ...]] = {}
        self._times: dict[str, list[int]] = {kind: [] for kind in KINDS}
        self._quarters: dict[str, Counter[int]] = {kind: Counter() for kind in KINDS}
        self._older: dict[str, Counter[int]] = {kind: Counter() for kind in KINDS}

    def put(self, key: int, row: Mapping[str, Any]) -> None:
        """Count a conversation as it is now, open or ended."""
        new = happenings(row)
        if self._of.get(key, ()) == new:
            return
        self.drop(key)
        self._of[key] = new
        for kind, at_ms in new:
            insort(self._times[kind], at_ms)
            self._quarters[kind][at_ms // QUARTER_MS] += 1

    def drop(self, key: int) -> None:
        """Count a conversation no more: it is gone, or will be counted anew."""
        for kind, at_ms in self._of.pop(key, ()):
            times = self._times[kind]
            del times[bisect_left(times, at_ms)]
            self._quarters[kind][at_ms // QUARTER_MS] -= 1

    def age(self, key: int) -> None:
        """Keep a conversation that ended long ago only in the counts by quarter."""
        aged = self._of.get(key, ())
        self.drop(key)
        for kind, at_ms in aged:
            self._older[kind][at_ms // QUARTER_MS] += 1

    def take_older(self, counts: Iterable[tuple[str, int, int]]) -> None:
        """Take the counts of what is not kept one by one: kind, quarter, how many."""
        self._older = {kind: Counter() for kind in KINDS}
        for kind, quarter, count in counts:
            self._older[kind][quarter] += count

    def between(self, kind: str, start_ms: int, end_ms: int) -> int:
        """How many happened after `start_ms`, up to `end_ms`. Exact within the last four hours."""
        times = self._times[kind]
        return bisect_right(times, end_ms) - bisect_right(times, start_ms)

    def windows(self, now_ms: int) -> dict[str, dict[str, list[int]]]:
        """By minutes and kind: how many in the window up to now, and in the one before it."""
        return {
            str(minutes): {kind: _now_and_before(self.between, kind, now_ms, minutes * MINUTE_MS) for kind in KINDS}
            for minutes in WINDOWS_MINUTES
        }

    def this_quarter(self, now_ms: int) -> dict[str, int]:
        """How many since the quarter of an hour began."""
        quarter = now_ms // QUARTER_MS
        return {kind: self._count(kind, quarter) for kind in KINDS}

    def quarters(self, now_ms: int) -> dict[str, Any]:
        """The counts of every whole quarter of an hour within reach, the newest last."""
        last = now_ms // QUARTER_MS
        first = last - REACH_MS // QUARTER_MS
        counts = {kind: [self._count(kind, quarter) for quarter in range(first, last)] for kind in KINDS}
        return {"first_ms": first * QUARTER_MS, "step_ms": QUARTER_MS, "counts": counts}

    def _count(self, kind: str, quarter: int) -> int:
        return self._quarters[kind][quarter] + self._older[kind][quarter]


def _now_and_before(between: Callable[[str, int, int], int], kind: str, now_ms: int, width_ms: int) -> list[int]:
    start_ms = now_ms - width_ms
    return [between(kind, start_ms, now_ms), between(kind, start_ms - width_ms, start_ms)]
