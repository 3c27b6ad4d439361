"""Opening the database: engines with their settings and reasons, short write transactions, snapshot reads."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from store import log
from store.changes import ChangeFeed
from store.errors import StoreBusyError, StoreUnusableError
from store.migrations import migrate

__all__ = [
    "Connection",
    "Memory",
    "check_place",
    "Store",
    "StoreBusyError",
    "StoreUnusableError",
    "is_database_url",
    "open_store",
    "reads_once",
    "sqlite_path",
]

_READS_ONCE = "floorwalker_reads_once"
# A write waits for another process's write this long. Ours last tens of milliseconds, so this means that something is stuck.
BUSY_TIMEOUT_MS = 10_000
# SQLite's own waiting sleeps ever longer, up to 100 ms: beside a bulk load, which lets go for a moment only, it would starve.
TRY_AGAIN_SECONDS = 0.001

SQLITE_WRITER_PRAGMAS = (
    "PRAGMA journal_mode = WAL",  # readers never wait for the writer, nor it for them
    "PRAGMA synchronous = FULL",  # what was acknowledged survives loss of power; commits are gathered, so it is cheap
    "PRAGMA temp_store = MEMORY",
    "PRAGMA busy_timeout = 0",  # see TRY_AGAIN_SECONDS
    # Moving the log into the file is ours to do, between transactions (see store/log.py). Where it is seldom our turn, SQLite
    # does it within a commit, once the log holds so many pages: 32 MB.
    "PRAGMA wal_autocheckpoint = 8000",
    "PRAGMA journal_size_limit = 67108864",  # a log that grew while somebody read for long gives its room back
)
SQLITE_READER_PRAGMAS = (
    "PRAGMA query_only = ON",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
)
SQLITE_READER_MEMORY = (
    "PRAGMA cache_size = -32768",
    "PRAGMA mmap_size = 1073741824",  # reads come from the page cache without a copy
)
READERS = 16


class Memory(Enum):
    """How much a program lets the database take: megabytes that its writer keeps of it, and whether readers map it."""

    LEAN = (8, False)  # reads through all of it once: a map and a cache of that are of no use
    STEADY = (8, True)  # runs for weeks: what the writer keeps is soon full, and then stays as it is
    BULK = (64, True)  # loads much, and ends: the index pages stay in memory

    @property
    def writer_pragma(self) -> str:
        """The statement that bounds what the writer keeps."""
        return f"PRAGMA cache_size = {-1024 * self.value[0]}"

    @property
    def reader_pragmas(self) -> tuple[str, ...]:
        """The statements that a reader begins with."""
        return (*SQLITE_READER_PRAGMAS, *SQLITE_READER_MEMORY) if self.value[1] else SQLITE_READER_PRAGMAS


# Beside SQLITE_FULL, what a full disk or a used-up quota is called when a file of SQLite's own cannot grow.
SQLITE_DISK_FULL = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE"})
# Connection lost, transaction rolled back (serialisation, deadlock), resources used up (disk full, too many connections).
POSTGRES_PASSING_CLASSES = frozenset({"08", "40", "53"})
# Lock not available; the server is shut down, has crashed, or is starting.
POSTGRES_PASSING = frozenset({"55P03", "57P01", "57P02", "57P03"})


@dataclass(frozen=True, slots=True)
class Store:
    """One database. Writers take turns; each read sees one snapshot."""

    url: str
    writer: Engine
    reader: Engine
    changes: ChangeFeed

    @contextmanager
    def write(self, *, more_follows: bool = False) -> Iterator[Connection]:
        """One immediate transaction. It is on disk when this ends without an error; those who watch are woken then.

        With `more_follows` it may reach the disk only with the next transaction that is without: nobody relies on it until then.
        """
        try:
            with self.writer.connect() as own:
                connection = own.execution_options(**{log.MORE_FOLLOWS: more_follows})
                with connection.begin():
                    yield connection
        except OperationalError as error:
            if not _may_pass(error):
                raise
            raise StoreBusyError(f"the database cannot take a write now: {error.orig}") from error
        except PoolTimeoutError as error:
            raise StoreBusyError("the database has been busy with other writes for a minute") from error
        self.changes.committed()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only connection; all its statements see one snapshot."""
        with self.reader.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.changes.close()
        self.reader.dispose()
        self.writer.dispose()


def is_database_url(text: str) -> bool:
    """Whether `text` names a database we can use."""
    return re.match(r"^(sqlite:///|postgresql(\+psycopg)?://)", text) is not None


