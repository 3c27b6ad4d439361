"""Loading: files read in the format that they show, written in batches, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.events import Page, RawRecord
from ingest.pipeline import Counts, Cursor, Pipeline
from ingest.sources import detect, files
from ingest.sources.detect import UNKNOWN_SOURCE, OpenedRecord
from store.engine import Store
from store.reads import waiting_from
from store.writes import mark_replayed

Read = Sequence[tuple[OpenedRecord, RawRecord]]


@dataclass(slots=True)
class Loaded:
    """What a load came to."""

    files: int
    conversations: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Mending:
    """What was kept of files while they could not be read, or were half written, waits no longer once they are read."""

    store: Store
    now_ms: Callable[[], int]

    def settle(self, read: Read) -> None:
        """Mark what waits of the files in `read` as read after all, where it does not say the same of them again."""
        names = {record.origin: opened.name for opened, record in read if not any(map(_is_passing, _reasons(opened)))}
        with self.store.read() as connection:
            waiting = waiting_from(connection, names)
        done = [
            row["rejected_id"]
            for row in waiting
            if _is_passing(row["reason"]) and row["source"] in (names[row["origin"]], UNKNOWN_SOURCE)
        ]
        if done:
            with self.store.write() as connection:
                for rejected_id in done:
                    mark_replayed(connection, rejected_id, now_ms=self.now_ms())


def load(
    pipeline: Pipeline,
    paths: Sequence[Path],
    *,
    source: str = "",
    progress: Callable[[Path, int], None] | None = None,
    mending: Mending | None = None,
) -> Loaded:
    """Read every file in `paths` and write what it says. Doing it again changes nothing."""
    total = Counts()
    conversations: set[tuple[str, str]] = set()
    num_files = 0
    for page in files.pages(paths, remember=False):
        read = [(detect.read(record, source=source), record) for record in page.records]
        for opened, _ in read:
            conversations.update((thread.source, thread.external_id) for thread in opened.normalised.threads)
        for counts in pipeline.write(read):
            total.add(counts)
        if mending is not None:
            mending.settle(read)
        num_files += len(read)
        if progress is not None:
            progress(Path(page.records[-1].origin), num_files)
    return Loaded(num_files, len(conversations), total)


def follow(
    pipeline: Pipeline, pages: Iterator[Page], *, feed: str, source: str, kind: str = "", mending: Mending | None = None
) -> str | None:
    """Write pages as they come, each with its cursor, until there are no more; the last cursor."""
    cursor = None
    for page in pages:
        read = [(detect.read(record, source=source, kind=kind), record) for record in page.records]
        cursor = page.cursor
        pipeline.write(read, cursor=None if cursor is None else Cursor(feed, cursor))
        if mending is not None:
            mending.settle(read)
    return cursor


def _reasons(opened: OpenedRecord) -> list[str]:
    return [problem.reason for problem in opened.normalised.problems]


def _is_passing(reason: str) -> bool:
    """Whether it is said of a file in the middle of being written, or locked, which another reading may find whole."""
    return reason in files.HALF_WRITTEN or reason.startswith(files.UNREADABLE)
