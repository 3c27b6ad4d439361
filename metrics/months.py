"""Months of a zone, and their days: "2026-11" and "2026-11-22", half-open, each with its first moment in that zone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from metrics.windows import Window, WindowError, local_time, parse_moment

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def month_of(at_ms: int, zone: str) -> str:
    """The month a moment lies in, by the zone's clock."""
    return day_of(at_ms, zone)[:7]


def day_of(at_ms: int, zone: str) -> str:
    """The day a moment lies in, by the zone's clock."""
    return local_time(at_ms, zone).date().isoformat()


def month_after(month: str, by: int = 1) -> str:
    """The month so many after this one; before it, where `by` is negative. Raises WindowError."""
    year, number = _parsed(month)
    year, number = divmod(year * 12 + number - 1 + by, 12)
    return f"{year:04d}-{number + 1:02d}"


def month_window(month: str, zone: str) -> Window:
    """From the first moment of a month up to that of the next. Raises WindowError."""
    return Window(parse_moment(f"{month}-01", zone), parse_moment(f"{month_after(month)}-01", zone))


def days_of(month: str) -> Sequence[date]:
    """Its days. Raises WindowError."""
    first = date(*_parsed(month), 1)
    last = date(*_parsed(month_after(month)), 1)
    return [first + timedelta(days=place) for place in range((last - first).days)]


def day_window(day: date, zone: str) -> Window:
    """The 23, 24 or 25 hours of a day."""
    return Window(*bounds_of([day], zone))


def bounds_of(days: Sequence[date], zone: str) -> Sequence[int]:
    """The first moment of each of these days, which follow each other, and that of the day after them."""
    return [parse_moment(day.isoformat(), zone) for day in (*days, days[-1] + timedelta(days=1))]


def ends_of(window: Window) -> tuple[int, int]:
    """Both ends of a span that has them. Raises WindowError."""
    if window.start_ms is None or window.end_ms is None:
        raise WindowError("a month and a day have two ends")
    return window.start_ms, window.end_ms


def months_between(first_ms: int, last_ms: int, zone: str) -> list[str]:
    """Every month from that of the first moment to that of the last, the latest first."""
    first, month = month_of(first_ms, zone), month_of(max(first_ms, last_ms), zone)
    found = [month]
    while month > first:
        month = month_after(month, -1)
        found.append(month)
    return found


def _parsed(month: str) -> tuple[int, int]:
    found = _MONTH.fullmatch(month)
    if found is None or int(found[1]) == 0:
        raise WindowError(f"{month!r} is no month; use 2026-11")
    return int(found[1]), int(found[2])
