"""Where in a call something is spoken, and for how long, in milliseconds: read from ticks of 100 ns, seconds or ISO durations.

Names are read in any case. What cannot be a time within a call (negative, endless, longer than a week) is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from math import isfinite
from typing import Any

TICKS_IN_MS = 10_000
LONGEST_MS = 7 * 86_400_000  # no call is longer

_TICKS, _MILLISECONDS, _SECONDS = Decimal(1) / TICKS_IN_MS, Decimal(1), Decimal(1000)
_ISO = re.compile(
    r"P(?:(?P<d>\d{1,6})D)?(?:T(?:(?P<h>\d{1,9})H)?(?:(?P<m>\d{1,9})M)?(?:(?P<s>\d{1,12}(?:[.,]\d{1,20})?)S)?)?", re.ASCII
)
_CLOCK = re.compile(r"(?:(?P<d>\d{1,6})\.)?(?P<h>\d{1,4}):(?P<m>\d\d):(?P<s>\d\d(?:\.\d{1,20})?)", re.ASCII)  # as .NET writes it
_PARTS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000}
# The names in order of trust, each with what a bare number under it counts.
_OFFSETS = (
    ("offsetinticks", _TICKS),
    ("offsetmilliseconds", _MILLISECONDS),
    ("offset", _TICKS),
    ("offsetinseconds", _SECONDS),
)
_DURATIONS = (
    ("durationinticks", _TICKS),
    ("durationticks", _TICKS),
    ("durationmilliseconds", _MILLISECONDS),
    ("duration", _TICKS),
    ("durationinseconds", _SECONDS),
    ("audiolengthinseconds", _SECONDS),
)


@dataclass(frozen=True, slots=True)
class Timing:
    """From the beginning of the call. Of some it is only known when they began, of others only how long they took."""

    offset_ms: int | None
    duration_ms: int | None

    @property
    def end_ms(self) -> int | None:
        """Where it ends, as far as that is known."""
        return None if self.offset_ms is None else self.offset_ms + (self.duration_ms or 0)


def lowered(item: Mapping[str, Any]) -> dict[str, Any]:
    """The object with its names in small letters: older forms write them with capitals."""
    return {name.lower(): value for name, value in item.items()}


def read_timing(item: Mapping[str, Any]) -> Timing | None:
    """The timing of an object whose names are in small letters; None where it says nothing that can be true."""
    offset, duration = _first(item, _OFFSETS), _first(item, _DURATIONS)
    if offset is None:
        return None if duration is None else Timing(None, round(duration))
    if duration is None:
        return Timing(round(offset), None)
    # Both ends are rounded, so that what follows without a gap still does.
    return Timing(round(offset), round(offset + duration) - round(offset))


def speech_detail(timing: Timing | None) -> dict[str, Any] | None:
    """What a message's detail says of its speech: where in the call it begins, and how long it takes."""
    if timing is None:
        return None
    parts = {"offset_ms": timing.offset_ms, "spoken_ms": timing.duration_ms}
    return {name: value for name, value in parts.items() if value is not None}


def read_length_ms(item: Mapping[str, Any]) -> int | None:
    """How long a recording is."""
    found = _first(item, _DURATIONS)
    return None if found is None else round(found)


def timing_of_words(words: Any) -> Timing | None:
    """From the first word that has a time to the end of the last."""
    found = [read_timing(lowered(word)) for word in words if isinstance(word, dict)] if isinstance(words, list) else []
    spans = [(each.offset_ms, each.end_ms) for each in found if each is not None and each.offset_ms is not None]
    if not spans:
        return None
    start = min(begin for begin, _ in spans)
    return Timing(start, max(end or 0 for _, end in spans) - start)


def _first(item: Mapping[str, Any], names: tuple[tuple[str, Decimal], ...]) -> Decimal | None:
    for name, unit in names:
        if name in item and (found := _milliseconds(item[name], unit)) is not None:
            return found
    return None


def _milliseconds(value: Any, unit: Decimal) -> Decimal | None:
    found = _number(value, unit) if type(value) in (int, float) else _text(value, unit) if type(value) is str else None
    return found if found is not None and 0 <= found <= LONGEST_MS else None


def _number(value: int | float, unit: Decimal) -> Decimal | None:
    return Decimal(value) * unit if isfinite(value) and abs(value) < 1e18 else None


def _text(text: str, unit: Decimal) -> Decimal | None:
    text = text.strip()
    match = (_ISO.fullmatch(text) or _CLOCK.fullmatch(text)) if len(text) <= 60 else None
    if match is not None and any(match.groups()):
        parts = [(name, part.replace(",", ".")) for name, part in match.groupdict().items() if part]
        return sum((Decimal(part) * _PARTS[name] for name, part in parts), Decimal(0))
    try:
        return Decimal(text) * unit if 0 < len(text) <= 30 and text.isascii() and text[0].isdigit() else None
    except DecimalException:  # no number, or one beyond all bounds
        return None
