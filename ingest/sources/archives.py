"""Files that hold other files: gzip and zip. Each transcript in them is a record of its own, unpacked one at a time."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import IO, cast

from ingest.events import RawRecord

SUFFIXES = frozenset({".json", ".jsonl", ".ndjson", ".transcript", ".csv", ".tsv"})  # of transcripts
PACKED = frozenset({".gz", ".zip"})
WITHIN = " › "  # between an archive and the file in it
UNREADABLE = "cannot read"  # what the reason begins with, where a file itself cannot be
LONGEST = 1024 * 1024 * 1024  # of a file in an archive, unpacked: a bound for what was packed out of malice

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_WORKBOOK = "xl/workbook.xml"
_CUT_OFF = "the archive is cut off or damaged"
_WORKBOOKS = "it is an Excel workbook; save it as CSV (UTF-8)"
_FAULTS = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


def is_archive(body: bytes) -> bool:
    """Whether it is one, by how it begins."""
    return body.startswith((_GZIP, _ZIP))


def is_whole(body: bytes) -> bool:
    """Whether an archive has its end: that of a zip is a list of what is in it, that of a gzip a sum of it."""
    if body.startswith(_ZIP):
        return zipfile.is_zipfile(io.BytesIO(body))
    return next(unpacked(RawRecord("", body))).unreadable == ""


def unpacked(record: RawRecord) -> Iterator[RawRecord]:
    """What is in an archive; any other record as it is."""
    if record.body.startswith(_GZIP):
        yield _read(record, record.origin, cast("IO[bytes]", gzip.GzipFile(fileobj=io.BytesIO(record.body))))
    elif record.body.startswith(_ZIP):
        yield from _files_of(record)
    else:
        yield record


def is_transcript(name: str) -> bool:
    """Whether a file in an archive or a folder is one to read, by its name; hidden ones are not."""
    path = PurePath(name)
    is_hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return path.suffix.lower() in SUFFIXES and not is_hidden


def _files_of(record: RawRecord) -> Iterator[RawRecord]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(record.body))
    except _FAULTS:
        yield _unreadable(record.origin, _CUT_OFF)
        return
    with archive:
        names = archive.namelist()
        wanted = [name for name in names if is_transcript(name)]
        if not wanted:
            yield _unreadable(record.origin, _WORKBOOKS if _WORKBOOK in names else "no file in it may be a transcript")
        for name in wanted:
            origin = f"{record.origin}{WITHIN}{name}"
            try:
                with archive.open(name) as packed:
                    yield _read(record, origin, packed)
            except _FAULTS:
                yield _unreadable(origin, "it is locked by a password, or packed in an unknown way")


def _read(record: RawRecord, origin: str, packed: IO[bytes]) -> RawRecord:
    try:
        body = packed.read(LONGEST + 1)
    except _FAULTS:
        return _unreadable(origin, _CUT_OFF)
    if len(body) > LONGEST:
        return _unreadable(origin, "unpacked it is too long to be read at once; split it")
    return replace(record, origin=origin, body=body)


def _unreadable(origin: str, why: str) -> RawRecord:
    """The reason names the file: without a body, nothing else would tell two such records apart."""
    return RawRecord(origin, b"", unreadable=f"{UNREADABLE} {origin}: {why}")
