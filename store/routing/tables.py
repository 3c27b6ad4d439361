"""The tables of routing: every configuration that was in force, since when; and packed escalations."""

from sqlalchemy import BigInteger, Column, LargeBinary, Table, Text

from store.tables import RowId, metadata, pack_table

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

# Escalations of closed conversations, with their context variables, packed with the day on which the conversation ended: columns
# as in `day_pack`, but one pack holds those of all bots ("").
escalation_pack = pack_table("escalation_pack")
