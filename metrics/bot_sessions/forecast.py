"""How a month will end: the seasonal average by weekday, with an interval.

A day to come is expected to bring what its weekday brought on average in the last eight weeks; the rest of today, what came after
this time of day on the same weekdays. How far days stray from that average (a Poisson's spread, or more where they strayed more)
and how well few weeks know an average make the interval, at 95 %. Growth and holidays are not known to it, and it does not claim
to know them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

# Looked back on: complete days only. Fewer than the least, and nothing is said.
DAYS_BACK, DAYS_LEAST = 56, 14
WEEK = 7
Z = 1.959964  # 95 %


@dataclass(frozen=True, slots=True)
class Weekdays:
    """What a day of each weekday (0 = Monday) brings, of how many days, and how many times a Poisson's the spread is."""

    means: tuple[float, ...]
    days: tuple[int, ...]
    dispersion: float

    @property
    def reach(self) -> float:
        """How many standard deviations 95 % lie within, where the spread itself is only known from these days (Student's t)."""
        free = sum(self.days) - WEEK
        return Z + (Z**3 + Z) / (4 * free) + (5 * Z**5 + 16 * Z**3 + 3 * Z) / (96 * free**2)


@dataclass(frozen=True, slots=True)
class Ahead:
    """The sum at the end of some day to come: expected, and within which it lies at 95 %."""

    day: date
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The rest of a month, day by day from today; the last is the month's end."""

    path: tuple[Ahead, ...]
    rests_on_days: int

    @property
    def end(self) -> Ahead:
        """The month's end."""
        return self.path[-1]

    def reaches(self, level: int) -> tuple[date | None, date | None, date | None]:
        """The days on which so many are reached: at the earliest, as expected, at the latest; None: not in this month."""
        lines = ([item.high for item in self.path], [item.expected for item in self.path], [item.low for item in self.path])
        earliest, expected, latest = (self._first(line, level) for line in lines)
        return earliest, expected, latest

    def _first(self, line: Sequence[float], level: int) -> date | None:
        return next((item.day for item, value in zip(self.path, line, strict=True) if value >= level), None)


def learn(per_day: Mapping[date, int]) -> Weekdays | None:
    """What the days so far teach; None where they are too few to. Days that brought nothing must be in it, as 0."""
    of_weekday: list[list[int]] = [[] for _ in range(WEEK)]
    for day, count in per_day.items():
        of_weekday[day.weekday()].append(count)
    if min(map(len, of_weekday)) < DAYS_LEAST // WEEK:
        return None
    means = tuple(sum(counts) / len(counts) for counts in of_weekday)
    strayed = sum(
        (count - mean) ** 2 / mean for counts, mean in zip(of_weekday, means, strict=True) for count in counts if mean > 0
    )
    dispersion = max(1.0, strayed / (len(per_day) - WEEK))
    return Weekdays(means, tuple(len(counts) for counts in of_weekday), dispersion)


def foresee(used: int, weekdays: Weekdays, *, today: date, today_left: float, last: date) -> Forecast:
    """From `used` by now on: the rest of today (`today_left`, a share of what its weekday brings), then each day up to `last`."""
    path: list[Ahead] = []
    weights = [0.0] * WEEK  # how many days of each weekday have been added
    for place in range((last - today).days + 1):
        day = today + timedelta(days=place)
        weights[day.weekday()] += today_left if place == 0 else 1.0
        path.append(_ahead(day, used, weekdays, weights))
    return Forecast(tuple(path), sum(weekdays.days))


def _ahead(day: date, used: int, weekdays: Weekdays, weights: Sequence[float]) -> Ahead:
    more = sum(weight * mean for weight, mean in zip(weights, weekdays.means, strict=True))
    # Days stray by themselves; an average of few days is itself off, and by the same amount on each day it is used for.
    variance = weekdays.dispersion * sum(
        mean * (weight + weight * weight / days)
        for weight, mean, days in zip(weights, weekdays.means, weekdays.days, strict=True)
    )
    reach = weekdays.reach * sqrt(variance)
    return Ahead(day, used + more, used + max(0.0, more - reach), used + more + reach)
