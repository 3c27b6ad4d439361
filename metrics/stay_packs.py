"""Packed stays: those in queues where people answer, of one UTC day and one bot, as conversations are packed beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import orjson

from metrics.rows import NO_TIME, OUTCOME_CODES, RESOLUTION_CODES, STAY_CODES, STAY_COLUMNS, STAY_DIMENSIONS, Flag
from metrics.windows import DAY_MS
from store.engine import Connection
from store.history import PackedDay
from store.selecting import Selection, closed_conversations
from store.stays import STAY_FIELDS, stay_rows

_NAMES = tuple(column.name for column in STAY_FIELDS)


def stays_of_day(connection: Connection, day: int, bots: Sequence[str] = ()) -> list[PackedDay]:
    """The packs of one UTC day, from the conversations that ended on it."""
    chosen = Selection(start_ms=day * DAY_MS, end_ms=(day + 1) * DAY_MS, bots=tuple(bots), include_tests=True)
    return pack_stays(day, stay_rows(connection, closed_conversations(chosen)))


def pack_stays(day: int, rows: Iterable[Any]) -> list[PackedDay]:
    """The packs of stays whose conversations ended on `day`; the same rows give the same bytes."""
    ordered = sorted(rows, key=lambda row: row.bot)
    return [_pack(day, bot, list(group)) for bot, group in groupby(ordered, key=lambda row: row.bot)]


def _pack(day: int, bot: str, rows: list[Any]) -> PackedDay:
    columns = dict(zip(_NAMES, zip(*rows, strict=True), strict=True))
    packed: dict[str, Any] = {
        "ended_ms": np.array(columns["ended_ms"], dtype=np.int64) - day * DAY_MS,
        "outcome": [OUTCOME_CODES[value] for value in columns["outcome"]],
        "resolution": [RESOLUTION_CODES[value] for value in columns["resolution"]],
        "flags": [Flag.TEST * test for test in columns["is_test"]],
        "conversation_key": columns["conversation_key"],
        "waited_ms": [NO_TIME if value is None else value for value in columns["waited_ms"]],
        "stay_end": [STAY_CODES[value] for value in columns["stay_end"]],
    }
    words: dict[str, list[str]] = {}
    for name in STAY_DIMENSIONS:
        codes: dict[str, int] = {}
        packed[name] = [codes.setdefault(word, len(codes)) for word in columns[name]]
        words[name] = list(codes)
    body = b"".join(np.array(packed[name], dtype=kind).tobytes() for name, kind in STAY_COLUMNS.items())
    return PackedDay(day, bot, len(rows), orjson.dumps(words) + b"\n" + body)
