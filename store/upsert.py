"""The one way to write many rows, some of which may be there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Literal, Never, assert_never, cast

from sqlalchemy import Connection, Table, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import Dialect

Rows = Sequence[Mapping[str, Any]]
Tuples = Sequence[tuple[Any, ...]]
OnConflict = Literal["fail", "keep", "replace"]


def upsert(connection: Connection, table: Table, rows: Rows, *, newest_by: tuple[str, ...] = ()) -> None:
    """Insert `rows` into `table`; where the primary key is there, replace the rest.

    With `newest_by`, a row is replaced only by one that is as great or greater in those columns together.
    """
    _write_mappings(connection, table, rows, "replace", newest_by)


def insert_new(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert `rows` into `table`, leaving those alone that are there already."""
    _write_mappings(connection, table, rows, "keep")


def insert_all(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert `rows`, none of which may be there."""
    _write_mappings(connection, table, rows, "fail")


def write_tuples(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Tuples, *, on_conflict: OnConflict
) -> None:
    """The same for rows that are tuples in the order of `columns`: what a bulk load writes most of."""
    if rows:
        # The driver takes the rows as they are: going through the statement for each would triple the time of a bulk load.
        connection.exec_driver_sql(_sql(table, columns, connection.dialect.name, on_conflict, ()), list(rows))


def _write_mappings(
    connection: Connection, table: Table, rows: Rows, on_conflict: OnConflict, newest_by: tuple[str, ...] = ()
) -> None:
    if not rows:
        return
    columns = tuple(rows[0])
    values = itemgetter(*columns) if len(columns) > 1 else lambda row: (row[columns[0]],)
    connection.exec_driver_sql(
        _sql(table, columns, connection.dialect.name, on_conflict, newest_by), [values(row) for row in rows]
    )


@cache
def _sql(
    table: Table, columns: tuple[str, ...], dialect_name: str, on_conflict: OnConflict, newest_by: tuple[str, ...] = ()
) -> str:
    statement: Any = _insert(table, dialect_name).values(dict.fromkeys(columns))
    if on_conflict == "keep":
        statement = statement.on_conflict_do_nothing()
    elif on_conflict == "replace":
        key = [column.name for column in table.primary_key.columns]
        values = {name: statement.excluded[name] for name in columns if name not in key}
        where = None
        if newest_by:
            where = tuple_(*(statement.excluded[name] for name in newest_by)) >= tuple_(*(table.c[name] for name in newest_by))
        statement = statement.on_conflict_do_update(index_elements=key, set_=values, where=where)
    compiled = statement.compile(dialect=_positional(dialect_name), column_keys=list(columns))
    if tuple(compiled.positiontup) != columns:
        raise AssertionError(f"parameters of {table.name} are not in the order of its columns")
    return str(compiled)


def _insert(table: Table, dialect_name: str) -> sqlite.Insert | postgresql.Insert:
    # The two dialects spell the same statement alike, but keep it apart.
    match dialect_name:
        case "sqlite":
            return sqlite.insert(table)
        case "postgresql":
            return postgresql.insert(table)
        case _:
            assert_never(cast(Never, dialect_name))


def _positional(dialect_name: str) -> Dialect:
    """The dialect as it spells parameters by position, which both drivers take."""
    match dialect_name:
        case "sqlite":
            return sqlite.dialect(paramstyle="qmark")
        case "postgresql":
            dialect: Dialect = cast(Any, postgresql.dialect)(paramstyle="format")
            return dialect
        case _:
            assert_never(cast(Never, dialect_name))
