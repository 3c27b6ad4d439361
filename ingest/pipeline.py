"""The pipeline: raw records in, rows out. Each batch is one short transaction: upsert, derive, cursor."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ingest.events import Normalised, Problem, RawRecord, Source, ThreadInput
from ingest.merging import Root, merge_batch, written_rows
from store.engine import Connection, Store
from store.records import Activity, Derived, Thread
from store.threads import save_threads
from store.writes import (
    SourceCount,
    count_source,
    keep_rejected,
    prune_changes,
    save_activities,
    save_cursor,
    save_derived,
    save_raw,
)

# After 50 ms a supervisor's screen would feel a transaction. The batch follows what was measured, far enough below that.
TARGET_SECONDS = 0.014
TOO_LONG_SECONDS = 0.030
FIRST_BATCH = 300
MOST_IN_A_BATCH = 1_500
LEAST_IN_A_BATCH = 100
REJECTED_AT_ONCE = 100


class Deriver(Protocol):
    """What makes facts of activities. The composition root hands it over; the pipeline knows no definitions."""

    def foresee(self, batches: Iterable[Sequence[Activity]]) -> None:
        """What will be prepared next, in this order: a chance to begin."""
        ...

    def prepare(self, activities: Sequence[Activity]) -> None:
        """What can be done before the transaction."""
        ...

    def is_episodic(self, threads: Sequence[Thread]) -> bool:
        """Whether a long silence on these threads begins a new conversation, which older activities have no part in."""
        ...

    def derive(
        self, activities: Sequence[Activity], threads: Sequence[Thread], *, now_ms: int, first_episode: int = 1
    ) -> Derived:
        """The facts of one root, from all its activities; of an episodic one, from those of `first_episode` on."""
        ...


@dataclass(slots=True)
class Counts:
    """What became of one raw record. `activities` are newly stored or changed; `duplicates` were known."""

    activities: int = 0
    duplicates: int = 0
    rejected: int = 0
    conversations: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, other: Counts) -> None:
        """Sum up; the problems themselves are not gathered."""
        self.activities += other.activities
        self.duplicates += other.duplicates
        self.rejected += other.rejected
        self.conversations += other.conversations


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where reading of a feed stands once a page is written."""

    feed: str
    position: str


@dataclass(slots=True)
class _Part:
    """The activities of one thread that one record brought, and where they are counted."""

    thread: ThreadInput
    counts: Counts


