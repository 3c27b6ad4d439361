"""Files of exports: CSV or Parquet, streamed, written whole or not at all, each with a manifest beside it."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import IO, Any

import orjson

from metrics.exports.cells import CsvLines, csv_line, iso_time
from metrics.exports.rows import ExportError, Wanted, count_in, groups, parts
from metrics.rules import DEFINITION_VERSION
from store.engine import Connection, Store

BOM = "\ufeff".encode()
MANIFEST = ".manifest.json"


class FileKind(StrEnum):
    """What a file is."""

    CSV = "csv"
    PARQUET = "parquet"


# Told the number of rows written so far, and how many there will be. Raising ends the export, and leaves no file.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written, and what its manifest says of it."""

    path: Path
    manifest: Path
    rows: int
    num_bytes: int


def kind_of(path: Path) -> FileKind:
    """What a file of this name is to be; anything but `.parquet` is CSV."""
    return FileKind.PARQUET if path.suffix.lower() == ".parquet" else FileKind.CSV


def write_file(
    store: Store,
    wanted: Wanted,
    path: Path,
    *,
    now_ms: int,
    kind: FileKind | None = None,
    bom: bool = False,
    progress: Progress | None = None,
) -> Written:
    """Write a table to `path`, and a manifest beside it. Until it is complete the file has another name. Raises ExportError."""
    kind = kind or kind_of(path)
    told = progress or (lambda _written, _of: None)
    with whole_file(path) as file, store.read() as connection:
        hashing = _Hashing(file)
        count, written = count_in(connection, wanted), 0
        told(0, count)
        out: Any = hashing
        writing = (
            _write_csv(connection, wanted, out, bom=bom) if kind is FileKind.CSV else _write_parquet(connection, wanted, out)
        )
        for more in writing:
            written += more
            told(written, count)
    manifest = path.with_name(path.name + MANIFEST)
    said = manifest_of(wanted, kind, rows=written, num_bytes=hashing.num_bytes, sha256=hashing.digest, now_ms=now_ms, path=path)
    with whole_file(manifest) as file:
        file.write(orjson.dumps(said, option=orjson.OPT_INDENT_2) + b"\n")
    return Written(path, manifest, written, hashing.num_bytes)


def stream_csv(store: Store, wanted: Wanted, *, bom: bool = False) -> Iterator[bytes]:
    """The same table in pieces, for an open stream such as standard output."""
    with store.read() as connection:
        for _, piece in _encoded_parts(connection, wanted, bom=bom):
            yield piece


def manifest_of(
    wanted: Wanted, kind: FileKind, *, rows: int, num_bytes: int, sha256: str, now_ms: int, path: Path
) -> dict[str, Any]:
    """What stands beside a file: what is in it, by which filters and definitions, and how to see that it is whole."""
    chosen = asdict(wanted.filters)
    window, zone, _ = chosen.pop("window"), chosen.pop("tz"), chosen.pop("now_ms")
    return {
        "file": path.name,
        "format": kind.value,
        "table": wanted.table,
        "columns": [column.name for column in wanted.columns],
        "rows": rows,
        "bytes": num_bytes,
        "sha256": sha256,
        "from": None if window["start_ms"] is None else iso_time(window["start_ms"]),
        "to": None if window["end_ms"] is None else iso_time(window["end_ms"]),
        "time_zone": zone,
        "filters": {name: value for name, value in chosen.items() if value not in ((), "", False, None)},
        "metric": wanted.metric,
        "grain": wanted.grain.value if wanted.table == "rollups" else None,
        "text": "as stored" if wanted.raw or kind is FileKind.PARQUET else "formulas neutralised",
        "definition_version": DEFINITION_VERSION,
        "program": f"floorwalker {program_version()}",
        "made_at": iso_time(now_ms),
    }


@cache
def program_version() -> str:
    """The version of this program, as pyproject.toml has it."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to that takes its place at `path` when this ends well, and else is gone. Raises ExportError."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise ExportError(f"{path.parent} cannot be written to: {error.strerror}") from error
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(0o644 & ~_umask())
        unfinished.replace(path)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


class _Hashing(io.RawIOBase):
    """A file that knows the hash of what was written to it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash, self.num_bytes = file, hashlib.sha256(), 0

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._hash.update(data)
        self._file.write(data)
        self.num_bytes += len(data)
        return len(data)

    def tell(self) -> int:
        return self.num_bytes


def _encoded_parts(connection: Connection, wanted: Wanted, *, bom: bool) -> Iterator[tuple[int, bytes]]:
    """A CSV file in pieces, each with the number of its rows; the heading has none."""
    lines = CsvLines(wanted.columns, raw=wanted.raw)
    yield 0, (BOM if bom else b"") + csv_line([column.name for column in wanted.columns]).encode()
    for part in groups(connection, wanted, lines.groups):
        # A lone surrogate came in with somebody's broken emoji: it is no reason to have no file.
        yield len(part), lines(part).encode("utf-8", "replace")


def _write_csv(connection: Connection, wanted: Wanted, file: IO[bytes], *, bom: bool) -> Iterator[int]:
    for count, piece in _encoded_parts(connection, wanted, bom=bom):
        file.write(piece)
        yield count


def _write_parquet(connection: Connection, wanted: Wanted, file: IO[bytes]) -> Iterator[int]:
    from metrics.exports.parquet import Parquet  # noqa: PLC0415 - pyarrow takes 60 MB, and CSV has no use for it

    sink = Parquet(file, wanted.columns)
    for part in parts(connection, wanted):
        sink.write(part)
        yield len(part)
    sink.close()


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
