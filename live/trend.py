"""The last two hours of the floor's figures, a point every five minutes: the small lines in the tiles.

Kept once for all viewers. After a restart the points are worked out again from the conversations themselves, so no line begins
with the server.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from live.lately import KINDS, Lately
from metrics.need import Targets
from metrics.places import queue_of
from metrics.sentiment import MICRO, live_sentiment

STEP_MS = 5 * 60 * 1000
POINTS = 24
STANDING = ("open", "with_bot", "with_agent", "waiting", "longest_wait", "live_sentiment", "low_sentiment")

Point = dict[str, float | None]
Scored = Sequence[tuple[int, int]]  # time and score of each scored message, in order


class Trend:
    """The points of the last two hours, each of a whole five minutes."""

    def __init__(self) -> None:
        self._points: list[Point] = []
        self.end_ms = 0  # of the newest point

    def is_due(self, now_ms: int) -> bool:
        """Whether the next point should be taken."""
        return now_ms - self.end_ms >= STEP_MS

    def take(self, point: Point, now_ms: int) -> None:
        """Take the figures as they stand for the newest point."""
        self.end_ms = now_ms // STEP_MS * STEP_MS
        self._points = [*self._points, point][-POINTS:]

    def rebuild(self, rows: Sequence[Mapping[str, Any]], scores: Mapping[int, Scored], *, now_ms: int, targets: Targets) -> None:
        """Work the points out from the conversations that were open at some time in the last two hours."""
        self.end_ms = now_ms // STEP_MS * STEP_MS
        moods = {key: _mood(pairs) for key, pairs in scores.items()}
        ends = [self.end_ms - STEP_MS * ago for ago in reversed(range(POINTS))]
        self._points = [_point_at(end_ms, rows, moods, targets) for end_ms in ends]

    def told(self, lately: Lately) -> dict[str, Any]:
        """For the browser: standing figures at each point, happenings between each two."""
        starts = [self.end_ms - STEP_MS * ago for ago in reversed(range(1, POINTS + 1))]
        happened = {kind: [lately.between(kind, start, start + STEP_MS) for start in starts] for kind in KINDS}
        standing = {name: [point[name] for point in self._points] for name in STANDING}
        return {"end_ms": self.end_ms, "step_ms": STEP_MS, "values": {**standing, **happened}}


def _point_at(
    at_ms: int, rows: Iterable[Mapping[str, Any]], moods: Mapping[int, tuple[list[int], list[int]]], targets: Targets
) -> Point:
    """The floor as it stood then: who had each conversation follows from when it was escalated and accepted."""
    states = {"with_bot": 0, "with_agent": 0, "waiting": 0}
    sentiments: list[int] = []
    longest, num_low = 0, 0
    for row in rows:
        if row["started_ms"] > at_ms or (row["ended_ms"] is not None and row["due_ms"] is None and row["ended_ms"] <= at_ms):
            continue
        state = _state_at(at_ms, row)
        states[state] += 1
        if state == "waiting":
            longest = max(longest, at_ms - row["escalated_ms"])
        mood = _mood_at(at_ms, moods.get(row["conversation_key"]))
        if mood is not None:
            sentiments.append(mood)
            num_low += targets.is_low(queue_of(row), mood)
    return {
        "open": sum(states.values()),
        **states,
        "longest_wait": longest // 1000 if states["waiting"] else None,
        "live_sentiment": round(sum(sentiments) / len(sentiments) / MICRO, 3) if sentiments else None,
        "low_sentiment": num_low,
    }


def _state_at(at_ms: int, row: Mapping[str, Any]) -> str:
    escalated_ms, accepted_ms = row["escalated_ms"], row["accepted_ms"]
    if accepted_ms is not None and accepted_ms <= at_ms:
        return "with_agent"
    if escalated_ms is not None and escalated_ms <= at_ms:
        return "waiting"
    return "with_bot" if row["is_bot"] else "with_agent"


def _mood(pairs: Scored) -> tuple[list[int], list[int]]:
    """When a conversation's live sentiment moved, and to what."""
    scores = [score for _, score in pairs]
    return [at_ms for at_ms, _ in pairs], [live_sentiment(scores[: end + 1]) or 0 for end in range(len(scores))]


def _mood_at(at_ms: int, mood: tuple[list[int], list[int]] | None) -> int | None:
    if mood is None:
        return None
    place = bisect_right(mood[0], at_ms)
    return mood[1][place - 1] if place else None
