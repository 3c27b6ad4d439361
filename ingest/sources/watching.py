"""Files that change: each is read again within a second, and not while it is being written."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Event

import watchfiles

from ingest.errors import ConfigurationError
from ingest.events import Page
from ingest.sources.files import (
    FoundFile,
    Seen,
    gather,
    is_transcript,
    is_whole,
    may_be_file,
    read_cursor,
    read_file,
    spell,
    walk,
)

SETTLED_SECONDS = 2.0  # a file that stays incomplete this long is not being written: it is broken, and said to be
YOUNG_SECONDS = 3.0  # a folder that appeared is looked through for this long
LOOK_AGAIN_MS = 200  # how often files that are being written are looked at
GATHER_MS = 100  # changes this close together are one
GATHER_STEP_MS = 20


def watch(paths: Sequence[Path], stop_event: Event, *, cursor: str | None = None) -> Iterator[Page]:
    """Pages of the files that `cursor` does not know as they are, then of those that change, until `stop_event` is set."""
    for path in paths:
        if not path.exists():
            raise ConfigurationError(f"no such file or folder: {spell(path)}")
    seen = read_cursor(cursor)
    waiting: dict[Path, tuple[int, float]] = {}
    for changed in _changes(paths, stop_event):
        for path in changed:
            if _is_ours(path, paths):
                waiting.setdefault(path.resolve(), (-1, time.monotonic()))
        yield from gather(_settled(waiting, seen), seen)


def _changes(paths: Sequence[Path], stop_event: Event) -> Iterator[Iterable[Path]]:
    """Every file at first, then those that changed; now and then none, to look again at those that are being written."""
    while not stop_event.is_set():
        try:
            # The first look comes after the watch is on, so that nothing falls between them.
            changes = _watched(paths, stop_event)
            if next(changes, None) is not None:
                yield walk(paths)
            young: dict[Path, float] = {}
            for names in changes:
                changed = [Path(name) for _, name in names]
                young.update((path, time.monotonic()) for path in changed if path.is_dir())
                yield [*changed, *_within(young)]
        except RuntimeError as error:
            # Watchfiles cannot name a file whose name is not UTF-8, and ends. A look at every file finds that one too.
            if "decode path" not in str(error):
                raise
            stop_event.wait(LOOK_AGAIN_MS / 1000)


def _within(young: dict[Path, float]) -> Iterator[Path]:
    """The files in folders that appeared a moment ago: what was put there before the watch was on is told by no event."""
    for folder, since in list(young.items()):
        if time.monotonic() - since > YOUNG_SECONDS or not folder.is_dir():
            del young[folder]
        else:
            yield from walk([folder])


def _watched(paths: Sequence[Path], stop_event: Event) -> Iterator[set[tuple[watchfiles.Change, str]]]:
    # A file is watched through its folder: many programs write a new file and rename it over the old one.
    folders = sorted({path if path.is_dir() else path.parent for path in paths})
    return watchfiles.watch(
        *folders,
        stop_event=stop_event,
        recursive=any(path.is_dir() for path in paths),
        watch_filter=None,
        debounce=GATHER_MS,
        step=GATHER_STEP_MS,
        rust_timeout=LOOK_AGAIN_MS,
        yield_on_timeout=True,
        raise_interrupt=False,
        ignore_permission_denied=True,
    )


def _settled(waiting: dict[Path, tuple[int, float]], seen: Seen) -> Iterator[FoundFile]:
    """The waiting files that are whole, or have not changed for long enough; the others go on waiting."""
    for path in sorted(waiting):
        found = read_file(path, seen)
        if found is None:
            del waiting[path]
            continue
        body = found.record.body
        size, since = waiting[path]
        if len(body) != size:
            size, since = len(body), time.monotonic()
        if is_whole(body) or time.monotonic() - since >= SETTLED_SECONDS:
            del waiting[path]
            yield found
            continue
        waiting[path] = (size, since)


def _is_ours(path: Path, paths: Sequence[Path]) -> bool:
    """Whether a changed file is one of those asked for."""
    resolved = path.resolve()
    for asked in paths:
        root = asked.resolve()
        if resolved == root:
            return not root.is_dir()
        if root.is_dir() and resolved.is_relative_to(root) and is_transcript(resolved, within=root):
            return may_be_file(resolved)
    return False
