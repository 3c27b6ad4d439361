"""The one floor of a process: a thread that follows the database, and the event loop on which viewers wait for what it finds."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from live.board import Board
from live.console import ConsoleLinks
from live.news import News
from live.observing import Observer
from live.watch import Choices, Moved, Watch
from metrics.bands import Bands
from metrics.need import Targets
from metrics.silence import Silence
from store.engine import Store
from store.errors import describe

# Changes that come closer together than this are told together.
GATHER_SECONDS = 0.1
# Telling everybody takes no more than this part of the event loop's time: many viewers are told less often, but never more than
# so many seconds apart.
MOST_SHARE = 0.33
MOST_GATHER_SECONDS = 1.0
# So often time itself is looked at: needs that grow, conversations that are due to close.
TICK_SECONDS = 1.0

_log = logging.getLogger(__name__)


class Floor:
    """Start it in the application's lifespan; `board` and the waiting belong to that event loop.

    `settle` is called, in the floor's thread, when the idle time-out of an open conversation has passed; it closes what is due.
    `watching` says, asked in that thread, how many watch which conversation (by key).
    `is_filling`: whether a simulated history is being written that is not all there yet.
    `observers` are told in that thread what each reading found, after viewers have been; what they raise hurts nobody else.
    """

    def __init__(
        self,
        store: Store,
        *,
        now_ms: Callable[[], int],
        targets: Targets | None = None,
        bands: Bands | None = None,
        silence: Silence | None = None,
        console: ConsoleLinks | None = None,
        settle: Callable[[], object] | None = None,
        observers: Sequence[Observer] = (),
        watching: Callable[[], Mapping[int, int]] = dict,
        is_filling: Callable[[], bool] = lambda: False,
    ) -> None:
        self.board = Board()
        self.checked_ms = 0  # when the database was last looked at with success
        self._store = store
        self._now_ms = now_ms
        self._settle = settle
        self._observers = tuple(observers)
        self._watch_over = partial(
            Watch,
            now_ms=now_ms,
            targets=targets or Targets(),
            bands=bands,
            silence=silence,
            console=console,
            watching=watching,
            is_filling=is_filling,
        )
        self._next_store: Store | None = None
        self._watch = self._watch_over(store)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="floor", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = News()

    async def start(self) -> None:
        """Begin to follow the database."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def stop(self) -> None:
        """Let go of the database. Returns when the thread has ended."""
        self._stopping.set()
        await asyncio.to_thread(self._thread.join)

    def switch(self, store: Store) -> None:
        """Follow another database from now on. Viewers are sent all of it anew."""
        self._next_store = store

    def choices(self) -> Choices:
        """What the open conversations can be filtered by now. May be asked from any thread."""
        return self.board.choices

    def queues(self) -> list[dict[str, Any]]:
        """How each queue with open conversations stands now. May be asked from any thread."""
        return self.board.queues()

    async def wait_for_news(self, number: int, timeout_seconds: float) -> bool:
        """Wait until the board is past `number`; False when the time is up before that."""
        return await self._news.wait(self.board, number, timeout_seconds)

    def _publish(self, moved: Moved) -> None:
        self.board.apply(moved)
        self._news.ring()

    def _run(self) -> None:
        self._begin()
        step = self._watch.load
        while not self._stopping.is_set():
            began = time.monotonic()
            if self._next_store is not None:
                self._store, self._next_store = self._next_store, None
                self._watch = self._watch_over(self._store)
                self._begin()
                step = self._watch.load
            try:
                self._tell(step())
                self.checked_ms = self._now_ms()
                self._show()
                step = self._next_step()
            except Exception as error:  # whatever it is, the floor must come back by itself, and viewers see how old it is
                _log.error("floor could not be read, trying again: error=%s", describe(error))
                step = self._watch.load
                self._stopping.wait(TICK_SECONDS)
            self._stopping.wait(self._pause() - (time.monotonic() - began))

    def _pause(self) -> float:
        """How far apart viewers are told: the more time it takes, the further, so that there is time for everything else."""
        return max(GATHER_SECONDS, min(self._news.sweep_seconds / MOST_SHARE, MOST_GATHER_SECONDS))

    def _next_step(self) -> Callable[[], Moved]:
        """Wait for a change or the next second."""
        newest = self._store.changes.wait(self._watch.number, TICK_SECONDS)
        due_ms = self._watch.due_ms()
        if self._settle is not None and due_ms is not None and due_ms <= self._now_ms():
            self._settle()
        return self._watch.follow if newest > self._watch.number else self._watch.tick

    def _tell(self, moved: Moved) -> None:
        if moved and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._publish, moved)

    def _begin(self) -> None:
        for observer in self._observers:
            _guarded(observer.begins, self._store)

    def _show(self) -> None:
        seen = self._watch.seen()
        for observer in self._observers:
            _guarded(observer.saw, *seen)


def _guarded(call: Callable[..., None], *given: object) -> None:
    try:
        call(*given)
    except Exception as error:  # whatever it is, the floor goes on
        _log.error("observer of the floor failed: error=%s", describe(error))
