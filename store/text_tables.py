"""The tables of the full-text index. What is put into it is in `store.indexing`, what it is asked in `store.text_search`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Connection, Table, column, insert, select, table

from store.tables import RowId, conversation, metadata

# One row per document of `text_index`. A document is never changed: the index keeps no text that it could be taken out by.
text_document = Table(
    "text_document",
    metadata,
    Column("doc_id", RowId, primary_key=True, autoincrement=False),
    Column("conversation_key", BigInteger, nullable=True, unique=True),  # null: another took its place, it is found no more
    Column("ended_ms", BigInteger, nullable=False),
    Column("fingerprint", BigInteger, nullable=False),  # of everything that was indexed: the same again is left alone
)

# Conversations that were derived anew since they were indexed, or are no more. Until they are looked at they are not found.
text_waiting = Table("text_waiting", metadata, Column("conversation_key", RowId, primary_key=True, autoincrement=False))

TABLES = (text_document, text_waiting)

# Of closed conversations: no text is kept, only where words stand. Of open ones: few, and they change, so with their text.
text_index = table("text_index", column("rowid"), column("said"))
text_open = table("text_open", column("rowid"), column("said"))

TOKENS = "tokenize = 'unicode61 remove_diacritics 2'"
# Beginnings of three letters have lists of their own, or they would be gathered from thousands of words at each search.
SHORTEST_PREFIX = 3
_MADE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS text_index USING fts5(said, content = '', columnsize = 0, prefix = '3', {TOKENS})",
    f"CREATE VIRTUAL TABLE IF NOT EXISTS text_open USING fts5(said, {TOKENS})",
)


def has_index(connection: Connection) -> bool:
    """Whether this kind of database has the index: it is SQLite's own."""
    return connection.dialect.name == "sqlite"


def make_index(connection: Connection) -> None:
    """Make the tables; every conversation that there is waits for being indexed."""
    metadata.create_all(connection, tables=TABLES, checkfirst=True)
    if has_index(connection):
        make_text_tables(connection)
        keys = select(conversation.c.conversation_key)
        connection.execute(insert(text_waiting).prefix_with("OR IGNORE").from_select(["conversation_key"], keys))


def make_text_tables(connection: Connection) -> None:
    """Make the two tables of FTS5, where they are not there."""
    for statement in _MADE:
        connection.exec_driver_sql(statement)


def drop_text_tables(connection: Connection) -> None:
    """Take them away with everything in them."""
    for name in (text_index.name, text_open.name):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
