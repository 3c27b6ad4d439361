"""The one reader of time stamps: ISO-8601 text and epoch numbers to milliseconds and the 100 ns below them, UTC.

A stamp without an offset is UTC, as the Bot Framework schema says of `timestamp`. What is no time at all gives None;
a time outside the years that a conversation can have raises RecordError.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from ingest.errors import RecordError

Stamp = tuple[int, int]  # milliseconds since the epoch, and the rest below in units of 100 ns

FIRST_MS = 0  # 1970
LAST_MS = 7_258_118_400_000  # 2200: no conversation is later, and arithmetic on days stays safe

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_ISO = re.compile(
    r"\s*(\d{4,6})-(\d\d)-(\d\d)(?:[Tt ]+(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?\s*",
    re.ASCII | re.IGNORECASE,
)
_NUMBER = re.compile(r"\s*(?:(\d{9,19}(?:\.\d+)?)|/Date\((\d{9,15})(?:[+-]\d{4})?\)/)\s*", re.ASCII)
_LONGEST_DATE = 40
_OUT_OF_RANGE = "its time is outside 1970–2199"


def read_stamp(value: Any) -> Stamp | None:
    """What `value` says of a time: ISO text, or seconds or milliseconds since the epoch."""
    if type(value) is str:
        return _read_usual(value) or _read_text(value)
    if type(value) in (int, float) and value:
        return _read_number(value)
    return None


def _read_usual(text: str) -> Stamp | None:
    """The spelling that nearly all stamps have, read quickly: UTC, with a fraction of a second. None where it is another."""
    core = text[:-1] if text[-1:] == "Z" else text[:-6] if text[-6:] == "+00:00" else ""
    if not 20 < len(core) < 28 or core[19] != ".":
        return None
    seconds, fraction = core[17:19], core[20:]
    if not (seconds.isdecimal() and fraction.isdecimal() and core.isascii()) or seconds >= "60":
        return None
    minute = _minute_ms(core[:17])
    if minute is None:
        return None
    if len(fraction) == 3:
        return minute + int(seconds + fraction), 0
    ticks = int((fraction + "000000")[:7])
    return minute + int(seconds) * 1000 + ticks // 10_000, ticks % 10_000


@lru_cache(maxsize=4096)
def _minute_ms(prefix: str) -> int | None:
    """Milliseconds at the beginning of the minute `prefix` ("2019-10-24T06:34:"), None where it needs a closer look."""
    if prefix[10] != "T" or prefix[16] != ":":
        return None
    try:
        minute = (datetime.fromisoformat(prefix[:16] + ":00+00:00") - _EPOCH) // _MILLISECOND
    except ValueError:
        return None
    return minute if FIRST_MS <= minute < LAST_MS else None


def _read_text(text: str) -> Stamp | None:
    found = _ISO.fullmatch(text)
    if not found:
        return _read_rare(text)
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    if int(year) == 1:  # .NET writes year 1 where a time was never set
        return None
    if not 1 <= int(year) <= 9999:
        raise RecordError(_OUT_OF_RANGE)
    try:
        whole = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=_zone(offset)
        )
    except ValueError:
        return None
    ticks = int(((fraction or "") + "0000000")[:7])
    return _in_range((whole - _EPOCH) // _MILLISECOND + ticks // 10_000, ticks % 10_000)


def _read_rare(text: str) -> Stamp | None:
    """Numbers in a text, also as .NET once wrote them: /Date(1764000000000)/; and what mail and HTTP write."""
    if number := _NUMBER.fullmatch(text):
        return _read_number(float(number[1] or number[2]))
    try:
        found = parsedate_to_datetime(text) if len(text) < _LONGEST_DATE else None
    except (ValueError, IndexError, OverflowError):
        return None
    if found is None or found.tzinfo is None:  # the local time of nobody knows where
        return None
    return _in_range((found - _EPOCH) // _MILLISECOND, 0)


def _zone(offset: str | None) -> timezone:
    if not offset or offset[0] not in "+-":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[3:].lstrip(":") or 0)
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if offset[0] == "-" else span)


def _read_number(value: int | float) -> Stamp | None:
    if value != value or not 0 < value < 1e17:
        raise RecordError(_OUT_OF_RANGE)
    # Seconds reach 10^11 in the year 5138, milliseconds left it behind in 1973; and so on with microseconds.
    milliseconds = value / 1000 if value >= 1e14 else value if value >= 1e11 else value * 1000
    return _in_range(round(milliseconds), 0)


def _in_range(at_ms: int, at_sub: int) -> Stamp:
    if not FIRST_MS <= at_ms < LAST_MS:
        raise RecordError(_OUT_OF_RANGE)
    return at_ms, at_sub
