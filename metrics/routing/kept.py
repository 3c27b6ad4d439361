"""Judged escalations kept in memory: shared by all who ask one database, and as new as each one's snapshot.

Packs of escalations are read and judged when they are first asked for. A day that is packed again is judged anew, and everything
is once another configuration came into force. Escalations of days that changed since they were packed, and of conversations that
are open, are read from these each time, and not kept.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from metrics.kept_blocks import Blocks
from metrics.routing.escalation_packs import escalations_of_day, pack_escalations, unpack_escalations
from metrics.routing.escalation_rows import EscalationRows, joined
from metrics.routing.escalations import open_escalations
from metrics.routing.judged_rows import Coder
from metrics.routing.judging import Judge
from metrics.windows import DAY_MS
from store.day_packs import Packed, PackedDay, dirty_days, packs_between
from store.engine import Connection
from store.routing.configurations import configurations

# Days that are read together: of few enough, a day that changes takes little to be read again.
BLOCK_DAYS = 16
# Packs that are read at a time: of their words there are objects for a moment.
PACKS_AT_ONCE = 512
# Joined spans that are kept, two of each period: with its newest block, and without.
SPANS_KEPT = 4


def judged_rows(connection: Connection, start_ms: int | None, end_ms: int | None) -> EscalationRows:
    """Every escalation of a span, the oldest first, as the connection's snapshot has it."""
    rows = _kept_of(connection).since(connection, first_day(start_ms))
    at_ms = rows.columns["at_ms"]
    first = 0 if start_ms is None else int(np.searchsorted(at_ms, start_ms))
    last = len(rows) if end_ms is None else int(np.searchsorted(at_ms, end_ms))
    return rows.part(first, max(first, last))


def first_day(start_ms: int | None) -> int | None:
    """No conversation ends before it is escalated: so escalations since a moment are packed with this day and those after it."""
    return None if start_ms is None else start_ms // DAY_MS


def unpacked_escalations(
    connection: Connection, read: Collection[str], first: int | None, last: int | None = None
) -> Iterator[EscalationRows]:
    """The escalations that are packed with the days from `first` to `last`, some packs at a time; `read` are the variables that
    rules read.
    """
    some: list[PackedDay] = []
    for pack in packs_between(connection, Packed.ESCALATIONS, first, last):
        some.append(pack)
        if len(some) == PACKS_AT_ONCE:
            yield unpack_escalations(some, read)
            some = []
    if some:
        yield unpack_escalations(some, read)


def escalations_not_packed(connection: Connection, read: Collection[str], days: Sequence[int]) -> EscalationRows:
    """Those of these days, which have changed since they were packed, and those of open conversations."""
    packs = [pack for day in sorted(days) for pack in escalations_of_day(connection, day)]
    return unpack_escalations([*packs, *pack_escalations(0, list(open_escalations(connection)))], read)


