"""Gathered commits: what arrives within some hundredths of a second is written, and put on disk, together.

One thread writes; each caller gets the result of its own item once that is committed. How an item is written is the business of
`write`, which the composition root hands in.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import TracebackType
from typing import Generic, Self, TypeVar

from store.engine import StoreBusyError
from store.errors import describe

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")

# At most one write in this time: a lone item is written at once, a storm of them shares the cost of reaching the disk.
GATHER_SECONDS = 0.02
# One write takes no more activities than this, so that the first caller does not wait long for the work of the last.
# (How long a transaction may last is the pipeline's concern: it cuts what it is given.)
MOST_ACTIVITIES = 500
# What waits is in memory. Beyond this the sender is told to come back later.
MOST_WAITING_BYTES = 64 * 1024 * 1024
MOST_WAITING_ITEMS = 10_000


class NotWrittenError(Exception):
    """An item was not written, or not all of it. Writing it again later may help and does no harm."""


@dataclass(slots=True)
class _Waiting(Generic[Item, Result]):
    item: Item
    num_activities: int
    num_bytes: int
    result: Future[Result] = field(default_factory=Future)


class Gatherer(Generic[Item, Result]):
    """Collects items and hands them, in the order they came, to `write`, which commits them together: one result for each."""

    def __init__(
        self, write: Callable[[Sequence[Item]], Sequence[Result]], *, most_waiting_bytes: int = MOST_WAITING_BYTES
    ) -> None:
        self._write = write
        self._most_waiting_bytes = most_waiting_bytes
        self._changed = threading.Condition()
        self._waiting: deque[_Waiting[Item, Result]] = deque()
        self._waiting_bytes = 0
        self._waiting_activities = 0
        self._closed = True
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="gathered-commits", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Take nothing more, write what waits, and return when it is written."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    async def accept(self, item: Item, *, num_activities: int, num_bytes: int) -> Result:
        """Have `item` written; its result, once that is on disk. Raises NotWrittenError."""
        return await asyncio.wrap_future(self.submit(item, num_activities=num_activities, num_bytes=num_bytes))

    def submit(self, item: Item, *, num_activities: int, num_bytes: int) -> Future[Result]:
        """The same for callers without an event loop."""
        waiting: _Waiting[Item, Result] = _Waiting(item, num_activities, num_bytes)
        with self._changed:
            if self._closed:
                raise NotWrittenError("the server is shutting down")
            is_full = self._waiting_bytes + num_bytes > self._most_waiting_bytes or len(self._waiting) >= MOST_WAITING_ITEMS
            if is_full and self._waiting:
                raise NotWrittenError("too much is waiting to be written")
            self._waiting.append(waiting)
            self._waiting_bytes += num_bytes
            self._waiting_activities += num_activities
            self._changed.notify_all()
        return waiting.result

    def _run(self) -> None:
        while batch := self._take():
            started = time.monotonic()
            self._commit(batch)
            self._pause(started + GATHER_SECONDS)

    def _take(self) -> list[_Waiting[Item, Result]]:
        """What goes into the next write; empty when closed and done."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            batch: list[_Waiting[Item, Result]] = []
            room = MOST_ACTIVITIES
            while self._waiting and (not batch or self._waiting[0].num_activities <= room):
                one = self._waiting.popleft()
                self._waiting_bytes -= one.num_bytes
                self._waiting_activities -= one.num_activities
                room -= one.num_activities
                batch.append(one)
            return batch

    def _pause(self, until: float) -> None:
        """Let items gather, but no longer than until there are enough for one write."""

        def is_over() -> bool:
            return self._closed or self._waiting_activities >= MOST_ACTIVITIES

        with self._changed:
            self._changed.wait_for(is_over, timeout=max(0.0, until - time.monotonic()))

    def _commit(self, batch: list[_Waiting[Item, Result]]) -> None:
        try:
            results = self._write([one.item for one in batch])
        except StoreBusyError as error:
            log.warning("push not written: the store is busy items=%d", len(batch))
            self._refuse(batch, error)
        except Exception as error:  # a fault of ours; the thread must outlive it, and one item must not take others with it
            if len(batch) > 1:
                for one in batch:
                    self._commit([one])
                return
            # Its message may quote what customers wrote, so only its kind and place are logged.
            log.error("push not written: error=%s", describe(error))
            self._refuse(batch, error)
        else:
            for one, result in zip(batch, results, strict=True):
                if one.result.set_running_or_notify_cancel():
                    one.result.set_result(result)

    @staticmethod
    def _refuse(batch: list[_Waiting[Item, Result]], error: Exception) -> None:
        for one in batch:
            refusal = NotWrittenError("the store cannot take it now")
            refusal.__cause__ = error
            if one.result.set_running_or_notify_cancel():
                one.result.set_exception(refusal)
