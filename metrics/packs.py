"""Packed days: the closed bot conversations of one UTC day and one bot, a few bytes each; all figures are counted from them.

A pack is its own dictionary: a line of JSON with the words its rows use, then the rows, one column after another. They are not
compressed: reading two years of them takes as long as uncompressing them would. Tests are packed too, marked, so that they can
be counted on request. `kept` reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import orjson

from metrics.rows import (
    COLUMNS,
    DIMENSIONS,
    NO_CONTACT,
    NO_SCORE,
    NO_TIME,
    NO_TURNS,
    OUTCOME_CODES,
    RESOLUTION_CODES,
    STAGES,
    Flag,
    Ints,
)
from metrics.stay_packs import stays_of_day
from metrics.windows import DAY_MS
from store.contacts import LONGEST_MS
from store.engine import Store
from store.history import (
    PACKED_COLUMNS,
    PackedDay,
    closed_bot_rows,
    dirty_days,
    hold_days,
    mark_of,
    replace_packs,
)

# Conversations that are read and packed within some 10 ms.
SMALL_DAY = 2_000

_NAMES = tuple(column.name for column in PACKED_COLUMNS)


def refresh(store: Store) -> int:
    """Pack anew the days that changed; how many. A crash repeats a day, and what is left dirty is still counted right."""
    with store.read() as connection:
        waiting = dirty_days(connection, None, None)
    return sum(_refresh_day(store, day) for day in waiting)


def _refresh_day(store: Store, day: int) -> bool:
    # A day is packed from a snapshot and written if it was not marked again meanwhile, so that the write lock is held for a
    # few milliseconds only. A small day is otherwise packed again under the lock; a large one waits for the next refresh.
    with store.read() as connection:
        mark = mark_of(connection, day)
        if mark is None:
            return False  # somebody else has packed it
        rows = closed_bot_rows(connection, day * DAY_MS, (day + 1) * DAY_MS)
        stays = stays_of_day(connection, day)
    packs = pack_day(day, rows)
    with store.write() as connection:
        hold_days(connection)
        if mark_of(connection, day) != mark:
            if len(rows) > SMALL_DAY:
                return False
            packs = pack_day(day, closed_bot_rows(connection, day * DAY_MS, (day + 1) * DAY_MS))
            stays = stays_of_day(connection, day)
        replace_packs(connection, day, packs, stays)
    return True


def pack_day(day: int, rows: Iterable[Any]) -> list[PackedDay]:
    """The packs of one UTC day, from PACKED_COLUMNS of its conversations; the same rows give the same bytes."""
    ordered = sorted(rows, key=lambda row: row.bot)  # stable: within a bot they stay in order of their end
    return [_pack(day, bot, list(group)) for bot, group in groupby(ordered, key=lambda row: row.bot)]


def _pack(day: int, bot: str, rows: list[Any]) -> PackedDay:
    columns = dict(zip(_NAMES, zip(*rows, strict=True), strict=True))
    packed: dict[str, Sequence[int] | Ints] = {"ended_ms": np.array(columns["ended_ms"], dtype=np.int64) - day * DAY_MS}
    words: dict[str, list[str]] = {}
    for name in ("bot_ms", "wait_ms"):
        packed[name] = [NO_TIME if value is None else value for value in columns[name]]
    for name in ("sentiment_micro", "csat_micro", *STAGES):
        packed[name] = [NO_SCORE if value is None else value for value in columns[name]]
    for name in ("num_scored", "bot_turns"):
        packed[name] = columns[name]
    packed["wasted_turns"] = [NO_TURNS if value is None else value for value in columns["wasted_turns"]]
    packed["contact_ms"] = [_span(*both) for both in zip(columns["ended_ms"], columns["next_contact_ms"], strict=True)]
    for name in DIMENSIONS:
        codes: dict[str, int] = {}
        packed[name] = [codes.setdefault(word, len(codes)) for word in columns[name]]
        words[name] = list(codes)
    packed["outcome"] = [OUTCOME_CODES[value] for value in columns["outcome"]]
    packed["resolution"] = [RESOLUTION_CODES[value] for value in columns["resolution"]]
    packed["flags"] = _flags(columns)
    body = b"".join(np.array(packed[name], dtype=kind).tobytes() for name, kind in COLUMNS.items())
    return PackedDay(day, bot, len(rows), orjson.dumps(words) + b"\n" + body)


def _flags(columns: Mapping[str, Sequence[Any]]) -> list[int]:
    named = ("is_test", "csat_requested", "is_known", "is_engaged", "is_suspect", "accepted_ms", "num_fallbacks")
    return [
        Flag.TEST * test
        + Flag.CSAT_REQUESTED * requested
        + Flag.KNOWN * known
        + Flag.ENGAGED * engaged
        + Flag.SUSPECT * suspect
        + Flag.ACCEPTED * (accepted_ms is not None)
        + Flag.FALLBACK * (num_fallbacks > 0)
        for test, requested, known, engaged, suspect, accepted_ms, num_fallbacks in zip(
            *(columns[name] for name in named), strict=True
        )
    ]


def _span(ended_ms: int, next_contact_ms: int | None) -> int:
    """From the end to the next contact, where a figure may ask for it."""
    if next_contact_ms is None or next_contact_ms - ended_ms >= LONGEST_MS:
        return NO_CONTACT
    return next_contact_ms - ended_ms