class Pipeline:
    """Writes batches of raw records into one store."""

    def __init__(self, store: Store, deriver: Deriver, *, now_ms: Callable[[], int], is_simulated: bool = False) -> None:
        self._store = store
        self._deriver = deriver
        self._now_ms = now_ms
        self._is_simulated = is_simulated
        self._batch = FIRST_BATCH
        self._was_slow = False
        self._transactions = 0
        self.longest_seconds = 0.0  # the longest write transaction so far, for those who measure

    def write(self, records: Sequence[tuple[Source, RawRecord]], *, cursor: Cursor | None = None) -> list[Counts]:
        """Write `records`; counts for each, in their order. The cursor is saved with the last of them.

        When this returns, everything is on disk. Raises StoreBusyError; writing all of it again then does no harm.
        """
        counts = [Counts() for _ in records]
        parts: list[_Part] = []
        for (source, record), count in zip(records, counts, strict=True):
            normalised = source.normalise(record)
            self._reject(source, record, normalised, count)
            count.conversations = len(normalised.threads)
            parts.extend(_Part(thread, count) for thread in normalised.threads)
        batches = list(self._batches(parts))
        self._deriver.foresee(_activities_of(batch) for batch in batches)
        for number, batch in enumerate(batches, start=1):
            self._write_batch(batch, cursor if number == len(batches) else None)
        if not batches and cursor is not None:
            with self._store.write() as connection:
                save_cursor(connection, cursor.feed, cursor.position, now_ms=self._now_ms())
        return counts

    def _reject(self, source: Source, record: RawRecord, normalised: Normalised, count: Counts) -> None:
        if not normalised.problems:
            return
        count.rejected, count.problems = len(normalised.problems), normalised.problems
        for at in range(0, len(normalised.problems), REJECTED_AT_ONCE):
            now_ms = self._now_ms()
            with self._store.write() as connection:
                for problem in normalised.problems[at : at + REJECTED_AT_ONCE]:
                    keep_rejected(
                        connection,
                        source_name=source.name,
                        origin=record.origin,
                        reason=problem.reason,
                        body=problem.body,
                        now_ms=now_ms,
                    )
                count_source(connection, [SourceCount(source.name, 0, 0, None, self._is_simulated)], now_ms=now_ms)

    def _batches(self, parts: Iterable[_Part]) -> Iterator[list[_Part]]:
        """Parts in their order, gathered to the present batch size; a long thread is cut."""
        batch: list[_Part] = []
        size = 0
        for part in parts:
            for piece in _cut(part, MOST_IN_A_BATCH):
                if batch and size + len(piece.thread.activities) > self._batch:
                    yield batch
                    batch, size = [], 0
                batch.append(piece)
                size += len(piece.thread.activities)
        if batch:
            yield batch

    def _write_batch(self, batch: list[_Part], cursor: Cursor | None) -> None:
        self._deriver.prepare(_activities_of(batch))
        now_ms = self._now_ms()
        with self._store.write() as connection:
            began = time.perf_counter()
            self._write_rows(connection, batch, now_ms)
            if cursor is not None:
                save_cursor(connection, cursor.feed, cursor.position, now_ms=now_ms)
            self._transactions += 1
            if self._transactions % 500 == 0:
                prune_changes(connection)
        self._adapt(time.perf_counter() - began, sum(len(part.thread.activities) for part in batch))

    def _write_rows(self, connection: Connection, batch: list[_Part], now_ms: int) -> None:
        merged = merge_batch(connection, [part.thread for part in batch], is_episodic=self._deriver.is_episodic, now_ms=now_ms)
        for part, (accepted, duplicates) in zip(batch, merged.counts, strict=True):
            part.counts.activities += accepted
            part.counts.duplicates += duplicates
        count_source(connection, self._source_counts(batch, merged.counts), now_ms=now_ms)
        touched = [root for root in merged.roots if root.is_touched]
        if not touched:
            return
        derived = [
            self._deriver.derive(list(root.activities.values()), root.threads, now_ms=now_ms, first_episode=root.first_episode)
            for root in touched
        ]
        save_threads(connection, [thread for root in touched for thread in root.threads])
        save_activities(connection, [item for root in touched for item in written_rows(root)])
        save_raw(connection, _raw_bodies(touched))
        known = {root.key: root.first_episode for root in touched if not root.is_new}
        save_derived(connection, derived, now_ms=now_ms, instead_of=known)

    def _source_counts(self, batch: list[_Part], counted: Sequence[tuple[int, int]]) -> list[SourceCount]:
        totals: dict[str, list[int]] = {}
        for part, (accepted, duplicates) in zip(batch, counted, strict=True):
            total = totals.setdefault(part.thread.source, [0, 0, 0])
            total[0] += accepted
            total[1] += duplicates
            total[2] = max(total[2], max((item.at_ms for item in part.thread.activities), default=0))
        return [
            SourceCount(name, accepted, duplicates, newest or None, self._is_simulated)
            for name, (accepted, duplicates, newest) in totals.items()
        ]

    def _adapt(self, seconds: float, size: int) -> None:
        """Let the batch follow the machine. One slow transaction is somebody else's doing; two in a row are our size."""
        self.longest_seconds = max(self.longest_seconds, seconds)
        was_slow, self._was_slow = self._was_slow, seconds > TOO_LONG_SECONDS
        if self._was_slow and was_slow:
            self._batch = max(LEAST_IN_A_BATCH, self._batch // 2)
            self._was_slow = False
        elif seconds < TARGET_SECONDS and size > self._batch * 0.7:
            self._batch = min(MOST_IN_A_BATCH, self._batch + self._batch // 4)


def _activities_of(batch: list[_Part]) -> list[Activity]:
    return [item for part in batch for item in part.thread.activities]


def _cut(part: _Part, size: int) -> Iterator[_Part]:
    activities = part.thread.activities
    if len(activities) <= size:
        yield part
        return
    for at in range(0, len(activities), size):
        piece = ThreadInput(part.thread.source, part.thread.external_id, activities[at : at + size], part.thread.marks)
        yield _Part(piece, part.counts)


def _raw_bodies(roots: Iterable[Root]) -> dict[int, list[bytes]]:
    bodies: dict[int, list[bytes]] = {}
    for root in roots:
        for item in root.fresh:
            bodies.setdefault(item.thread_key, []).append(item.raw)
    return bodies
