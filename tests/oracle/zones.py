"""Buckets of time in any zone: which one an instant falls into, and when a local day begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def local(at_ms: int, zone: str) -> datetime:
    """The wall clock there, to the second."""
    return datetime.fromtimestamp(at_ms // 1_000, UTC).astimezone(ZoneInfo(zone))


def bucket(at_ms: int, unit: str, zone: str) -> str:
    """The key of the hour, day, week or month that the instant falls into."""
    there = local(at_ms, zone)
    if unit == "hour":
        offset = there.strftime("%z")
        return f"{there:%Y-%m-%dT%H}:00{offset[:3]}:{offset[3:5]}"
    if unit == "day":
        return f"{there:%Y-%m-%d}"
    if unit == "week":
        year, week, _ = there.isocalendar()
        return f"{year}-W{week:02d}"
    if unit == "month":
        return f"{there:%Y-%m}"
    raise ValueError(unit)


def midnight_ms(day: str, zone: str) -> int:
    """When that day begins there."""
    return int(datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1_000


def changes_of_clocks(zone: str, year: int) -> list[int]:
    """The instants of that year at which the offset changes, to the hour."""
    hours = (datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=number) for number in range(8_760))
    there = ZoneInfo(zone)
    return [
        int(hour.timestamp()) * 1_000
        for hour in hours
        if hour.astimezone(there).utcoffset() != (hour - timedelta(hours=1)).astimezone(there).utcoffset()
    ]