def sqlite_path(url: str) -> Path | None:
    """The file behind an SQLite address; None for PostgreSQL."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def open_store(url: str, *, memory: Memory = Memory.STEADY) -> Store:
    """Open the database at `url`, made and migrated where needed. Raises StoreUnusableError, StoreBusyError."""
    if not is_database_url(url):
        raise StoreUnusableError(f"not a database address: {url.split('@')[-1]!r}; use sqlite:///path or postgresql://…")
    path = sqlite_path(url)
    writer, reader = _postgres_engines(url) if path is None else _sqlite_engines(path, memory)
    reader = reader.execution_options(**{_READS_ONCE: memory is Memory.LEAN})
    try:
        with writer.begin() as connection:
            migrate(connection)
    except StoreUnusableError:
        writer.dispose()
        reader.dispose()
        raise
    except DatabaseError as error:
        writer.dispose()
        reader.dispose()
        place = path or url.split("@")[-1]
        if _may_pass(error, was_open=False):
            raise StoreBusyError(f"the database at {place} cannot be opened now: {error.orig}") from error
        raise StoreUnusableError(f"the database at {place} cannot be used: {error.orig}") from error
    return Store(url, writer, reader, ChangeFeed(reader))


def reads_once(connection: Connection) -> bool:
    """Whether what is read is not asked again, so that keeping it would be of no use."""
    return bool(connection.get_execution_options().get(_READS_ONCE, False))


def _may_pass(error: DatabaseError, *, was_open: bool = True) -> bool:
    """Whether trying again later may help: somebody has the lock, the disk is full, the server is away."""
    match error.orig:
        case sqlite3.Error():
            return _is_locked(error) or getattr(error.orig, "sqlite_errorname", "") in SQLITE_DISK_FULL
        case other:
            code = getattr(other, "sqlstate", None)
            if code is None:  # the driver's own: no connection. Before the first one, the address is wrong for all we know.
                return was_open and isinstance(error, OperationalError)
            return code in POSTGRES_PASSING or code[:2] in POSTGRES_PASSING_CLASSES


def _is_locked(error: DatabaseError) -> bool:
    # Extended names too: SQLITE_BUSY_SNAPSHOT, SQLITE_LOCKED_SHAREDCACHE. A driver's own complaint has no name.
    return getattr(error.orig, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def check_place(url: str) -> None:
    """See that a database can be made at `url` later: its folder is there and can be written. Raises StoreUnusableError."""
    path = sqlite_path(url) if is_database_url(url) else None
    if path is not None:
        _make_folder(path.parent)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnusableError(f"the folder {folder} cannot be made: {error.strerror}") from error
    if not os.access(folder, os.W_OK):
        raise StoreUnusableError(f"the folder {folder} cannot be written")


def _sqlite_engines(path: Path, memory: Memory) -> tuple[Engine, Engine]:
    _make_folder(path.parent)
    # The path is handed over as an SQLite address of its own, so that "?", "#" or "%" in a folder's name mean themselves.
    address = URL.create("sqlite", database="file:" + quote(str(path.resolve())), query={"uri": "true"})
    # One writer: threads queue for its connection instead of for the file's lock.
    writer = create_engine(address, pool_size=1, max_overflow=0, pool_timeout=60, hide_parameters=True)
    reader = create_engine(
        address.update_query_dict({"mode": "ro"}), pool_size=READERS, max_overflow=READERS, hide_parameters=True
    )
    _prepare_sqlite(writer, (*SQLITE_WRITER_PRAGMAS, memory.writer_pragma), begin=_begin_writing)
    _prepare_sqlite(reader, memory.reader_pragmas, begin=lambda connection: connection.exec_driver_sql("BEGIN"))
    return writer, reader


def _begin_writing(connection: Connection) -> None:
    """Take the write lock at once, or as soon as whoever has it lets go."""
    log.move(connection)
    log.set_level(connection)
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            if not _is_locked(error) or time.monotonic() > deadline:
                raise
            time.sleep(TRY_AGAIN_SECONDS)
        else:
            return


def _prepare_sqlite(engine: Engine, pragmas: tuple[str, ...], *, begin: Callable[[Connection], object]) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own, late BEGIN would take the write lock in mid-transaction
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        begin(connection)


def _postgres_engines(url: str) -> tuple[Engine, Engine]:
    # Errors never quote what was to be written: it is customers' text, and errors are logged.
    writer = create_engine(url, pool_size=4, pool_pre_ping=True, hide_parameters=True)
    reader = create_engine(
        url,
        pool_size=READERS,
        pool_pre_ping=True,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
    )
    return writer, reader
