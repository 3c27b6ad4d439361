"""The one way to write many rows, some of which may be there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, Literal, Never, assert_never, cast

from sqlalchemy import Connection, Table, func, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import Dialect

Rows = Sequence[Mapping[str, Any]]
Tuples = Sequence[tuple[Any, ...]]
Names = tuple[str, ...]
OnConflict = Literal["fail", "keep", "replace"]


@dataclass(frozen=True, slots=True)
class Merging:
    """What becomes of a row that is there: by default, all but its primary key is replaced."""

    newest_by: Names = ()  # only by a row that is as great or greater in these columns together
    adding: Names = ()  # to these the new value is added
    largest: Names = ()  # of these the greater value stands, or the only one


REPLACED = Merging()


def upsert(
    connection: Connection, table: Table, rows: Rows, *, newest_by: Names = (), adding: Names = (), largest: Names = ()
) -> None:
    """Insert `rows` into `table`; where the primary key is there, replace the rest, or merge it as `Merging` says."""
    _write_mappings(connection, table, rows, "replace", Merging(newest_by, adding, largest))


def insert_new(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert `rows` into `table`, leaving those alone that are there already."""
    _write_mappings(connection, table, rows, "keep")


def insert_all(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert `rows`, none of which may be there."""
    _write_mappings(connection, table, rows, "fail")


def write_tuples(connection: Connection, table: Table, columns: Names, rows: Tuples, *, on_conflict: OnConflict) -> None:
    """The same for rows that are tuples in the order of `columns`: what a bulk load writes most of."""
    if rows:
        # The driver takes the rows as they are: going through the statement for each would triple the time of a bulk load.
        connection.exec_driver_sql(_sql(table, columns, connection.dialect.name, on_conflict), list(rows))


def _write_mappings(
    connection: Connection, table: Table, rows: Rows, on_conflict: OnConflict, merging: Merging = REPLACED
) -> None:
    if not rows:
        return
    columns = tuple(rows[0])
    values = itemgetter(*columns) if len(columns) > 1 else lambda row: (row[columns[0]],)
    connection.exec_driver_sql(_sql(table, columns, connection.dialect.name, on_conflict, merging), [values(row) for row in rows])


@cache
def _sql(table: Table, columns: Names, dialect_name: str, on_conflict: OnConflict, merging: Merging = REPLACED) -> str:
    statement: Any = _insert(table, dialect_name).values(dict.fromkeys(columns))
    if on_conflict == "keep":
        statement = statement.on_conflict_do_nothing()
    elif on_conflict == "replace":
        key = [column.name for column in table.primary_key.columns]
        new = statement.excluded
        values = {name: new[name] for name in columns if name not in key}
        values |= {name: table.c[name] + new[name] for name in merging.adding}
        values |= {name: _larger(table.c[name], new[name], dialect_name) for name in merging.largest}
        where = None
        if merging.newest_by:
            where = tuple_(*(new[name] for name in merging.newest_by)) >= tuple_(*(table.c[name] for name in merging.newest_by))
        statement = statement.on_conflict_do_update(index_elements=key, set_=values, where=where)
    compiled = statement.compile(dialect=_positional(dialect_name), column_keys=list(columns))
    if tuple(compiled.positiontup) != columns:
        raise AssertionError(f"parameters of {table.name} are not in the order of its columns")
    return str(compiled)


def _larger(one: Any, other: Any, dialect_name: str) -> Any:
    """The greater of the two; where one of them is null, the other."""
    larger = func.max if dialect_name == "sqlite" else func.greatest
    return func.coalesce(larger(one, other), one, other)


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
