"""Running the configured sources: each in a thread of its own, until told to stop."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

from ingest.errors import ConfigurationError
from ingest.loading import catch_up, follow
from ingest.pipeline import Pipeline
from ingest.sources.watching import watch
from store.engine import Store, StoreBusyError
from store.reads import saved_cursor

log = logging.getLogger(__name__)

RETRY_SECONDS = (1.0, 2.0, 5.0, 15.0, 60.0)


class ConfiguredSource(Protocol):
    """A source as the settings describe it."""

    @property
    def name(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def watch(self) -> bool: ...


class SourceRunner:
    """The configured sources at work. `failed` names those that stopped for a reason an operator must mend."""

    def __init__(self, store: Store, pipeline: Pipeline, sources: Sequence[ConfiguredSource]) -> None:
        self._store = store
        self._pipeline = pipeline
        self._stop = Event()
        self._threads = [Thread(target=self._run, args=(item,), name=f"source-{item.name}", daemon=True) for item in sources]
        self.failed: dict[str, str] = {}

    def start(self) -> None:
        """Begin reading."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop after the page that is being written."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=10)

    def wait(self) -> None:
        """Return when every source has come to its end, or `stop` was called."""
        for thread in self._threads:
            while thread.is_alive() and not self._stop.is_set():
                thread.join(timeout=0.2)

    def _run(self, source: ConfiguredSource) -> None:
        attempt = 0
        while not self._stop.is_set():
            try:
                self._read(source)
                return
            except ConfigurationError as error:
                self.failed[source.name] = str(error)
                log.error("source stopped source=%s reason=%s", source.name, error)
                return
            except StoreBusyError:
                pause = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
                attempt += 1
                log.warning("store busy, trying again source=%s seconds=%s", source.name, pause)
                self._stop.wait(pause)

    def _read(self, source: ConfiguredSource) -> None:
        with self._store.read() as connection:
            cursor = saved_cursor(connection, source.name)
        cursor = catch_up(self._pipeline, [source.path], feed=source.name, source=source.name, cursor=cursor)
        if source.watch:
            follow(self._pipeline, watch([source.path], self._stop, cursor=cursor), feed=source.name, source=source.name)
