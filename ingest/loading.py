"""Loading: files read in the format that they show, written in batches, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ingest.events import Page, RawRecord, Source
from ingest.pipeline import Counts, Cursor, Pipeline
from ingest.sources import detect, files

# Small files are written together: a transaction each would cost a trip to the disk each.
BYTES_AT_ONCE = 4 * 1024 * 1024
FILES_AT_ONCE = 200


@dataclass(slots=True)
class Loaded:
    """What a load came to."""

    files: int
    conversations: int
    counts: Counts


def load(
    pipeline: Pipeline, paths: Sequence[Path], *, source: str = "", progress: Callable[[Path, int], None] | None = None
) -> Loaded:
    """Read every file in `paths` and write what it says. Doing it again changes nothing."""
    total = Counts()
    conversations: set[tuple[str, str]] = set()
    num_files = 0
    for pages in _gathered(files.pages(paths)):
        records = [record for page in pages for record in page.records]
        read: list[tuple[Source, RawRecord]] = [(detect.read(record, source=source), record) for record in records]
        for reader, record in read:
            conversations.update((thread.source, thread.external_id) for thread in reader.normalise(record).threads)
        for counts in pipeline.write(read):
            total.add(counts)
        num_files += len(records)
        if progress is not None and records:
            progress(Path(records[-1].origin), num_files)
    return Loaded(num_files, len(conversations), total)


def follow(pipeline: Pipeline, pages: Iterator[Page], *, feed: str, source: str) -> None:
    """Write pages as they come, each with its cursor, until there are no more."""
    for page in pages:
        read: list[tuple[Source, RawRecord]] = [(detect.read(record, source=source), record) for record in page.records]
        pipeline.write(read, cursor=None if page.cursor is None else Cursor(feed, page.cursor))


def catch_up(pipeline: Pipeline, paths: Sequence[Path], *, feed: str, source: str, cursor: str | None) -> str | None:
    """Write what is in `paths` beyond `cursor`, many files at a time; the cursor after it."""
    for pages in _gathered(files.pages(paths, cursor)):
        merged = Page(tuple(chain.from_iterable(page.records for page in pages)), pages[-1].cursor)
        follow(pipeline, iter([merged]), feed=feed, source=source)
        cursor = merged.cursor
    return cursor


def _gathered(pages: Iterator[Page]) -> Iterator[list[Page]]:
    gathered: list[Page] = []
    size = 0
    for page in pages:
        gathered.append(page)
        size += sum(len(record.body) for record in page.records)
        if size >= BYTES_AT_ONCE or len(gathered) >= FILES_AT_ONCE:
            yield gathered
            gathered, size = [], 0
    if gathered:
        yield gathered
