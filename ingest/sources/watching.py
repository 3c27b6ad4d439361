"""Files that change: each is read again within a second, and not while it is being written."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import watchfiles

from ingest.errors import ConfigurationError
from ingest.events import Page
from ingest.sources.files import Seen, is_transcript, is_whole, key_of, read_cursor, read_page, walk

SETTLED_SECONDS = 2.0  # a file that stays incomplete this long is not being written: it is broken, and said to be
LOOK_AGAIN_MS = 200  # how often files that are being written are looked at
GATHER_MS = 100  # changes this close together are one
GATHER_STEP_MS = 20


def watch(paths: Sequence[Path], stop_event: Event, *, cursor: str | None = None) -> Iterator[Page]:
    """A page for each file that `cursor` does not know as it is, then one for each that changes, until `stop_event` is set."""
    for path in paths:
        if not path.exists():
            raise ConfigurationError(f"no such file or folder: {path}")
    seen = read_cursor(cursor)
    waiting: dict[Path, tuple[int, float]] = {}
    is_first = True
    # A file is watched through its folder: many programs write a new file and rename it over the old one.
    folders = sorted({path if path.is_dir() else path.parent for path in paths})
    for changes in watchfiles.watch(
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
    ):
        # The first look comes after the watch is on, so that nothing falls between them.
        changed = walk(paths) if is_first else (Path(name) for _, name in changes)
        is_first = False
        for path in changed:
            if _is_ours(path, paths):
                waiting.setdefault(path.resolve(), (-1, time.monotonic()))
        yield from _settled(waiting, seen)


def _settled(waiting: dict[Path, tuple[int, float]], seen: Seen) -> Iterator[Page]:
    """Pages of the waiting files that are whole, or have not changed for long enough; the others go on waiting."""
    for path in sorted(waiting):
        key = key_of(path)
        known = seen.get(key)
        page = read_page(path, seen)
        if page is None or seen[key] == known:
            del waiting[path]
            continue
        body = page.records[0].body
        size, since = waiting[path]
        if len(body) != size:
            size, since = len(body), time.monotonic()
        if is_whole(body) or time.monotonic() - since >= SETTLED_SECONDS:
            del waiting[path]
            yield page
            continue
        waiting[path] = (size, since)
        # Not read yet: the cursor must not say that it was.
        seen.pop(key)
        if known is not None:
            seen[key] = known


def _is_ours(path: Path, paths: Sequence[Path]) -> bool:
    """Whether a changed file is one of those asked for."""
    resolved = path.resolve()
    for asked in paths:
        root = asked.resolve()
        if resolved == root:
            return not root.is_dir()
        if root.is_dir() and resolved.is_relative_to(root) and is_transcript(resolved, within=root):
            return resolved.is_file()
    return False
