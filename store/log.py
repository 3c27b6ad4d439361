"""SQLite's write-ahead log: when a commit waits for the disk, and when what was committed is moved into the database's file.

Both happen just before a transaction, on the connection that is about to have it, so nobody waits for a lock meanwhile.
"""

from __future__ import annotations

import sqlite3
from typing import cast

from sqlalchemy import Connection

MORE_FOLLOWS = "floorwalker_more_follows"  # an execution option: a later commit puts this one on disk
# So many rows written, the log holds some thousand pages, of a bot's posts five thousand: time to move them into the file. Within
# a commit, as SQLite would do it, those who wait for the writer would wait for that too.
CHANGES_IN_LOG = 4_000
NORMAL = 1  # of `PRAGMA synchronous`: the log is put on disk before it is moved, and by commits of those that are FULL
_LEVEL, _OWN_LEVEL = "floorwalker_level", "floorwalker_own_level"  # of `PRAGMA synchronous`: that in force, and the connection's
_MOVED = "floorwalker_moved"  # how much had been written when the log was last moved


def move(connection: Connection) -> None:
    """Before a transaction, and so with no lock that others wait for: move what earlier ones left in the log into the file.

    What somebody still reads stays in the log, and is moved another time.
    """
    written = cast(sqlite3.Connection, connection.connection.driver_connection).total_changes
    if written - connection.info.get(_MOVED, 0) >= CHANGES_IN_LOG:
        connection.info[_MOVED] = written
        connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")


def set_level(connection: Connection) -> None:
    """Let a commit wait for the disk, or leave that to a later one. Torn apart by a loss of power is none of them."""
    info = connection.info
    if _OWN_LEVEL not in info:
        info[_OWN_LEVEL] = info[_LEVEL] = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    level = min(NORMAL, info[_OWN_LEVEL]) if connection.get_execution_options().get(MORE_FOLLOWS) else info[_OWN_LEVEL]
    if level != info[_LEVEL]:
        connection.exec_driver_sql(f"PRAGMA synchronous = {level}")
        info[_LEVEL] = level
