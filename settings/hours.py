"""Hours of a week, as a person writes them: "mon-fri 08:00-20:00 Europe/Berlin"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from settings.kinds import Kind, require, zone

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCKS = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)", re.ASCII)


@dataclass(frozen=True, slots=True)
class WeekHours:
    """On some days from one time until another (the same or an earlier one: of the next day), by the clock of a zone."""

    days: tuple[str, ...]
    begins: str
    ends: str
    zone: str


def week_hours() -> Kind:
    """Days, from when until when, and the zone; without days every day."""
    is_zone = zone()

    def check(value: Any) -> WeekHours:
        require(isinstance(value, str))
        *days, clocks, place = value.split()
        found = _CLOCKS.fullmatch(clocks)
        require(found is not None)
        begins, ends = found.groups() if found is not None else ("", "")
        return WeekHours(_days(days), begins, ends, is_zone.check(place))

    return Kind('hours such as "mon-fri 08:00-20:00 Europe/Berlin" (days, from-until, time zone; without days every day)', check)


def _days(parts: list[str]) -> tuple[str, ...]:
    named = set()
    for part in parts:
        first, dash, last = part.lower().partition("-")
        start, length = _DAYS.index(first), 1  # raises ValueError
        if dash:
            length += (_DAYS.index(last) - start) % 7
        named |= {_DAYS[(start + offset) % 7] for offset in range(length)}
    return tuple(day for day in _DAYS if day in named or not parts)
