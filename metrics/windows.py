"""Windows and buckets of time in a named zone: half-open, days of 23, 24 or 25 hours, zones at :30 and :45 included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.int64]

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
EPOCH = date(1970, 1, 1)
# Outside these years a zone's offset is taken to be that of the nearest of them.
FIRST_YEAR, LAST_YEAR = 1900, 2200
# An hour's code is its local number and its offset, so that the hour that comes twice is two buckets.
OFFSET_SPAN = 1 << 18
# Clocks are changed at whole multiples of this, and by such; where a zone has it otherwise, in some year, it is seen.
STEP_MS = HOUR_MS // 4
# Stretches of a longer span are not looked for ahead of its moments: one stamp of the year 9000 is enough for that.
MOST_YEARS = 60


class WindowError(ValueError):
    """A time, a zone or a span that cannot be read."""


class Grain(StrEnum):
    """The size of a bucket."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


SHORTEST_MS = {Grain.HOUR: HOUR_MS, Grain.DAY: 23 * HOUR_MS, Grain.WEEK: 7 * DAY_MS - HOUR_MS, Grain.MONTH: 28 * DAY_MS}
LONGEST_MS = {Grain.HOUR: 2 * HOUR_MS, Grain.DAY: 26 * HOUR_MS, Grain.WEEK: 7 * DAY_MS + 2 * HOUR_MS, Grain.MONTH: 32 * DAY_MS}


@dataclass(frozen=True, slots=True)
class Window:
    """`start_ms <= t < end_ms`; None: without that bound."""

    start_ms: int | None = None
    end_ms: int | None = None

    def before(self) -> Window | None:
        """The same length immediately before; None where either bound is open."""
        if self.start_ms is None or self.end_ms is None:
            return None
        return Window(self.start_ms - (self.end_ms - self.start_ms), self.start_ms)

    def within(self, other: Window) -> Window:
        """What lies in both; where nothing does, nothing at all."""
        starts = [each for each in (self.start_ms, other.start_ms) if each is not None]
        ends = [each for each in (self.end_ms, other.end_ms) if each is not None]
        start_ms = max(starts, default=None)
        end_ms = min(ends, default=None)
        if start_ms is not None and end_ms is not None and start_ms > end_ms:
            return Window(start_ms, start_ms)
        return Window(start_ms, end_ms)


@dataclass(frozen=True, slots=True)
class Buckets:
    """Which bucket each moment lies in, as a number that rises with time, and what such a number is called."""

    codes: Times
    label: Callable[[int], str]


