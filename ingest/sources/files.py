"""Files and folders as pages of records, once or as they change.

What a file holds is the normalisers' business. The cursor remembers size and time of each file, so that a second run reads only
what is new; reading a file again changes nothing, since activities have identities.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import orjson

from ingest.errors import ConfigurationError, RecordError
from ingest.events import Page, RawRecord
from ingest.sources import archives
from ingest.sources.csv_tables import EMPTY, NO_FORMAT, looks_like_json
from ingest.sources.wire_json import NOT_JSON, parse, parse_lines

# Small files are handed on together: writing each by itself would cost a trip to the disk, and its cursor all that is remembered.
BYTES_AT_ONCE = 4 * 1024 * 1024
FILES_AT_ONCE = 200
HALF_WRITTEN = frozenset({NOT_JSON, NO_FORMAT, EMPTY})  # the reasons, where a file is cut off or empty

State = tuple[int, int]  # size, time of the last change in ns
Seen = dict[str, State]  # by path


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file as it was read. Without a `state` it could not be, and is to be tried again."""

    key: str
    state: State | None
    record: RawRecord


def walk(paths: Sequence[Path], passed_over: list[str] | None = None) -> Iterator[Path]:
    """Every named file, whatever it is called, and the transcripts in and below each named folder, in order; no hidden ones.

    Names of files in folders that are called otherwise are added to `passed_over`.
    """
    for path in paths:
        if path.is_dir():
            yield from _transcripts_below(path, [] if passed_over is None else passed_over)
        elif path.exists():
            yield path
        else:
            raise ConfigurationError(f"no such file or folder: {spell(path)}")


def _transcripts_below(folder: Path | str, passed_over: list[str]) -> Iterator[Path]:
    """In order. Of a folder that may not be looked into, or is no longer there, nothing is known."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (PermissionError, FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _transcripts_below(entry.path, passed_over)
        elif _may_be_transcript(entry.name):
            path = Path(entry.path)
            if entry.is_file(follow_symlinks=False) or may_be_file(path):
                yield path
        else:
            passed_over.append(entry.name)


def is_transcript(path: Path, *, within: Path) -> bool:
    """Whether a file in a folder is one to read, by its name alone."""
    is_hidden = any(part.startswith(".") for part in path.relative_to(within).parts)
    return _may_be_transcript(path.name) and not is_hidden


def _may_be_transcript(name: str) -> bool:
    suffix = PurePath(name).suffix.lower()
    return suffix in archives.SUFFIXES or suffix in archives.PACKED


def may_be_file(path: Path) -> bool:
    """Whether it is a file. What may not be looked at passes for one, so that reading it says why."""
    try:
        return path.is_file()
    except OSError:
        return True


def pages(
    paths: Sequence[Path],
    cursor: str | None = None,
    *,
    remember: bool = True,
    leave_incomplete: bool = False,
    most_files: int = FILES_AT_ONCE,
    passed_over: list[str] | None = None,
) -> Iterator[Page]:
    """Pages of the files that `cursor` does not know as they are now, with the cursor that follows where that is wanted.

    `leave_incomplete` leaves out, unremembered, what may be in the middle of being written: it is for a watcher to wait for.
    """
    seen = read_cursor(cursor)
    found = _unknown(walk(paths, passed_over), seen, leave_incomplete=leave_incomplete)
    yield from gather(found, seen, remember=remember, most_files=most_files)


def _unknown(paths: Iterable[Path], seen: Seen, *, leave_incomplete: bool) -> Iterator[FoundFile]:
    folders: dict[str, str] = {}
    for path in paths:
        found = read_file(path, seen, folders)
        if found is not None and (not leave_incomplete or is_whole(found.record.body)):
            yield found


def gather(files: Iterable[FoundFile], seen: Seen, *, remember: bool = True, most_files: int = FILES_AT_ONCE) -> Iterator[Page]:
    """Files as pages of many, and `seen` with them; the cursor is written once a page."""
    records: list[RawRecord] = []
    size = 0
    for found in files:
        for record in archives.unpacked(found.record):
            # What an archive holds is many pages, and it is known as read when they all are.
            if records and (size >= BYTES_AT_ONCE or len(records) >= most_files):
                yield Page(tuple(records), write_cursor(seen) if remember else None)
                records, size = [], 0
            records.append(record)
            size += len(record.body)
        if found.state is not None:
            seen[found.key] = found.state
    if records:
        yield Page(tuple(records), write_cursor(seen) if remember else None)


def read_file(path: Path, seen: Seen, folders: dict[str, str] | None = None) -> FoundFile | None:
    """The file, also one that cannot be read; None where it has gone, or is known as it is.

    `folders` remembers where folders really are, for who reads many files of one.
    """
    key = key_of(path, folders)
    try:
        # The state is taken first: what is added while the file is read makes it differ, and be read again.
        found = path.stat()
        state = found.st_size, found.st_mtime_ns
        if seen.get(key) == state:
            return None
        return FoundFile(key, state, RawRecord(key, path.read_bytes(), found.st_mtime_ns // 1_000_000))
    except FileNotFoundError:
        return None
    except OSError as error:
        # The reason names the file: without a body, nothing else would tell two such records apart.
        reason = f"{archives.UNREADABLE} {key}: {error.strerror or type(error).__name__}"
        return FoundFile(key, None, RawRecord(key, b"", unreadable=reason))


def key_of(path: Path, folders: dict[str, str] | None = None) -> str:
    """What the cursor and people call a file, however it was named."""
    if folders is None or path.is_symlink():
        return spell(os.path.realpath(path))
    folder, name = os.path.split(path)
    if folder not in folders:
        folders[folder] = os.path.realpath(folder)
    return spell(os.path.join(folders[folder], name))  # noqa: PTH118 - a path for each file would be a part of the load's time


def spell(path: Path | str) -> str:
    """The path as text that can be stored and shown: file names are bytes, and need not be UTF-8."""
    return os.fsencode(path).decode(errors="backslashreplace")


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
    if archives.is_archive(body):
        return archives.is_whole(body)
    if not body.strip():
        return False
    if not looks_like_json(body):
        return True
    try:
        parse(body)
    except RecordError:
        lines = parse_lines(body)
        return lines is not None and not lines[1]
    return True
