"""The tables of surveys: a row for each, and packs for counting."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from store.tables import metadata, pack_table

# Surveys that were asked or answered, each with the conversation that it is about.
survey = Table(
    "survey",
    metadata,
    Column("conversation_key", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("survey", Text, nullable=False),
    Column("asked_ms", BigInteger, nullable=True),
    Column("answered_ms", BigInteger, nullable=True),
    Column("answer_micro", Integer, nullable=True),
    Column("comment", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("is_after", Boolean, nullable=False),
    Column("counts", Boolean, nullable=False),
    Column("ended_ms", BigInteger, nullable=True),
    Index("survey_ended", "ended_ms"),
    sqlite_with_rowid=False,
)

# Surveys, packed with the day on which their conversation ended, those of conversations between people only too.
survey_pack = pack_table("survey_pack")