@lru_cache(maxsize=64)
def find_zone(name: str) -> ZoneInfo:
    """The IANA time zone called `name`. Raises WindowError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise WindowError(f"no time zone is called {name!r}; use a name such as Europe/Berlin") from error


def parse_moment(text: str, zone_name: str) -> int:
    """A date (its first moment) or a date and time, in ms; without an offset it is meant in the zone. Raises WindowError."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise WindowError(f"{text!r} is no date or time; use 2026-11-22 or 2026-11-22T14:00") from error
    zone = find_zone(zone_name)
    if moment.tzinfo is None:
        # Of an hour that comes twice the first is meant; a time the clock skips is read with the offset before the gap.
        moment = moment.replace(tzinfo=zone, fold=0)
    try:
        return (moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    except OverflowError as error:
        raise WindowError(f"{text!r} lies outside the calendar") from error


def parse_window(start: str | None, end: str | None, zone_name: str) -> Window:
    """From `start` up to, and without, `end`. Raises WindowError."""
    find_zone(zone_name)
    window = Window(
        None if start is None else parse_moment(start, zone_name),
        None if end is None else parse_moment(end, zone_name),
    )
    if window.start_ms is not None and window.end_ms is not None and window.start_ms > window.end_ms:
        raise WindowError(f"the window ends ({end}) before it begins ({start})")
    return window


def local_time(at_ms: int, zone_name: str) -> datetime:
    """What a clock there shows at a moment. Raises WindowError."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).astimezone(find_zone(zone_name))


def buckets(at_ms: Times, grain: Grain, zone_name: str) -> Buckets:
    """The bucket of each moment in the zone."""
    offset_ms = offsets(at_ms, zone_name)
    local = at_ms + offset_ms
    day = local // DAY_MS
    match grain:
        case Grain.HOUR:
            codes = (local // HOUR_MS) * OFFSET_SPAN + OFFSET_SPAN // 2 - offset_ms // 1000
        case Grain.DAY:
            codes = day
        case Grain.WEEK:
            codes = (day + 3) // 7  # the epoch was a Thursday; weeks begin on Monday
        case Grain.MONTH:
            codes = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return Buckets(codes, _LABELS[grain])


def runs_of(first_ms: int, last_ms: int, grain: Grain, zone_name: str) -> tuple[Times, Buckets] | None:
    """When each bucket begins between two moments, and which it is; one that the clock comes back to begins twice.

    None where it is not known ahead: in a span of too many years, or of years with odd clocks.
    """
    years = [year + 1970 for year in np.array([first_ms, last_ms], dtype="datetime64[ms]").astype("datetime64[Y]").astype(int)]
    if years[1] - years[0] >= MOST_YEARS or years[0] < FIRST_YEAR or years[1] > LAST_YEAR:
        return None
    parts = [_runs_in(year, grain, zone_name) for year in range(years[0], years[1] + 1)]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    starts, codes = (np.concatenate(each) for each in zip(*known, strict=True))
    is_new = np.append(True, codes[1:] != codes[:-1])
    starts, codes = starts[is_new], codes[is_new]
    touched = slice(int(np.searchsorted(starts, first_ms, side="right")) - 1, int(np.searchsorted(starts, last_ms, side="right")))
    return starts[touched], Buckets(codes[touched], _LABELS[grain])


def spread(values: Times, starts: Times, at_ms: Times) -> Times:
    """For moments in order, the value of the run that each lies in, the first of which has begun by the first moment."""
    begun = np.append(np.searchsorted(at_ms, starts[1:]), len(at_ms))
    return np.repeat(values, np.diff(begun, prepend=0))


@lru_cache(maxsize=1024)
def _runs_in(year: int, grain: Grain, zone_name: str) -> tuple[Times, Times] | None:
    """The same within one UTC year."""
    known = [] if zone_name == "UTC" else _offsets_in(zone_name, year)
    if any(start % STEP_MS or value % STEP_MS for start, value in known):
        return None
    first, last = ((date(each, 1, 1) - EPOCH).days * DAY_MS for each in (year, year + 1))
    moments = np.arange(first, last, STEP_MS, dtype=np.int64)
    codes = buckets(moments, grain, zone_name).codes
    places = np.append(0, np.flatnonzero(np.diff(codes)) + 1)
    return moments[places], codes[places]


def buckets_of(window: Window, grain: Grain, zone_name: str) -> list[str]:
    """The keys of every bucket a bounded window touches, in order of time, so that a chart can show gaps as gaps."""
    if window.start_ms is None or window.end_ms is None or window.start_ms >= window.end_ms:
        return []
    # Half an hour, because a clock may be put back by as little.
    step = HOUR_MS // 2 if grain is Grain.HOUR else DAY_MS // 2
    moments = np.append(np.arange(window.start_ms, window.end_ms, step, dtype=np.int64), window.end_ms - 1)
    found = buckets(moments, grain, zone_name)
    return [found.label(int(code)) for code in np.unique(found.codes)]


def grain_of(key: str) -> Grain:
    """The size of the bucket that a key names."""
    if "T" in key:
        return Grain.HOUR
    return Grain.WEEK if "-W" in key else Grain.MONTH if len(key) == len("2026-11") else Grain.DAY


def bucket_key(at_ms: int, like: str, zone_name: str) -> str:
    """The key of the bucket that a moment falls into, of the size of the bucket `like`."""
    found = buckets(np.array([at_ms], dtype=np.int64), grain_of(like), zone_name)
    return found.label(int(found.codes[0]))


def window_of_bucket(key: str, zone_name: str) -> Window:
    """What a bucket's key stands for: 2026-11, 2026-W47, 2026-11-22 or 2026-11-22T14:00-05:00. Raises WindowError."""
    grain = grain_of(key)
    begin = parse_moment(f"{key}-01" if grain is Grain.MONTH else key, zone_name)
    moments = np.arange(begin - HOUR_MS, begin + LONGEST_MS[grain], STEP_MS, dtype=np.int64)
    found = buckets(moments, grain, zone_name)
    code = next((code for code in np.unique(found.codes) if found.label(int(code)) == key), None)
    if code is None:
        raise WindowError(f"{key!r} is no {grain} of {zone_name}")
    inside = moments[found.codes == code]
    return Window(int(inside[0]), int(inside[-1]) + STEP_MS)


def fitting_grain(window: Window, grain: Grain, most: int) -> Grain | None:
    """The finest grain from `grain` on that cuts the window into about `most` buckets or fewer; None: not even months do."""
    if window.start_ms is None or window.end_ms is None:
        return grain
    grains = list(Grain)
    length_ms = window.end_ms - window.start_ms
    return next((each for each in grains[grains.index(grain) :] if length_ms <= most * SHORTEST_MS[each]), None)


def offsets(at_ms: Times, zone_name: str) -> Times:
    """What to add to each moment to get the zone's clock, in ms."""
    if zone_name == "UTC" or at_ms.size == 0:
        return np.zeros(at_ms.shape, dtype=np.int64)
    years = np.unique((at_ms // DAY_MS).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970)
    starts: list[int] = []
    values: list[int] = []
    for year in np.unique(np.clip(years, FIRST_YEAR, LAST_YEAR)):
        for start, value in _offsets_in(zone_name, int(year)):
            starts.append(start)
            values.append(value)
    place = np.searchsorted(np.array(starts, dtype=np.int64), at_ms, side="right") - 1
    return np.array(values, dtype=np.int64)[np.maximum(place, 0)]


@lru_cache(maxsize=4096)
def _offsets_in(zone_name: str, year: int) -> tuple[tuple[int, int], ...]:
    """The zone's offsets in one UTC year: when each begins, and what it is, both in ms."""
    zone = find_zone(zone_name)

    def offset_at(second: int) -> int:
        delta = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)).astimezone(zone).utcoffset()
        return 0 if delta is None else int(delta.total_seconds())

    first = (date(year, 1, 1) - EPOCH).days * 86_400
    last = (date(year + 1, 1, 1) - EPOCH).days * 86_400
    found = [(first * 1000, offset_at(first) * 1000)]
    for low in range(first, last, 86_400):
        high = low + 86_400
        before, after = offset_at(low), offset_at(high)
        if before == after:
            continue
        while high - low > 1:  # the clock changes once between the two; close in on the second
            middle = (low + high) // 2
            low, high = (middle, high) if offset_at(middle) == before else (low, middle)
        found.append((high * 1000, after * 1000))
    return tuple(found)


def _hour_label(code: int) -> str:
    hour, rest = divmod(code, OFFSET_SPAN)
    offset = timedelta(seconds=OFFSET_SPAN // 2 - rest)
    local = datetime(1970, 1, 1, tzinfo=timezone(offset)) + timedelta(hours=hour)
    return local.isoformat(timespec="minutes")


def _day_label(code: int) -> str:
    return (EPOCH + timedelta(days=code)).isoformat()


def _week_label(code: int) -> str:
    year, week, _ = (EPOCH + timedelta(days=code * 7 - 3)).isocalendar()
    return f"{year:04d}-W{week:02d}"


def _month_label(code: int) -> str:
    year, month = divmod(code, 12)
    return f"{1970 + year:04d}-{month + 1:02d}"


_LABELS = {Grain.HOUR: _hour_label, Grain.DAY: _day_label, Grain.WEEK: _week_label, Grain.MONTH: _month_label}
