"""The pipeline: raw records in, rows out. Each batch is one short transaction: upsert, derive, cursor."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ingest.batches import MOST_IN_A_BATCH, Counts, Part, gather_batches
from ingest.events import Problem, RawRecord, Source, ThreadInput
from ingest.foreseeing import Foreseen, foresee
from ingest.preparing import Deriver, Prepared, drafted, normalise, read
from ingest.writing import TooLongError, write_batch
from store.engine import Store
from store.threads import known_threads
from store.writes import SourceCount, count_source, keep_rejected, prune_changes, save_cursor

__all__ = ["Counts", "Cursor", "Deriver", "Pipeline"]

# After 50 ms a supervisor's screen would feel a transaction. The batch follows what was measured, far enough below that.
TARGET_SECONDS = 0.018
TOO_LONG_SECONDS = 0.030
FIRST_BATCH = 600
LEAST_IN_A_BATCH = 300
REJECTED_AT_ONCE = 20
# So many threads at once, or activities: asking first which of them are known pays.
DRAFTED_FROM = 10
DRAFTED_FROM_ACTIVITIES = 200


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where reading of a feed stands once a page is written."""

    feed: str
    position: str


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
        return self.write_prepared(self._drafted(normalise(records)), cursor=cursor)

    def prepare(self, records: Iterable[RawRecord], *, source: str = "", kind: str = "") -> list[Prepared]:
        """Records in the format that each shows, or that is named, ready to be written."""
        return self._drafted(read(records, source=source, kind=kind))

    def write_prepared(self, records: Iterable[Prepared], *, cursor: Cursor | None = None) -> list[Counts]:
        """The same as `write` of records that have been prepared, a while ago or elsewhere."""
        counts: list[Counts] = []
        parts: list[Part] = []
        rejected: list[tuple[Prepared, Problem]] = []
        for record in records:
            count = Counts(rejected=len(record.problems), conversations=len(record.threads), problems=record.problems)
            counts.append(count)
            parts.extend(Part(thread, count) for thread in record.threads)
            rejected.extend((record, problem) for problem in record.problems)
        self._keep_rejected(rejected, more_follows=bool(parts) or cursor is not None)
        left = sum(part.size for part in parts)
        for batch in gather_batches(parts, lambda: self._batch):
            left -= sum(part.size for part in batch)
            self._write_batch(batch, cursor if not left else None, more_follows=bool(left))
        if not parts and cursor is not None:
            with self._store.write() as connection:
                save_cursor(connection, cursor.feed, cursor.position, now_ms=self._now_ms())
        return counts

    def _drafted(self, records: list[Prepared]) -> list[Prepared]:
        """What brings much is drafted where it is new: then the transactions hold little more than the writing."""
        threads = [thread for record in records for thread in record.threads]
        came = Counter((thread.source, thread.external_id) for thread in threads)
        if len(came) < DRAFTED_FROM and sum(len(thread.activities) for thread in threads) < DRAFTED_FROM_ACTIVITIES:
            return records
        with self._store.read() as connection:
            known = known_threads(connection, came)
        new = {thread_id for thread_id, count in came.items() if count == 1} - known
        return drafted(records, self._deriver, now_ms=self._now_ms(), only=new)

    def _keep_rejected(self, rejected: Sequence[tuple[Prepared, Problem]], *, more_follows: bool) -> None:
        for at in range(0, len(rejected), REJECTED_AT_ONCE):
            now_ms = self._now_ms()
            is_last = at + REJECTED_AT_ONCE >= len(rejected)
            with self._store.write(more_follows=more_follows or not is_last) as connection:
                for record, problem in rejected[at : at + REJECTED_AT_ONCE]:
                    keep_rejected(
                        connection,
                        source_name=record.source,
                        origin=f"{record.origin}, {problem.place}" if problem.place else record.origin,
                        reason=problem.reason,
                        body=problem.body,
                        now_ms=now_ms,
                    )
                names = dict.fromkeys(record.source for record, _ in rejected[at : at + REJECTED_AT_ONCE])
                counts = [SourceCount(name, 0, 0, None, self._is_simulated) for name in names]
                count_source(connection, counts, now_ms=now_ms)

    def _write_batch(self, batch: list[Part], cursor: Cursor | None, *, more_follows: bool) -> None:
        self._deriver.prepare(
            [item for part in batch if isinstance(part.brought, ThreadInput) for item in part.brought.activities]
        )
        now_ms = self._now_ms()
        try:
            seconds = self._write_at(now_ms, batch, cursor, more_follows=more_follows)
        except TooLongError:
            foreseen = foresee(self._store, batch, self._deriver, now_ms=now_ms)
            seconds = self._write_at(now_ms, batch, cursor, foreseen, more_follows=more_follows)
        for part in batch:
            part.count()
        self._adapt(seconds, sum(part.size for part in batch))

    def _write_at(
        self, now_ms: int, batch: list[Part], cursor: Cursor | None, foreseen: Foreseen | None = None, *, more_follows: bool
    ) -> float:
        """One transaction; the seconds that it took."""
        with self._store.write(more_follows=more_follows) as connection:
            began = time.perf_counter()
            write_batch(connection, batch, self._deriver, now_ms=now_ms, is_simulated=self._is_simulated, foreseen=foreseen)
            if cursor is not None:
                save_cursor(connection, cursor.feed, cursor.position, now_ms=now_ms)
            self._transactions += 1
            if self._transactions % 500 == 0:
                prune_changes(connection)
        return time.perf_counter() - began

    def _adapt(self, seconds: float, size: int) -> None:
        """Let the batch follow the machine. One slow transaction is somebody else's doing; two in a row are our size."""
        self.longest_seconds = max(self.longest_seconds, seconds)
        was_slow, self._was_slow = self._was_slow, seconds > TOO_LONG_SECONDS
        if self._was_slow and was_slow:
            self._batch = min(self._batch, max(LEAST_IN_A_BATCH, self._batch // 2))
            self._was_slow = False
        elif seconds < TARGET_SECONDS and size > self._batch * 0.7:
            self._batch = min(MOST_IN_A_BATCH, self._batch + self._batch // 4)
