"""Judged escalations kept in memory, day by day: shared by all who ask one database, and as new as each one's snapshot.

Days are read and judged when they are first asked for. A conversation that was touched since has its day judged anew, that of
before and that of now; so have the days since another configuration came into force.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from metrics.routing.escalations import Judged, read_escalations
from metrics.routing.judged_rows import Coder, JudgedRows
from metrics.routing.judging import Judge, judged_escalations
from metrics.windows import DAY_MS
from store.changes import changed_since, newest_change
from store.configurations import InForce, configurations
from store.engine import Connection
from store.routing_reads import escalation_bounds, escalation_times

# Escalations that are coded at a time: of them there are objects for a moment.
AT_ONCE = 5_000


def judged_rows(connection: Connection, start_ms: int | None, end_ms: int | None) -> JudgedRows:
    """Every escalation of a span, as the connection's snapshot has it."""
    first, last = escalation_bounds(connection)
    if first is None or last is None:
        return Coder().code([])
    start_ms = first if start_ms is None else max(start_ms, first)
    end_ms = last + 1 if end_ms is None else min(end_ms, last + 1)
    rows = _kept_of(connection).between(connection, start_ms // DAY_MS, (end_ms - 1) // DAY_MS)
    if rows is None:  # others have seen more than this snapshot holds
        return Coder().code(list(judged_escalations(connection, start_ms, end_ms)))
    at_ms = rows.columns["at_ms"]
    return rows.where((at_ms >= start_ms) & (at_ms < end_ms))


class KeptEscalations:
    """What is kept of one database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forget()
        self._newest = 0
        self._kept: list[InForce] = []

    def between(self, connection: Connection, first: int, last: int) -> JudgedRows | None:
        """The escalations of the days from `first` to `last`; None where the snapshot is older than what is kept."""
        with self._lock:
            newest = newest_change(connection)
            if newest < self._newest:
                return None
            self._follow(connection, newest)
            self._read(connection, first, last)
            return self._joined(first, last)

    def _forget(self) -> None:
        self._coder = Coder()
        self._days: dict[int, JudgedRows] = {}
        self._known: range | None = None  # the days that have been read
        self._changed: set[int] = set()  # of these, the ones to be read again
        self._spans: dict[tuple[int, int], JudgedRows] = {}

    def _follow(self, connection: Connection, newest: int) -> None:
        """See what has changed since the snapshot before."""
        kept = configurations(connection)
        since = _changed_from(self._kept, kept)
        touched = changed_since(connection, self._newest) if newest > self._newest else set()
        self._newest, self._kept = newest, kept
        if touched is None or (since is not None and not self._known):
            self._forget()
            return
        if touched:
            self._drop({at_ms // DAY_MS for at_ms in escalation_times(connection, sorted(touched))} | self._days_of(touched))
        if since is not None:
            self._drop(day for day in self._days if day >= since // DAY_MS)

    def _days_of(self, keys: Iterable[int]) -> set[int]:
        if not self._days:
            return set()
        known = np.concatenate([rows.columns["key"] for rows in self._days.values()])
        days = np.repeat(list(self._days), [len(rows) for rows in self._days.values()])
        return set(days[np.isin(known, np.fromiter(keys, dtype=np.int64))].tolist())

    def _drop(self, days: Iterable[int]) -> None:
        dropped = {day for day in days if self._known and day in self._known}
        if dropped:
            self._changed |= dropped
            self._spans.clear()

    def _read(self, connection: Connection, first: int, last: int) -> None:
        """Read what is missing of these days, and of those between them and what is known."""
        if last < first:
            return
        known = self._known
        if known is None:
            missing = [range(first, last + 1)]
        else:
            missing = [range(first, known.start), range(known.stop, last + 1)]
            missing += [range(day, day + 1) for day in sorted(self._changed) if first <= day <= last]
        for days in missing:
            if days:
                self._judge(connection, days)
        self._changed -= {day for day in self._changed if first <= day <= last}
        self._known = range(first, last + 1) if known is None else range(min(first, known.start), max(last + 1, known.stop))

    def _judge(self, connection: Connection, days: range) -> None:
        if len(days) == 1:
            self._days.pop(days.start, None)
        found = map(Judge(self._kept), read_escalations(connection, days.start * DAY_MS, days.stop * DAY_MS))
        for day, judged in groupby(found, key=lambda item: item.escalation.at_ms // DAY_MS):
            parts = [self._coder.code(part) for part in _parts(judged)]
            self._days[day] = parts[0] if len(parts) == 1 else self._coder.join(parts)

    def _joined(self, first: int, last: int) -> JudgedRows:
        if (first, last) not in self._spans:
            self._spans.clear()  # one is kept: what a page asks is asked again
            days = sorted(day for day in self._days if first <= day <= last)
            self._spans[first, last] = self._coder.join([self._days[day] for day in days])
        return self._spans[first, last]


_ESCALATIONS: WeakKeyDictionary[Any, KeptEscalations] = WeakKeyDictionary()
_ESCALATIONS_LOCK = threading.Lock()


def _kept_of(connection: Connection) -> KeptEscalations:
    """What is kept of the database that the connection reads; gone with the engine that made it."""
    with _ESCALATIONS_LOCK:
        return _ESCALATIONS.setdefault(connection.engine, KeptEscalations())


def _changed_from(before: Sequence[InForce], now: Sequence[InForce]) -> int | None:
    """From which moment on other configurations hold than before; None: they are the same."""
    old, new = ([(item.number, item.from_ms) for item in each] for each in (before, now))
    if old == new:
        return None
    # What holds before the first configuration is the first one.
    return new[len(old)][1] if old and old == new[: len(old)] else -(2**62)


def _parts(judged: Iterator[Judged]) -> Iterator[list[Judged]]:
    part: list[Judged] = []
    for item in judged:
        part.append(item)
        if len(part) == AT_ONCE:
            yield part
            part = []
    if part:
        yield part
