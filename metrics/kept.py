"""Packed days, decoded and kept in memory: shared by all threads that ask one database, and as new as each one's snapshot.

Days are read when they are first asked for, some at a time (a block). A day that is packed again gets a new number in the
transaction that does so, and what is kept of it is dropped by the next that asks. Days whose conversations have changed since
they were packed are read from their conversations, so a figure is never behind, and nothing of them is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from metrics.assist.packs import ASSIST_COLUMNS, ASSIST_DIMENSIONS, assists_of_day, pack_assists
from metrics.fallback_packs import FALLBACK_COLUMNS, FALLBACK_DIMENSIONS, fallbacks_of_day, pack_fallbacks
from metrics.joining import begins_with, together
from metrics.kept_blocks import Blocks
from metrics.packs import pack_day
from metrics.queues.packs import pack_stays, stays_of_day
from metrics.rows import (
    COLUMNS,
    DIMENSIONS,
    SPEECH_COLUMNS,
    SPEECH_DIMENSIONS,
    STAY_COLUMNS,
    STAY_DIMENSIONS,
    SURVEY_COLUMNS,
    SURVEY_DIMENSIONS,
    Flag,
    Ints,
    Rows,
    Words,
)
from metrics.surveys.packs import pack_surveys, surveys_of_day
from metrics.unpacking import Unpacked
from metrics.voice.packs import pack_speech, speech_of_day
from metrics.windows import DAY_MS
from store.day_packs import Packed, PackedDay, dirty_days, packs_between
from store.engine import Connection, reads_once
from store.history import rows_to_pack

# Days that are read together: of few enough, a day that changes takes little to be read again.
BLOCK_DAYS = 8
# Spans whose rows are kept joined; the columns of each are made once.
SPANS_KEPT = 8


@dataclass(frozen=True, eq=False)
class Layout:
    """What is packed of a day: its columns, those of them that are words, and how packs are read and made anew."""

    packed: Packed
    columns: Mapping[str, np.dtype[Any]]
    dimensions: tuple[str, ...]
    pack: Callable[[int, Iterable[Any]], list[PackedDay]]
    anew: Callable[[Connection, int, Sequence[str]], list[PackedDay]]


def _conversations_anew(connection: Connection, day: int, bots: Sequence[str]) -> list[PackedDay]:
    return pack_day(day, rows_to_pack(connection, day * DAY_MS, (day + 1) * DAY_MS, bots))


CONVERSATIONS = Layout(Packed.CONVERSATIONS, COLUMNS, DIMENSIONS, pack_day, _conversations_anew)
STAYS = Layout(Packed.STAYS, STAY_COLUMNS, STAY_DIMENSIONS, pack_stays, stays_of_day)
FALLBACKS = Layout(Packed.FALLBACKS, FALLBACK_COLUMNS, FALLBACK_DIMENSIONS, pack_fallbacks, fallbacks_of_day)
SPEECH = Layout(Packed.SPEECH, SPEECH_COLUMNS, SPEECH_DIMENSIONS, pack_speech, speech_of_day)
SURVEYS = Layout(Packed.SURVEYS, SURVEY_COLUMNS, SURVEY_DIMENSIONS, pack_surveys, surveys_of_day)
ASSISTS = Layout(Packed.ASSISTS, ASSIST_COLUMNS, ASSIST_DIMENSIONS, pack_assists, assists_of_day)
LAYOUTS = (CONVERSATIONS, STAYS, FALLBACKS, SPEECH, SURVEYS, ASSISTS)


# What counts only where it is asked for.
APART = Flag.TEST | Flag.PEOPLE
NONE = Flag(0)


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of some days: those of bots, and apart from them tests, those of people, and tests of people."""

    parts: Mapping[int, Rows]  # by which of APART are true of them

    def among(self, also: Flag, words: Mapping[str, Sequence[str]]) -> Rows:
        """Those of bots, and those that are `also` wanted, in order of their end."""
        parts = [rows for flags, rows in self.parts.items() if not flags & ~also]
        if len(parts) == 1:
            return parts[0]
        whole = together(parts, words)
        order = np.argsort(whole.columns["ended_ms"], kind="stable")
        return Rows(len(whole), lambda name: whole.columns[name][order], words)


