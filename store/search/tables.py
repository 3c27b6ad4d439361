"""The tables of the full-text index. What is put into it is in `indexing`, what it is asked in `conditions` and `found`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Connection, Table, TableClause, column, delete, insert, inspect, select, table

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

# What the index is called while it is emptied.
OLD = "text_index_old"
# The first blocks say what is in the others: without them the table cannot be opened, nor be dropped.
OWN_BLOCKS = 10
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


def set_text_aside(connection: Connection) -> None:
    """Take the two tables away. Emptying the large one takes long, so it goes by another name until it is empty."""
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {text_open.name}")
    if not inspect(connection).has_table(text_index.name):
        return
    blocks = _blocks(text_index.name)
    is_empty = connection.execute(select(blocks.c.id).where(blocks.c.id > OWN_BLOCKS).limit(1)).first() is None
    if is_empty or has_old_text(connection):  # where an earlier one is still there, this one was hardly begun
        connection.exec_driver_sql(f"DROP TABLE {text_index.name}")
    else:
        connection.exec_driver_sql(f"ALTER TABLE {text_index.name} RENAME TO {OLD}")


def has_old_text(connection: Connection) -> bool:
    """Whether a table that was set aside is still there."""
    return has_index(connection) and inspect(connection).has_table(OLD)


def drop_some_old_text(connection: Connection, blocks: int) -> None:
    """Take so many blocks of what was set aside away; at last the table itself. Nobody looks into it any more."""
    old = _blocks(OLD)
    some = select(old.c.id).where(old.c.id > OWN_BLOCKS).limit(blocks)
    taken = connection.execute(delete(old).where(old.c.id.in_(some)))
    if taken.rowcount < blocks:
        connection.exec_driver_sql(f"DROP TABLE {OLD}")


def _blocks(name: str) -> TableClause:
    """The table in which FTS5 keeps what an index holds."""
    return table(f"{name}_data", column("id"))
