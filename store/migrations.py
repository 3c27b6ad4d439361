"""The way from any earlier database to the present tables: numbered steps, forward only, each run once."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, insert, inspect, select

from store.errors import NewerDatabaseError, StoreUnusableError
from store.tables import metadata, migration

Step = Callable[[Connection], None]


def _first_tables(connection: Connection) -> None:
    metadata.create_all(connection, checkfirst=True)


# Append only. A step is never edited after a release; a database remembers which it has had.
STEPS: tuple[tuple[int, str, Step], ...] = ((1, "first tables", _first_tables),)


def migrate(connection: Connection) -> None:
    """Run the steps that `connection`'s database has not had. Doing it again changes nothing."""
    if not inspect(connection).has_table(migration.name):
        migration.create(connection)
    done = set(connection.execute(select(migration.c.number)).scalars())
    if done and max(done) > STEPS[-1][0]:
        raise NewerDatabaseError("this database was made by a later release of Floorwalker; update the program, not the file")
    for number, name, step in STEPS:
        if number not in done:
            step(connection)
            connection.execute(insert(migration).values(number=number, name=name))
    _compare_columns(connection)


def _compare_columns(connection: Connection) -> None:
    """Refuse a database whose tables are not ours: it would fail later, in the middle of a load, and say less."""
    found = {
        name: {str(column["name"]) for column in columns}
        for (_, name), columns in inspect(connection).get_multi_columns().items()
    }
    for name, table in metadata.tables.items():
        if found.get(name) != {column.name for column in table.columns}:
            raise StoreUnusableError(
                f"table {name} of this database is not as this program makes it: the file was made by another state of the "
                "program; keep it aside and load the sources into a new one"
            )
