"""What loading cannot do without, each part by itself on the very things a load has read and stored."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zstandard
from textblob.en import sentiment

from store.engine import SQLITE_WRITER_PRAGMAS, Memory, open_store
from store.tables import metadata, migration
from tests.benchmarks.timing import Took, timed

COMPRESSION_LEVEL = 3  # that of the store


@dataclass(frozen=True, slots=True)
class Stored:
    """What a finished load left: the rows of every table, the raw bodies as they were compressed, the customers' texts."""

    rows: dict[str, list[tuple[Any, ...]]]
    raw: list[bytes]
    texts: list[str]


def read_stored(path: Path) -> Stored:
    """Read everything out of the database of a finished load."""
    decompress = zstandard.ZstdDecompressor().decompress
    with closing(sqlite3.connect(path)) as connection:
        names = [table.name for table in metadata.sorted_tables if table.name != migration.name]
        rows = {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}  # noqa: S608
        raw = [decompress(body) for (body,) in connection.execute("SELECT body FROM raw_chunk")]
        said = "SELECT text FROM activity WHERE kind = 'message' AND role = 'customer' AND text <> ''"
        texts = [text for (text,) in connection.execute(said)]
    return Stored(rows, raw, texts)


def time_parts(bodies: Sequence[bytes], stored: Stored, empty: Path) -> dict[str, Took]:
    """Each part by its name; `empty` is where a database may be made."""
    return {
        "json.loads of the same files": timed(lambda: _parse(bodies)),
        "compress the raw JSON": timed(lambda: _compress(stored.raw)),
        "score the customers' messages": timed(lambda: _score(stored.texts)),
        "executemany of the same rows": _time_inserting(stored.rows, empty),
    }


def _parse(bodies: Sequence[bytes]) -> None:
    for body in bodies:
        json.loads(body)


def _compress(raw: Sequence[bytes]) -> None:
    compress = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL).compress
    for body in raw:
        compress(body)


def _score(texts: Sequence[str]) -> None:
    for text in texts:
        sentiment(text)


def _time_inserting(rows: dict[str, list[tuple[Any, ...]]], path: Path) -> Took:
    """One transaction, one executemany a table, into the same tables with the same indexes and settings."""
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in (*SQLITE_WRITER_PRAGMAS, Memory.BULK.writer_pragma):
            connection.execute(pragma)
        return timed(lambda: _insert(connection, rows))


def _insert(connection: sqlite3.Connection, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for name, values in rows.items():
        if values:
            marks = ", ".join("?" * len(values[0]))
            connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', values)  # noqa: S608
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")  # a load moves its rows from the log into the file, too
