"""Plays the simulated floor into a store: its history first, then every activity when its time comes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from ingest.events import RawRecord, Source
from ingest.pipeline import Cursor, Pipeline
from ingest.sources.demo.schedule import activities_between
from ingest.sources.demo.source import NAME, DemoSource, record_of
from ingest.sources.demo.wire import Json, iso, milliseconds
from store.engine import Store
from store.errors import describe
from store.reads import saved_cursor

log = logging.getLogger(__name__)

STEP_SECONDS = 0.25
RETRY_SECONDS = 2.0


class DemoPlayer:
    """A thread that keeps the simulated floor going, from where the store's cursor says it was left."""

    def __init__(
        self, store: Store, pipeline: Pipeline, *, seed: int, days: int, now_ms: Callable[[], int], faulty: bool = False
    ) -> None:
        self._store = store
        self._pipeline = pipeline
        self._seed = seed
        self._history = timedelta(days=days)
        self._now_ms = now_ms
        self._faulty = faulty
        self._stop = Event()
        self._thread = Thread(target=self._run, name="demo", daemon=True)
        self._progress: float | None = 0.0

    def start(self) -> None:
        """Begin, or go on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after what is being written."""
        self._stop.set()
        self._thread.join(timeout=10)

    def progress(self) -> float | None:
        """Share that is there of the history, or of what was missed since the last time, 0 to 1; None when all of it is."""
        return self._progress

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._play(self._catch_up())
            except Exception as error:  # nothing may end the thread unsaid: it goes on from its cursor
                log.warning("demo interrupted, trying again: error=%s", describe(error))
                self._stop.wait(RETRY_SECONDS)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._now_ms() / 1000, UTC)

    def _catch_up(self) -> datetime:
        """Write everything up to now; the time reached."""
        with self._store.read() as connection:
            cursor = saved_cursor(connection, NAME)
        source = DemoSource(self._seed, until=self._now(), history=self._history, faulty=self._faulty)
        begin = source.until - self._history if cursor is None else reached_by(cursor)
        missing = max(source.until - begin, timedelta(seconds=1))
        for page in source.pages(cursor):
            if self._stop.is_set():
                break
            position = str(page.cursor)
            self._pipeline.write([(source, record) for record in page.records], cursor=Cursor(NAME, position))
            self._progress = min(1.0, max(0.0, (reached_by(position) - begin) / missing))
        self._progress = None
        return source.until

    def _play(self, reached: datetime) -> None:
        while not self._stop.wait(STEP_SECONDS):
            now = self._now()
            said: dict[str, list[Json]] = {}
            for _, activity in activities_between(self._seed, reached, now):
                said.setdefault(activity["conversation"]["id"], []).append(activity)
            source: Source = DemoSource(self._seed, until=now, history=self._history, faulty=self._faulty)
            records: list[tuple[Source, RawRecord]] = [(source, record_of(activities)) for activities in said.values()]
            if records:
                self._pipeline.write(records, cursor=Cursor(NAME, iso(milliseconds(now))))
            reached = now


def reached_by(cursor: str) -> datetime:
    """Up to which time a cursor says that everything was written."""
    return datetime.fromisoformat(cursor.partition("/")[0])