class KeptEscalations:
    """What is kept of one database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_force: list[tuple[int, int]] = []
        self._spans: dict[tuple[int, ...], EscalationRows] = {}
        self._forget()

    def since(self, connection: Connection, first: int | None) -> EscalationRows:
        """At least the escalations of conversations that ended on the day `first` or later, or are open; the oldest first."""
        kept = configurations(connection)
        in_force = [(item.number, item.from_ms) for item in kept]
        dirty = dirty_days(connection, first, None)
        judge = Judge(kept)
        anew = escalations_not_packed(connection, judge.names, dirty)
        with self._lock:
            if in_force != self._in_force:
                self._forget()
                self._in_force = in_force
            changed = self._blocks.follow(connection)
            if changed is None:  # others have seen more than this snapshot holds
                return _apart(connection, judge, first, dirty, anew)
            if changed:
                self._spans = {key: rows for key, rows in self._spans.items() if not {*key} & {*changed}}
            numbers = self._blocks.numbers(first, None)
            for begin, end in list(self._blocks.missing(numbers)):
                self._read(connection, judge, begin, end)
            rows = self._joined(numbers)
            late = self._coder.judged(anew, judge.cases(anew))
            return _with_late(rows, dirty, late, self._coder)

    def _forget(self) -> None:
        self._coder = Coder()
        self._blocks: Blocks[EscalationRows] = Blocks(BLOCK_DAYS)
        self._spans = {}

    def _read(self, connection: Connection, judge: Judge, begin: int, end: int) -> None:
        parts: dict[int, list[EscalationRows]] = {number: [] for number in self._blocks.numbers(begin, end)}
        for rows in unpacked_escalations(connection, judge.names, begin, end):
            judged = self._coder.judged(rows, judge.cases(rows))
            blocks = judged.columns["day"] // BLOCK_DAYS
            edges = [0, *(np.flatnonzero(np.diff(blocks)) + 1).tolist(), len(judged)]
            for first, last in zip(edges, edges[1:], strict=False):
                parts[int(blocks[first])].append(judged.part(first, last))
        nothing = self._coder.code([])
        self._blocks.read.update({number: joined(some or [nothing], {}) for number, some in parts.items()})

    def _joined(self, numbers: tuple[int, ...]) -> EscalationRows:
        """Those of all these blocks; kept with those of all but the newest, which is the one that changes."""
        if numbers not in self._spans:
            older, newest = numbers[:-1], [self._in_order(numbers[-1:])] if numbers else []
            before = self._spans.get(older) or self._in_order(older)
            found = self._spans | {older: before, numbers: joined(_merged(before, newest), {})}
            self._spans = dict([*found.items()][-SPANS_KEPT:])  # what a page asks is asked again
        return self._spans[numbers]

    def _in_order(self, numbers: tuple[int, ...]) -> EscalationRows:
        blocks = [block for number in numbers if (block := self._blocks.read[number]) is not None]
        return joined([*blocks, self._coder.code([])], {}).in_order()


_ESCALATIONS: WeakKeyDictionary[Any, KeptEscalations] = WeakKeyDictionary()
_ESCALATIONS_LOCK = threading.Lock()


def _kept_of(connection: Connection) -> KeptEscalations:
    """What is kept of the database that the connection reads; gone with the engine that made it."""
    with _ESCALATIONS_LOCK:
        return _ESCALATIONS.setdefault(connection.engine, KeptEscalations())


def _apart(connection: Connection, judge: Judge, first: int | None, dirty: Sequence[int], anew: EscalationRows) -> EscalationRows:
    """The same from the database alone: for a snapshot that others have left behind meanwhile."""
    coder = Coder()
    parts = [coder.judged(rows, judge.cases(rows)) for rows in unpacked_escalations(connection, judge.names, first)]
    rows = joined([*parts, coder.code([])], {}).in_order()
    return _with_late(rows, dirty, coder.judged(anew, judge.cases(anew)), coder)


def _with_late(rows: EscalationRows, dirty: Sequence[int], late: EscalationRows, coder: Coder) -> EscalationRows:
    """`rows` with those of `late` in their places, and without what was packed with the days that are `dirty`."""
    if dirty:
        rows = rows.where(~np.isin(rows.columns["day"], dirty))
    parts = _merged(rows, [late])
    whole = joined(parts, {})
    return EscalationRows(whole.columns, whole.pairs, whole.ends, coder.listed())


def _merged(rows: EscalationRows, newer: Sequence[EscalationRows]) -> list[EscalationRows]:
    """Parts that follow each other: rows in order, and some nearly all newer; what is older than those stays as it is."""
    some = [part for part in newer if len(part)]
    if not some:
        return [rows]
    place = int(np.searchsorted(rows.columns["at_ms"], min(part.columns["at_ms"].min() for part in some)))
    return [rows.part(0, place), joined([rows.part(place, len(rows)), *some], {}).in_order()]
