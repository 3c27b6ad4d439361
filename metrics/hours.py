"""When a rule or a source is on duty: days of the week and times of day by the clock of a place, daylight saving included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from metrics.windows import local_time

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
# Periods that touch are one, so a look around must reach over a whole week, and the day that an overnight period began on.
_REACH_DAYS = 9
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hours:
    """From one minute of the day until another, on some days of the week; until the same or an earlier one: the next day.

    What reaches over midnight belongs to the day on which it begins. Where clocks are put forward, a time that they skip is as
    much later; where they are put back, hours begin with the first of a time that comes twice, and end with the second.
    """

    days: tuple[str, ...]
    from_minute: int
    until_minute: int
    zone: str

    def period(self, now_ms: int) -> tuple[int, int] | None:
        """From when until when the hours that hold at this moment go; None outside of them."""
        return next(((start, end) for start, end in self._around(now_ms) if start <= now_ms < end), None)

    def next_start_ms(self, now_ms: int) -> int:
        """When they begin the next time after this moment."""
        return next(start for start, _ in self._around(now_ms) if start > now_ms)

    def is_on(self, at_ms: int) -> bool:
        """Whether they hold at a moment."""
        return self.period(at_ms) is not None

    def _around(self, now_ms: int) -> tuple[tuple[int, int], ...]:
        return _periods(self, local_time(now_ms, self.zone).date())


def minute_of(clock: str) -> int:
    """Which minute of its day "08:30" is; "24:00" is the end of the day. Raises ValueError."""
    hour, colon, minute = clock.partition(":")
    if not (colon and len(hour) == len(minute) == 2 and (hour + minute).isdecimal() and (hour + minute).isascii()):
        raise ValueError(clock)
    minutes = int(hour) * 60 + int(minute)
    if minutes > DAY_MINUTES or int(minute) >= 60:
        raise ValueError(clock)
    return minutes


def clock_of(minute: int) -> str:
    """A minute of the day as a clock shows it: what `minute_of` reads."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


@lru_cache(maxsize=256)
def _periods(hours: Hours, around: date) -> tuple[tuple[int, int], ...]:
    """The periods of the days around a day, in order; those that touch are one."""
    zone = ZoneInfo(hours.zone)
    found: list[tuple[int, int]] = []
    for offset in range(-_REACH_DAYS, _REACH_DAYS + 1):
        day = around + timedelta(days=offset)
        if DAYS[day.weekday()] not in hours.days:
            continue
        last = day if hours.until_minute > hours.from_minute else day + timedelta(days=1)
        start_ms, end_ms = _moment(day, hours.from_minute, zone), _moment(last, hours.until_minute, zone, is_last=True)
        if found and start_ms <= found[-1][1]:
            found[-1] = (found[-1][0], max(end_ms, found[-1][1]))
        elif end_ms > start_ms:  # not where clocks skip all of it
            found.append((start_ms, end_ms))
    return tuple(found)


def _moment(day: date, minute: int, zone: ZoneInfo, *, is_last: bool = False) -> int:
    """When a clock there shows this: of a time that comes twice the first time, or the last."""
    days, minute = divmod(minute, DAY_MINUTES)
    at = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60), zone)
    moments = [round((at.replace(fold=fold) - _EPOCH).total_seconds() * 1000) for fold in (0, 1)]
    return max(moments) if is_last else moments[0]
