"""How long it takes until a bot's part ends, and in what: escalation among the ends that compete with it.

Every closed conversation has ended one way or another, so none is cut off, and the Aalen–Johansen estimate of each end's
cumulative incidence is the share that has ended so by then. Those shares and the share still with the bot add up to one at
every point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from metrics.closed import closed_rows
from metrics.filters import Filters
from metrics.rows import MISSING, Ints
from store.engine import Store
from store.records import Outcome

ENDS = (Outcome.ESCALATED, Outcome.RESOLVED, Outcome.ABANDONED, Outcome.OTHER)


class Clock(StrEnum):
    """What the way to the end is measured in."""

    SECONDS = "seconds"
    TURNS = "turns"


COLUMN = {Clock.SECONDS: "bot_ms", Clock.TURNS: "bot_turns"}
# Where the table has its lines; the curve has the same and more.
MARKS = {
    Clock.SECONDS: (15, 30, 60, 120, 180, 300, 600, 900, 1_800, 3_600),
    Clock.TURNS: (0, 1, 2, 3, 4, 5, 6, 8, 10, 15),
}
PARTS = 24  # points of the curve between two marks


@dataclass(frozen=True, slots=True)
class Moment:
    """By so many seconds or turns: how many had ended in each way."""

    at: float
    ended: dict[Outcome, int]

    @property
    def num_ended(self) -> int:
        return sum(self.ended.values())


@dataclass(frozen=True, slots=True)
class Course:
    """The ends of one cut: out of `n` conversations whose source tells the measure."""

    clock: Clock
    n: int
    table: Sequence[Moment]
    curve: Sequence[Moment]


def course(store: Store, filters: Filters, clock: Clock) -> Course:
    """Cumulative incidence of each end, in whole numbers."""
    with store.read() as connection:
        rows = closed_rows(connection, filters)
    missing = MISSING.get(COLUMN[clock])
    ranked = {end: _ranked(rows.columns[COLUMN[clock]][rows.places(end)], missing) for end in ENDS}
    last = max(int(values[-1]) if len(values) else 0 for values in ranked.values())
    marks = _marks(clock, last)
    points = _points(clock, marks)
    n = sum(len(values) for values in ranked.values())
    return Course(clock, n, _moments(ranked, marks, clock), _moments(ranked, points, clock))


def _ranked(values: Ints, missing: int | None) -> Ints:
    """Those that there are, ascending."""
    return np.sort(values if missing is None else values[values != missing])


def _marks(clock: Clock, last: int) -> Sequence[int]:
    """Up to the first by which all have ended, where there is one."""
    marks = MARKS[clock]
    enough = next((place for place, mark in enumerate(marks) if mark * _unit(clock) >= last), len(marks) - 1)
    return marks[: enough + 1]


def _points(clock: Clock, marks: Sequence[int]) -> list[float]:
    """Of turns each; of seconds some between two marks."""
    if clock is Clock.TURNS:
        return list(range(marks[-1] + 1))
    edges = (0, *marks)
    between = [np.linspace(low, high, PARTS, endpoint=False).tolist() for low, high in zip(edges, edges[1:], strict=False)]
    return [*(point for part in between for point in part), float(edges[-1])]


def _moments(ranked: dict[Outcome, Ints], points: Sequence[float], clock: Clock) -> list[Moment]:
    limits = [round(point * _unit(clock)) for point in points]
    counts = {end: np.searchsorted(values, limits, side="right").tolist() for end, values in ranked.items()}
    return [Moment(point, {end: counts[end][place] for end in ENDS}) for place, point in enumerate(points)]


def _unit(clock: Clock) -> int:
    return 1000 if clock is Clock.SECONDS else 1
