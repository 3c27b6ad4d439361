"""The one way to write many rows, some of which may be there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Never, assert_never, cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import Dialect

Rows = Sequence[Mapping[str, Any]]


def upsert(connection: Connection, table: Table, rows: Rows, *, newest_by: str | None = None) -> None:
    """Insert `rows` (every column) into `table`; where the primary key is there, replace the rest.

    With `newest_by`, a row is replaced only by one that is as great or greater in that column.
    """
    _run(connection, table, rows, "replace", newest_by)


def insert_new(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert `rows` into `table`, leaving those alone that are there already."""
    _run(connection, table, rows, "keep", None)


def insert_all(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert `rows`, none of which may be there."""
    _run(connection, table, rows, "fail", None)


def _run(connection: Connection, table: Table, rows: Rows, on_conflict: str, newest_by: str | None) -> None:
    if rows:
        # The driver takes the rows as they are: going through the statement for each would triple the time of a bulk load.
        names = tuple(rows[0])
        connection.exec_driver_sql(_sql(table, names, connection.dialect.name, on_conflict, newest_by), list(rows))


@cache
def _sql(table: Table, names: tuple[str, ...], dialect_name: str, on_conflict: str, newest_by: str | None) -> str:
    statement: Any = _insert(table, dialect_name).values(dict.fromkeys(names))
    if on_conflict == "keep":
        statement = statement.on_conflict_do_nothing()
    elif on_conflict == "replace":
        key = [column.name for column in table.primary_key.columns]
        values = {name: statement.excluded[name] for name in names if name not in key}
        where = None if newest_by is None else statement.excluded[newest_by] >= table.c[newest_by]
        statement = statement.on_conflict_do_update(index_elements=key, set_=values, where=where)
    return str(statement.compile(dialect=_named(dialect_name), column_keys=list(names)))


def _insert(table: Table, dialect_name: str) -> sqlite.Insert | postgresql.Insert:
    # The two dialects spell the same statement alike, but keep it apart.
    match dialect_name:
        case "sqlite":
            return sqlite.insert(table)
        case "postgresql":
            return postgresql.insert(table)
        case _:
            assert_never(cast(Never, dialect_name))


def _named(dialect_name: str) -> Dialect:
    """The dialect as it spells named parameters, which both drivers take."""
    match dialect_name:
        case "sqlite":
            return sqlite.dialect(paramstyle="named")
        case "postgresql":
            return cast(Any, postgresql.dialect)(paramstyle="pyformat")
        case _:
            assert_never(cast(Never, dialect_name))
