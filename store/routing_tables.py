"""The tables of routing: every configuration that was in force, with the time from which it was."""

from sqlalchemy import BigInteger, Column, LargeBinary, Table, Text

from store.tables import RowId, metadata

configuration = Table(
    "configuration",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=True),
    Column("in_force_ms", BigInteger, nullable=False),
    Column("origin", Text, nullable=False),  # the file or source it came from, for people
    Column("digest", Text, nullable=False),  # of the body: the same again is not kept twice
    Column("body", LargeBinary, nullable=False),  # JSON
    sqlite_autoincrement=True,
)
