"""Suggestions that bots made to agents, and the packs that their figures are counted from."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from store.tables import metadata, pack_table

suggestion = Table(
    "suggestion",
    metadata,
    Column("conversation_key", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("activity_id", Text, nullable=False),
    Column("identity", BigInteger, nullable=False),
    Column("shown_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger, nullable=True),
    Column("session", Integer, nullable=False),
    Column("bot", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("fate", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("repeat", Text, nullable=False),
    Column("used_ms", BigInteger, nullable=True),
    Column("dismissed_ms", BigInteger, nullable=True),
    Column("use_ms", BigInteger, nullable=True),
    Column("text", Text, nullable=False),
    # Those of a period, without going through its conversations.
    Index("suggestion_ended", "ended_ms"),
    sqlite_with_rowid=False,
)

# Closed conversations that a person served, and what was suggested in them, packed with the day on which they ended.
assist_pack = pack_table("assist_pack")

TABLES = (suggestion, assist_pack)
