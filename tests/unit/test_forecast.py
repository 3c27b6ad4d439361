"""The forecast of a month: what it expects, when so many are reached, and that its interval holds what it promises."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from metrics.bot_sessions.forecast import DAYS_LEAST, foresee, learn

FIRST = date(2026, 9, 7)  # a Monday
PATTERN = (250.0, 240.0, 260.0, 255.0, 230.0, 120.0, 90.0)


def days(count: int, per_weekday: tuple[float, ...] = PATTERN) -> dict[date, int]:
    return {day: round(per_weekday[day.weekday()]) for day in (FIRST + timedelta(days=place) for place in range(count))}


def test_too_few_days_teach_nothing() -> None:
    assert learn(days(DAYS_LEAST - 1)) is None
    assert learn(days(DAYS_LEAST)) is not None


def test_days_to_come_bring_what_their_weekday_brought() -> None:
    known = learn(days(28))
    assert known is not None
    today = FIRST + timedelta(days=28)  # a Monday again

    found = foresee(1_000, known, today=today, today_left=0.5, last=today + timedelta(days=2))

    assert [round(ahead.expected) for ahead in found.path] == [1_125, 1_365, 1_625]
    assert (found.rests_on_days, found.end.day) == (28, today + timedelta(days=2))
    assert all(1_000 <= ahead.low < ahead.expected < ahead.high for ahead in found.path)


def test_level_is_reached_between_the_days_of_both_lines() -> None:
    known = learn(days(28))
    assert known is not None
    today = FIRST + timedelta(days=28)
    found = foresee(1_000, known, today=today, today_left=1.0, last=today + timedelta(days=20))

    earliest, expected, latest = found.reaches(2_000)

    assert expected == today + timedelta(days=3)  # 250 + 240 + 260 + 255 = 1,005 by Thursday
    assert earliest is not None and latest is not None and earliest <= expected <= latest


def test_level_beyond_the_month_is_not_reached() -> None:
    known = learn(days(28))
    assert known is not None
    today = FIRST + timedelta(days=28)

    assert foresee(0, known, today=today, today_left=1.0, last=today).reaches(10_000) == (None, None, None)


def test_nothing_ever_brings_nothing() -> None:
    known = learn(dict.fromkeys(days(21), 0))
    assert known is not None

    found = foresee(0, known, today=FIRST + timedelta(days=21), today_left=0.3, last=FIRST + timedelta(days=30))

    assert (found.end.low, found.end.expected, found.end.high) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("weeks", [2, 4, 8])
@pytest.mark.parametrize(("per_day", "spread"), [(6.0, 1.0), (220.0, 1.0), (220.0, 3.0), (1_400.0, 6.0)])
def test_interval_holds_the_months_end_in_95_of_100(weeks: int, per_day: float, spread: float) -> None:
    rng = Random(20_261)
    held = sum(_one_month(rng, weeks, per_day, spread) for _ in range(TRIALS))

    assert 0.935 <= held / TRIALS <= 0.99


TRIALS = 1_000


def _one_month(rng: Random, weeks: int, per_day: float, spread: float) -> bool:
    """Whether the sum at the end of a simulated month lay within what was foreseen on one of its days."""
    scale = per_day / (sum(PATTERN) / 7)
    known = learn({day: _drawn(rng, mean * scale, spread) for day, mean in days(7 * weeks).items()})
    assert known is not None
    today = FIRST + timedelta(days=7 * weeks + rng.randrange(7))
    last = today + timedelta(days=rng.randrange(30))
    left = rng.random()
    found = foresee(0, known, today=today, today_left=left, last=last)
    coming = [PATTERN[(today + timedelta(days=place)).weekday()] * scale for place in range((last - today).days + 1)]
    coming[0] *= left
    truth = sum(_drawn(rng, mean, spread) for mean in coming)
    return found.end.low <= truth <= found.end.high


def _drawn(rng: Random, mean: float, spread: float) -> int:
    """A day's count: by chance alone (Poisson), or with `spread` times its variance (a gamma's mean)."""
    if spread > 1:
        shape = mean / (spread - 1)
        mean = rng.gammavariate(shape, mean / shape)
    if mean > 200:
        return max(0, round(rng.gauss(mean, mean**0.5)))
    count, product, limit = 0, rng.random(), 2.718281828459045**-mean
    while product > limit:
        count, product = count + 1, product * rng.random()
    return count
