"""Packed days: the closed bot conversations of one UTC day and one bot, a few bytes each; all figures are counted from them.

A pack is its own dictionary: a line of JSON with the words its rows use, then the rows. They are not compressed:
reading two years of them takes as long as uncompressing them would. Tests are packed too, marked, so that they can be
counted on request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from metrics.windows import DAY_MS
from store.contacts import LONGEST_MS
from store.engine import Connection, Store
from store.history import (
    PACKED_COLUMNS,
    PackedDay,
    closed_bot_rows,
    dirty_days,
    hold_days,
    mark_of,
    packed_days,
    replace_packs,
)
from store.records import Outcome, Resolution

DIMENSIONS = ("channel", "workstream", "queue", "topic", "reason")
OUTCOME_CODES: dict[str | None, int] = {None: 0} | {outcome.value: code for code, outcome in enumerate(Outcome, 1)}
RESOLUTION_CODES: dict[str | None, int] = {None: 0} | {resolution.value: code for code, resolution in enumerate(Resolution, 1)}
STAGES = ("bot_sentiment_micro", "waiting_sentiment_micro", "agent_sentiment_micro")
NO_TIME = -1
NO_SCORE = -(2**31)
NO_TURNS = 2**32 - 1
# What is true of a conversation, a bit each. The first word is a column's name, or what a column holds.
IS_TEST, CSAT_REQUESTED, IS_KNOWN, IS_ENGAGED, IS_SUSPECT, IS_ACCEPTED = 1, 2, 4, 8, 16, 32
# Beside a span of milliseconds that is not there: a next contact so late that no figure asks for it.
NO_CONTACT = 2**32 - 1
# Conversations that are read and packed within some 10 ms.
SMALL_DAY = 2_000

# One conversation. The end is counted from the beginning of its UTC day.
ROW = np.dtype(
    [
        ("ended_ms", "<u4"),
        ("bot_ms", "<i8"),
        ("sentiment_micro", "<i4"),
        ("csat_micro", "<i4"),
        ("num_scored", "<u4"),
        ("wait_ms", "<i8"),
        ("contact_ms", "<u4"),  # from the end to the customer's next contact
        ("bot_turns", "<u4"),
        ("wasted_turns", "<u4"),
        *((name, "<i4") for name in STAGES),
        *((name, "<u4") for name in DIMENSIONS),
        ("outcome", "u1"),
        ("resolution", "u1"),
        ("flags", "u1"),
    ]
)
Packed = NDArray[np.void]
_NAMES = tuple(column.name for column in PACKED_COLUMNS)


@dataclass(frozen=True, slots=True)
class Rows:
    """Unpacked rows of many days: one array a column, words as numbers into `words`."""

    columns: dict[str, NDArray[Any]]
    words: dict[str, list[str]]

    def __len__(self) -> int:
        return len(self.columns["ended_ms"])

    def where(self, mask: NDArray[np.bool_]) -> Rows:
        """Those rows for which `mask` holds."""
        return Rows({name: column[mask] for name, column in self.columns.items()}, self.words)

    def codes(self, dimension: str, values: Iterable[str]) -> list[int]:
        """The numbers that stand for these words; words that never occur have none."""
        wanted = set(values)
        return [code for code, word in enumerate(self.words[dimension]) if word in wanted]


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
    packs = pack_day(day, rows)
    with store.write() as connection:
        hold_days(connection)
        if mark_of(connection, day) != mark:
            if len(rows) > SMALL_DAY:
                return False
            packs = pack_day(day, closed_bot_rows(connection, day * DAY_MS, (day + 1) * DAY_MS))
        replace_packs(connection, day, packs)
    return True


def unpack(connection: Connection, start_ms: int | None, end_ms: int | None, bots: Sequence[str] = ()) -> Rows:
    """The rows that ended in a span. Days not packed yet are read from their conversations, so a figure is never behind."""
    first = None if start_ms is None else start_ms // DAY_MS
    last = None if end_ms is None else (end_ms - 1) // DAY_MS
    rows = _joined([*packed_days(connection, first, last, bots), *_unpacked_days(connection, first, last, bots)])
    ended = rows.columns["ended_ms"]
    mask = np.ones(len(ended), dtype=bool)
    if start_ms is not None:
        mask &= ended >= start_ms
    if end_ms is not None:
        mask &= ended < end_ms
    return rows if mask.all() else rows.where(mask)


def pack_day(day: int, rows: Iterable[Any]) -> list[PackedDay]:
    """The packs of one UTC day, from PACKED_COLUMNS of its conversations; the same rows give the same bytes."""
    ordered = sorted(rows, key=lambda row: row.bot)  # stable: within a bot they stay in order of their end
    return [_pack(day, bot, list(group)) for bot, group in groupby(ordered, key=lambda row: row.bot)]


def _pack(day: int, bot: str, rows: list[Any]) -> PackedDay:
    columns = dict(zip(_NAMES, zip(*rows, strict=True), strict=True))
    packed = np.empty(len(rows), dtype=ROW)
    words: dict[str, list[str]] = {}
    packed["ended_ms"] = np.array(columns["ended_ms"], dtype=np.int64) - day * DAY_MS
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
    return PackedDay(day, bot, len(rows), orjson.dumps(words) + b"\n" + packed.tobytes())


def _flags(columns: Mapping[str, Sequence[Any]]) -> list[int]:
    named = ("is_test", "csat_requested", "is_known", "is_engaged", "is_suspect", "accepted_ms")
    return [
        IS_TEST * test
        + CSAT_REQUESTED * requested
        + IS_KNOWN * known
        + IS_ENGAGED * engaged
        + IS_SUSPECT * suspect
        + IS_ACCEPTED * (accepted_ms is not None)
        for test, requested, known, engaged, suspect, accepted_ms in zip(*(columns[name] for name in named), strict=True)
    ]


def _span(ended_ms: int, next_contact_ms: int | None) -> int:
    """From the end to the next contact, where a figure may ask for it."""
    if next_contact_ms is None or next_contact_ms - ended_ms >= LONGEST_MS:
        return NO_CONTACT
    return next_contact_ms - ended_ms


def _unpacked_days(connection: Connection, first: int | None, last: int | None, bots: Sequence[str]) -> Iterator[PackedDay]:
    for day in dirty_days(connection, first, last):
        yield from pack_day(day, closed_bot_rows(connection, day * DAY_MS, (day + 1) * DAY_MS, bots))


def _joined(packs: Sequence[PackedDay]) -> Rows:
    """Packs as one table; each pack's own numbers for words become numbers that hold for all."""
    words: dict[str, dict[str, int]] = {name: {} for name in ("bot", *DIMENSIONS)}
    translated: dict[str, list[int]] = {name: [] for name in DIMENSIONS}
    starts: dict[str, list[int]] = {name: [] for name in DIMENSIONS}
    bots: list[int] = []
    bodies: list[bytes] = []
    for pack in packs:
        header, _, body = pack.body.partition(b"\n")
        bodies.append(body)
        bots.append(words["bot"].setdefault(pack.bot, len(words["bot"])))
        for name, own in orjson.loads(header).items():
            starts[name].append(len(translated[name]))
            translated[name].extend([words[name].setdefault(word, len(words[name])) for word in own])
    packed: Packed = np.frombuffer(b"".join(bodies), dtype=ROW)
    lengths = np.array([pack.num_rows for pack in packs], dtype=np.int64)
    columns: dict[str, NDArray[Any]] = {name: np.ascontiguousarray(packed[name]) for name in ROW.names or ()}
    days = np.array([pack.day for pack in packs], dtype=np.int64)
    columns["ended_ms"] = columns["ended_ms"] + np.repeat(days * DAY_MS, lengths)
    columns["bot"] = np.repeat(np.array(bots, dtype=np.int64), lengths)
    for name in DIMENSIONS:
        place = columns[name] + np.repeat(np.array(starts[name], dtype=np.int64), lengths)
        columns[name] = np.array(translated[name], dtype=np.int64)[place]
    return Rows(columns, {name: list(codes) for name, codes in words.items()})