def unpack(
    connection: Connection,
    start_ms: int | None,
    end_ms: int | None,
    bots: Sequence[str] = (),
    *,
    also: Flag = NONE,
    layout: Layout = CONVERSATIONS,
) -> Rows:
    """The closed bot conversations that ended in a span, or their stays in queues, as the connection's snapshot has them.

    Those of which one of the flags `also` is true, in APART, are left out without.
    """
    first = None if start_ms is None else start_ms // DAY_MS
    last = None if end_ms is None else (end_ms - 1) // DAY_MS
    kept = _kept_of(connection, layout)
    rows = kept.between(connection, first, last, also=also)
    dirty = dirty_days(connection, first, last)
    if dirty:
        rows = _in_place(rows, _unpacked(connection, dirty, bots, kept, also=also), dirty)
    rows = rows.between(start_ms, end_ms)
    return rows.where(rows.among("bot", bots)) if bots else rows


def decoded(rows: Sequence[Any], layout: Layout = CONVERSATIONS) -> Rows:
    """What a layout packs, of conversations or stays that were read already, in order of their end; nothing of them is kept."""
    words = Words(("bot", *layout.dimensions))
    days = groupby(rows, key=lambda row: row.ended_ms // DAY_MS)
    block = decode([pack for day, ended in days for pack in layout.pack(day, ended)], words, layout)
    return block.among(APART, words.listed())


class KeptDays:
    """What is kept of one database in one layout."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.words = Words(("bot", *layout.dimensions))
        self._lock = threading.Lock()
        self._blocks: Blocks[Block] = Blocks(BLOCK_DAYS)
        self._spans: dict[tuple[Flag, tuple[int, ...]], Rows] = {}
        self._before: dict[tuple[Flag, tuple[int, ...]], Rows] = {}  # of spans whose newest block has changed since

    def between(self, connection: Connection, first: int | None, last: int | None, *, also: Flag) -> Rows:
        """At least the rows of these days as they were packed last, and no more days than blocks have."""
        with self._lock:
            changed = self._blocks.follow(connection)
            if changed is not None:
                self._forget({*changed})
                numbers = self._blocks.numbers(first, last)
                self._read(connection, numbers)
                return self._joined(numbers, also=also)
        return _apart(connection, self.layout, first, last, also=also)

    def _forget(self, changed: Set[int]) -> None:
        """Have no span as it was that has a changed block; apart, in case that it goes on, where it is the newest alone."""
        gone = {key: rows for key, rows in (self._before | self._spans).items() if not changed.isdisjoint(key[1])}
        self._spans = {key: rows for key, rows in self._spans.items() if key not in gone}
        kept = {key: rows for key, rows in self._before.items() if key not in gone}
        kept |= {key: rows for key, rows in gone.items() if changed.isdisjoint(key[1][:-1])}
        self._before = dict(list(kept.items())[-SPANS_KEPT:])

    def _read(self, connection: Connection, numbers: Sequence[int]) -> None:
        read = self._blocks.read
        for begin, end in list(self._blocks.missing(numbers)):
            packs = packs_between(connection, self.layout.packed, begin, end)
            for number, group in groupby(packs, key=lambda pack: self._blocks.of(pack.day)):
                read[number] = decode(list(group), self.words, self.layout)
        for number in numbers:  # days that were packed and have no conversation any more
            read[number] = read[number] or decode([], self.words, self.layout)

    def _joined(self, numbers: tuple[int, ...], *, also: Flag) -> Rows:
        key = (also, numbers)
        if key not in self._spans:
            while len(self._spans) >= SPANS_KEPT:
                del self._spans[next(iter(self._spans))]
            self._spans[key] = self._join(numbers, also=also)
        return self._spans[key]

    def _join(self, numbers: tuple[int, ...], *, also: Flag) -> Rows:
        blocks = [block for number in numbers if (block := self._blocks.read[number]) is not None]
        words = self.words.listed()
        parts = [block.among(also, words) for block in blocks]
        before = self._before.pop((also, numbers), None)
        # What ends comes last, so most often a block that has changed goes on with what it had.
        if before is not None:
            names = (*self.layout.columns, "bot")
            before = before if before.parts and begins_with(parts[-1], before.parts[-1], names) else None
        # Of all of history there is one copy, which the blocks are slices of.
        is_kept = not also and len(numbers) == len(self._blocks.read)
        return together(parts, words, is_kept=is_kept, before=before)


def decode(packs: Sequence[PackedDay], words: Words, layout: Layout = CONVERSATIONS) -> Block:
    """The rows of packs, which come in order of their days."""
    found = Unpacked(packs, layout.columns, layout.dimensions, words)
    bots = np.array(words.codes("bot", [pack.bot for pack in packs]), dtype=np.uint32)
    columns = found.columns | {"bot": np.repeat(bots, found.lengths)}
    columns["ended_ms"] = found.days * DAY_MS + columns["ended_ms"]
    apart = columns["flags"] & np.uint8(APART)
    order = np.argsort(columns["ended_ms"], kind="stable")
    known = words.listed()
    present = {0, *np.unique(apart).tolist()}
    return Block({flags: _chosen(columns, order[apart[order] == flags], known) for flags in sorted(present)})


_DAYS: WeakKeyDictionary[Any, dict[Layout, KeptDays]] = WeakKeyDictionary()
_DAYS_LOCK = threading.Lock()


def _kept_of(connection: Connection, layout: Layout) -> KeptDays:
    """What is kept of the database that the connection reads; gone with the engine that made it. Nothing of what is read once."""
    if reads_once(connection):
        return KeptDays(layout)
    with _DAYS_LOCK:
        of_database = _DAYS.setdefault(connection.engine, {})
        return of_database.setdefault(layout, KeptDays(layout))


def _chosen(columns: dict[str, Ints], places: Ints, words: dict[str, list[str]]) -> Rows:
    rows = Rows(len(places), _no_column, words)
    rows.columns.update({name: column[places] for name, column in columns.items()})
    return rows


def _no_column(name: str) -> Ints:
    raise KeyError(name)


def _apart(connection: Connection, layout: Layout, first: int | None, last: int | None, *, also: Flag) -> Rows:
    """The same from the database alone: for a snapshot that others have left behind meanwhile."""
    words = Words(("bot", *layout.dimensions))
    block = decode(list(packs_between(connection, layout.packed, first, last)), words, layout)
    return block.among(also, words.listed())


def _unpacked(connection: Connection, days: Sequence[int], bots: Sequence[str], kept: KeptDays, *, also: Flag) -> Rows:
    """The rows of days that changed since they were packed, from their conversations."""
    packs = [pack for day in sorted(days) for pack in kept.layout.anew(connection, day, bots)]
    block = decode(packs, kept.words, kept.layout)
    return block.among(also, kept.words.listed())


def _in_place(rows: Rows, anew: Rows, days: Sequence[int]) -> Rows:
    """`rows` with those of `anew` in the place of what they have of these days."""
    parts: list[Rows] = []
    reached = 0
    for day in sorted(days):
        edges = (day * DAY_MS, (day + 1) * DAY_MS)
        first, last = np.searchsorted(rows.columns["ended_ms"], edges).tolist()
        parts += [rows.part(reached, first), anew.part(*np.searchsorted(anew.columns["ended_ms"], edges).tolist())]
        reached = last
    parts.append(rows.part(reached, len(rows)))
    return together([part for part in parts if len(part)], anew.words)
