"""When conversations begin in history: busy weekdays with a peak at lunch, quiet nights and weekends."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ingest.sources.demo.bots import kinds
from ingest.sources.demo.dice import dice
from ingest.sources.demo.people import customer, customer_number
from ingest.sources.demo.scene import Plan
from ingest.sources.demo.wire import EPOCH, milliseconds

WEEKDAY = 250  # conversations
SATURDAY = 120
SUNDAY = 86
DAY = timedelta(days=1)
HOUR_MS = 3_600_000
# Share of the day's conversations per hour, times ten.
HOURS = (5, 3, 2, 2, 3, 6, 14, 30, 56, 72, 78, 84, 104, 96, 74, 66, 62, 60, 52, 44, 34, 24, 15, 9)
BUSIEST = max(HOURS)


def plans(seed: int, *, start: datetime, end: datetime, recent: datetime) -> Iterator[Plan]:
    """Plans of what begins in start <= t < end, in order. `recent` is when the bots are as good as they are now."""
    day = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start_ms, end_ms = milliseconds(start), milliseconds(end)
    while day < end:
        for plan in _day(seed, day, days_ago=(recent - day).days):
            if start_ms <= plan.start_ms < end_ms:
                yield plan
        day += DAY


def _day(seed: int, day: datetime, *, days_ago: int) -> Iterator[Plan]:
    number = (day - EPOCH).days
    rng = dice(seed, "day", number)
    busy = {5: SATURDAY, 6: SUNDAY}.get(day.weekday(), WEEKDAY)
    count = round(busy * rng.uniform(0.9, 1.1))
    midnight_ms = milliseconds(day)
    hours = rng.choices(range(24), weights=HOURS, k=count)
    starts = sorted(midnight_ms + hour * HOUR_MS + rng.randrange(HOUR_MS) for hour in hours)
    quiet = busy / WEEKDAY
    for index, start_ms in enumerate(starts):
        load = 0.35 + 1.15 * quiet * HOURS[(start_ms - midnight_ms) // HOUR_MS] / BUSIEST
        name = f"demo-{day:%Y%m%d}-{index + 1:04d}"
        draw = rng.random()
        yield make_plan(seed, name, start_ms=start_ms, who=(number, index), days_ago=days_ago, load=load, live=False, draw=draw)


def make_plan(
    seed: int, name: str, *, start_ms: int, who: tuple[int, int], days_ago: int, load: float, live: bool, draw: float
) -> Plan:
    """A conversation's plan. `draw`, 0 <= draw < 1, decides on the bot and the fate."""
    choices, up_to = kinds(days_ago=days_ago, live=live)
    bot, fate = choices[min(bisect_right(up_to, draw), len(choices) - 1)]
    person, returning = customer_number(seed, *who)
    return Plan(name, start_ms, bot, customer(person), returning, fate, load, f"{seed}:{name}")
