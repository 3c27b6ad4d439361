"""Indexing what was said, beside everything else: by a thread of the server, and by commands that need it all at once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event, Thread

from metrics.found import check_possible
from metrics.search import read_query
from store.engine import Store, StoreBusyError
from store.errors import describe
from store.search.indexing import Indexed, count_waiting, forget_index, index_some, is_any_waiting, merge_some, read_state
from store.search.tables import drop_some_old_text, has_old_text

log = logging.getLogger(__name__)

# A transaction follows what was measured, as a load's do: nobody who writes waits longer than 50 ms.
TARGET_SECONDS = 0.015
TOO_LONG_SECONDS = 0.030
FIRST_BATCH = 40
LEAST_IN_A_BATCH = 5
MOST_IN_A_BATCH = 400
# What a thread does when there is nothing to do, and how long it lets others go first when there is.
IDLE_SECONDS = 0.5
FAILED_SECONDS = 5.0
# Blocks of an index that is no more, of 4 kB each.
CLEARED_BLOCKS = 200
# Bringing parts of the index together: pages at a time, some milliseconds.
MERGED_PAGES = 100


class Indexing:
    """Indexes some conversations at a time, as many as a short transaction takes."""

    def __init__(self) -> None:
        self._batch = FIRST_BATCH
        self.longest_seconds = 0.0  # the longest write transaction so far, for those who measure

    def step(self, store: Store) -> int:
        """Index some of those that wait; how many it were."""
        with store.read() as connection:
            if not is_any_waiting(connection):
                return 0
        with store.write() as connection:
            began = time.perf_counter()
            count = index_some(connection, self._batch)
        seconds = time.perf_counter() - began
        self.longest_seconds = max(self.longest_seconds, seconds)
        if seconds > TOO_LONG_SECONDS:
            self._batch = max(LEAST_IN_A_BATCH, self._batch // 2)
        elif seconds < TARGET_SECONDS and count >= self._batch:
            self._batch = min(MOST_IN_A_BATCH, self._batch + self._batch // 4)
        return count

    def clear(self, store: Store) -> bool:
        """Take some of an index away in whose place another came; whether there is more of it."""
        with store.read() as connection:
            if not has_old_text(connection):
                return False
        with store.write() as connection:
            drop_some_old_text(connection, CLEARED_BLOCKS)
        return True

    def merge(self, store: Store) -> bool:
        """Bring some parts of the index together; whether there may be more to do."""
        with store.write() as connection:
            return merge_some(connection, MERGED_PAGES)


def catch_up(store: Store, *, progress: Callable[[int, int], None] | None = None) -> int:
    """Index every conversation that waits, in short transactions; how many it were. Cut short, it goes on where it was."""
    indexing, done = Indexing(), 0
    with store.read() as connection:
        total = count_waiting(connection)
    while count := indexing.step(store):
        done += count
        if progress is not None:
            progress(done, max(total, done))
    return done


def freshen(store: Store) -> int:
    """Index some of what waits, as much as a short transaction takes; how many conversations wait on.

    So a search finds what was said a moment ago, unless a load is at work.
    """
    try:
        Indexing().step(store)
    except StoreBusyError:
        log.info("nothing was indexed before a search: the database is busy")
    with store.read() as connection:
        return count_waiting(connection)


def make_searchable(store: Store, search: str) -> None:
    """Before a search, index everything that waits. Raises SearchError where it means nothing, or nothing can be searched."""
    if read_query(search) is None:
        return
    with store.read() as connection:
        check_possible(connection)
    catch_up(store)


def rebuild(store: Store, *, progress: Callable[[int, int], None] | None = None) -> int:
    """Make the whole index anew; how many conversations there were. Until it is done, those not indexed yet are not found."""
    with store.write() as connection:
        forget_index(connection)
    count, indexing = catch_up(store, progress=progress), Indexing()
    while indexing.clear(store):
        pass
    return count


def state_of(store: Store) -> Indexed:
    """What the index holds, and how far it is behind."""
    with store.read() as connection:
        return read_state(connection)


class Indexer:
    """A thread that indexes what waits, and keeps the index in few parts when nothing does."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store
        self._stop = Event()
        self._indexing = Indexing()
        self._is_merged = False
        self._thread = Thread(target=self._run, name="indexer", daemon=True)

    def start(self) -> None:
        """Begin with what waits already."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the transaction at hand."""
        self._stop.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            try:
                pause = self._once()
            except Exception as error:  # nothing may end the thread: what waits would wait for ever
                log.warning("indexing failed, trying again: error=%s", describe(error))
                pause = FAILED_SECONDS

    def _once(self) -> float:
        """One short transaction; how long to rest after it. A load beside it keeps most of the time it had."""
        store, began = self._store(), time.perf_counter()
        if self._indexing.step(store):
            self._is_merged = False
            return time.perf_counter() - began
        if self._is_merged:
            return IDLE_SECONDS
        self._is_merged = not (self._indexing.clear(store) or self._indexing.merge(store))
        return time.perf_counter() - began
