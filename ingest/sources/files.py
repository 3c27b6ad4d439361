"""Files and folders as pages of records, once or as they change.

What a file holds is the normalisers' business. The cursor remembers size and time of each file, so that a second run reads only
what is new; reading a file again changes nothing, since activities have identities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from ingest.errors import ConfigurationError, RecordError
from ingest.events import Normalised, Page, RawRecord
from ingest.sources.csv_tables import looks_like_json
from ingest.sources.wire_json import parse

SUFFIXES = frozenset({".json", ".transcript", ".csv"})

Seen = dict[str, tuple[int, int]]  # path → size, time of the last change in ns


@dataclass(frozen=True, slots=True)
class FileSource:
    """Files as a source: `read` is the normaliser of what they hold."""

    name: str
    paths: tuple[Path, ...]
    read: Callable[[RawRecord], Normalised]

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """A page for each file that `cursor` does not know as it is now."""
        return pages(self.paths, cursor)

    def normalise(self, record: RawRecord) -> Normalised:
        """What one file says."""
        return self.read(record)


def walk(paths: Sequence[Path]) -> Iterator[Path]:
    """Every named file, whatever it is called, and the transcripts in and below each named folder, in order; no hidden ones."""
    for path in paths:
        if path.is_dir():
            yield from sorted(found for found in path.rglob("*") if is_transcript(found, within=path) and found.is_file())
        elif path.exists():
            yield path
        else:
            raise ConfigurationError(f"no such file or folder: {path}")


def is_transcript(path: Path, *, within: Path) -> bool:
    """Whether a file in a folder is one to read, by its name alone."""
    is_hidden = any(part.startswith(".") for part in path.relative_to(within).parts)
    return path.suffix.lower() in SUFFIXES and not is_hidden


def pages(paths: Sequence[Path], cursor: str | None = None, *, remember: bool = True) -> Iterator[Page]:
    """A page for each file that `cursor` does not know as it is now, with the cursor that follows it where that is wanted."""
    seen = read_cursor(cursor)
    for path in walk(paths):
        if seen.get(key_of(path)) != _state(path) and (page := read_page(path, seen, remember=remember)):
            yield page


def read_page(path: Path, seen: Seen, *, remember: bool = True) -> Page | None:
    """The file as a page, and `seen` with it in the cursor; None where it has gone."""
    # The state is taken first: what is added while the file is read makes it differ, and be read again.
    state = _state(path)
    if state is None:
        return None
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    seen[key_of(path)] = state
    return Page(records=(RawRecord(str(path), body),), cursor=write_cursor(seen) if remember else None)


def key_of(path: Path) -> str:
    """What the cursor calls a file, however it was named."""
    return str(path.resolve())


def read_cursor(cursor: str | None) -> Seen:
    """What the cursor remembers; nothing, and so everything again, where it is none of ours."""
    try:
        value = parse(cursor.encode()) if cursor else {}
        return {path: (int(size), int(changed)) for path, (size, changed) in value.items()}
    except (RecordError, AttributeError, TypeError, ValueError):
        return {}


def write_cursor(seen: Seen) -> str:
    """The cursor that remembers `seen`."""
    return orjson.dumps(seen).decode()


def is_whole(body: bytes) -> bool:
    """Whether a file is not in the middle of being written: JSON that ends, or no JSON."""
    if not body.strip():
        return False
    if not looks_like_json(body):
        return True
    try:
        parse(body)
    except RecordError:
        return False
    return True


def _state(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns
