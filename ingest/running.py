"""Running the configured sources: each in a thread of its own, until told to stop."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

from ingest.errors import ConfigurationError
from ingest.loading import Mending, follow
from ingest.pipeline import Pipeline
from ingest.sources import files
from ingest.sources.watching import watch
from store.engine import Store, StoreBusyError
from store.errors import describe
from store.reads import saved_cursor
from store.writes import note_sources

log = logging.getLogger(__name__)

RETRY_SECONDS = (1.0, 2.0, 5.0, 15.0, 60.0)
# A fault of ours that is there three times does not go away by itself.
MOST_FAULTS = 3


class ConfiguredSource(Protocol):
    """A source as the settings describe it."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def watch(self) -> bool: ...


class SourceRunner:
    """The configured sources at work. `failed` names those that stopped, or cannot go on, for a reason an operator must mend."""

    def __init__(
        self,
        store: Store,
        new_pipeline: Callable[[], Pipeline],
        sources: Sequence[ConfiguredSource],
        *,
        now_ms: Callable[[], int],
    ) -> None:
        self._store = store
        self._names = [item.name for item in sources]
        self._mending = Mending(store, now_ms)
        self._stop = Event()
        # A pipeline belongs to one thread.
        self._threads = [
            Thread(target=self._run, args=(item, new_pipeline()), name=f"source-{item.name}", daemon=True) for item in sources
        ]
        self.failed: dict[str, str] = {}

    def start(self) -> None:
        """Begin reading. From here on the sources are seen to be there, whether or not they bring anything."""
        with self._store.write() as connection:
            note_sources(connection, self._names)
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

    def _run(self, source: ConfiguredSource, pipeline: Pipeline) -> None:
        tries = 0
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self._read(source, pipeline)
                return
            except ConfigurationError as error:
                self._give_up(source, str(error))
                return
            except Exception as error:  # nothing may end the thread unsaid
                if time.monotonic() - began > RETRY_SECONDS[-1]:  # it has worked in between
                    tries = 0
                tries += 1
                if not self._may_pass(source, error, tries):
                    self._give_up(source, describe(error))
                    return
            pause = RETRY_SECONDS[min(tries, len(RETRY_SECONDS)) - 1]
            log.warning("trying again source=%s seconds=%s", source.name, pause)
            self._stop.wait(pause)

    def _may_pass(self, source: ConfiguredSource, error: Exception, tries: int) -> bool:
        """Whether to try again. What is wrong with files, folders and the database may end by itself."""
        log.warning("source interrupted source=%s error=%s", source.name, describe(error))
        if isinstance(error, StoreBusyError):
            return True
        if isinstance(error, OSError) and (source.watch or tries < len(RETRY_SECONDS)):
            if tries >= MOST_FAULTS:  # it is tried on, and said to be in trouble until it works
                self.failed[source.name] = f"{error.strerror or type(error).__name__}; it is tried again"
            return True
        return tries < MOST_FAULTS

    def _give_up(self, source: ConfiguredSource, reason: str) -> None:
        self.failed[source.name] = reason
        log.error("source stopped source=%s reason=%s", source.name, reason)

    def _read(self, source: ConfiguredSource, pipeline: Pipeline) -> None:
        """Read what is there, in large pages, then what changes."""
        with self._store.read() as connection:
            cursor = saved_cursor(connection, source.name)
        write = partial(follow, pipeline, feed=source.name, source=source.name, kind=source.kind, mending=self._mending)
        # What is half written is left to the watcher, which waits for it.
        cursor = write(files.pages([source.path], cursor, leave_incomplete=source.watch)) or cursor
        self.failed.pop(source.name, None)
        if source.watch:
            write(watch([source.path], self._stop, cursor=cursor))
