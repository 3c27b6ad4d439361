"""Loading: files read in the format that they show, written in batches, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.ahead import Ahead
from ingest.events import Page
from ingest.helper import Helper
from ingest.pipeline import Counts, Cursor, Pipeline
from ingest.preparing import Prepared
from ingest.sources import files
from ingest.sources.archives import UNREADABLE, WITHIN
from ingest.sources.detect import UNKNOWN_SOURCE
from store.engine import Store
from store.reads import waiting_from
from store.writes import mark_replayed


@dataclass(slots=True)
class Loaded:
    """What a load came to."""

    files: int
    conversations: int
    counts: Counts
    passed_over: list[str]  # files in folders, by name, that are not called as transcripts are


@dataclass(frozen=True, slots=True)
class Mending:
    """What was kept of files while they could not be read, or were half written, waits no longer once they are read."""

    store: Store
    now_ms: Callable[[], int]

    def settle(self, read: Sequence[Prepared]) -> None:
        """Mark what waits of the files in `read` as read after all, where it does not say the same of them again."""
        names = {record.origin: record.source for record in read if not any(map(_is_passing, _reasons(record)))}
        names |= {origin.partition(WITHIN)[0]: source for origin, source in names.items()}
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
    helper: Helper | None = None,
) -> Loaded:
    """Read every file in `paths`, with a helper if there is one, and write what it says. Doing it again changes nothing."""
    total = Counts()
    conversations: set[tuple[str, str]] = set()
    num_files = 0
    passed_over: list[str] = []
    pages = files.pages(paths, remember=False, passed_over=passed_over)
    ahead = Ahead(pages, lambda page: pipeline.prepare(page.records, source=source), helper, source=source)
    for page, read in ahead:
        for record in read:
            conversations.update((thread.source, thread.external_id) for thread in record.threads)
        counts = pipeline.write_prepared(read)
        for each in counts:
            total.add(each)
        ahead.expects_new = sum(each.activities for each in counts) >= sum(each.duplicates for each in counts)
        if mending is not None:
            mending.settle(read)
        num_files += len(read)
        if progress is not None:
            progress(Path(page.records[-1].origin), num_files)
    return Loaded(num_files, len(conversations), total, passed_over)


def follow(
    pipeline: Pipeline, pages: Iterator[Page], *, feed: str, source: str, kind: str = "", mending: Mending | None = None
) -> str | None:
    """Write pages as they come, each with its cursor, until there are no more; the last cursor."""
    cursor = None
    for page in pages:
        read = pipeline.prepare(page.records, source=source, kind=kind)
        cursor = page.cursor
        pipeline.write_prepared(read, cursor=None if cursor is None else Cursor(feed, cursor))
        if mending is not None:
            mending.settle(read)
    return cursor


def _reasons(record: Prepared) -> list[str]:
    return [problem.reason for problem in record.problems]


def _is_passing(reason: str) -> bool:
    """Whether it is said of a file in the middle of being written, or locked, which another reading may find whole."""
    return reason in files.HALF_WRITTEN or reason.startswith(UNREADABLE)
