"""The change feed: who commits, in this process or in another, wakes those who wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Container

from sqlalchemy import Connection, Engine, func, select

from store.records import EPISODE_BITS
from store.tables import change

# Commits of this process wake at once; those of others are looked for this often.
POLL_SECONDS = 0.05
# Changes that are looked at again where their numbers may overtake each other.
OVERLAP = 1_000


class ChangeFeed:
    """Waits for commits. Its state is one number: that of the newest row of table `change`."""

    def __init__(self, reader: Engine) -> None:
        self._reader = reader
        self._woken = threading.Condition()
        self._commits = 0
        self._closed = False

    def committed(self) -> None:
        """Tell the waiting threads of this process that something was committed."""
        with self._woken:
            self._commits += 1
            self._woken.notify_all()

    def latest(self) -> int:
        """The number of the newest change; 0 where there is none."""
        with self._reader.connect() as connection, connection.begin():
            return _latest(connection)

    def wait(self, after: int, timeout_seconds: float) -> int:
        """Wait until there is a change newer than `after`, or the time is up; the number of the newest."""
        deadline = time.monotonic() + timeout_seconds
        with self._reader.connect() as connection:
            seen = -1
            while True:
                with self._woken:
                    commits = self._commits
                version = _data_version(connection)
                if version != seen:
                    seen = version
                    newest = self._newest(connection)
                    if newest > after:
                        return newest
                remaining = deadline - time.monotonic()
                if remaining <= 0 or self._closed:
                    return after
                with self._woken:
                    if self._commits == commits:
                        self._woken.wait(min(POLL_SECONDS, remaining))

    def close(self) -> None:
        """Let waiting threads go."""
        self._closed = True
        self.committed()

    @staticmethod
    def _newest(connection: Connection) -> int:
        with connection.begin():
            return _latest(connection)


def newest_change(connection: Connection) -> int:
    """The number of the newest change that a snapshot holds; 0 where there is none."""
    return _latest(connection)


def writes_alone(connection: Connection) -> bool:
    """Whether others wait while one writes. Else a change may be committed after one that was numbered later."""
    return connection.dialect.name == "sqlite"


def changed_since(connection: Connection, number: int) -> set[int] | None:
    """The conversations touched since the change with this number; None where that is no longer known."""
    overlap = 0 if writes_alone(connection) else OVERLAP
    oldest = connection.execute(select(func.min(change.c.number))).scalar_one()
    if oldest is None or oldest > number + 1:
        return None
    query = select(change.c.conversation_key).distinct().where(change.c.number > number - overlap)
    return set(connection.execute(query).scalars())


def roots_changed_since(connection: Connection, number: int) -> Container[int]:
    """The roots of which anything was written since; all there are where that is no longer known."""
    changed = changed_since(connection, number)
    return _ALL if changed is None else {key >> EPISODE_BITS for key in changed}


class _Everything:
    def __contains__(self, _item: object) -> bool:
        return True


_ALL = _Everything()


def _latest(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(change.c.number), 0))).scalar_one())


def _data_version(connection: Connection) -> int:
    """A number that moves whenever another connection has committed. PostgreSQL has no such thing: always a new number."""
    if connection.dialect.name != "sqlite":
        return time.monotonic_ns()
    return int(connection.connection.cursor().execute("PRAGMA data_version").fetchone()[0])
