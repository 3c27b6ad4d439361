"""The tables of what was spoken in calls."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from store.tables import metadata, pack_table

# Calls whose source says when something was spoken, in whole milliseconds (store/voice/records.py).
speech = Table(
    "speech",
    metadata,
    Column("conversation_key", BigInteger, primary_key=True, autoincrement=False),
    Column("ended_ms", BigInteger, nullable=True),
    Column("agent", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("span_ms", BigInteger, nullable=False),
    Column("spoken_ms", BigInteger, nullable=False),
    Column("customer_ms", BigInteger, nullable=False),
    Column("bot_ms", BigInteger, nullable=False),
    Column("agent_ms", BigInteger, nullable=False),
    Column("overlap_ms", BigInteger, nullable=False),
    Column("silence_ms", BigInteger, nullable=False),
    Column("longest_silence_ms", BigInteger, nullable=False),
    Column("hold_ms", BigInteger, nullable=False),
    Column("num_holds", Integer, nullable=False),
    Column("num_utterances", Integer, nullable=False),
    Column("customer_words", Integer, nullable=False),
    Column("bot_words", Integer, nullable=False),
    Column("agent_words", Integer, nullable=False),
    Index("speech_ended", "ended_ms"),
)

# Calls, packed with the day on which they ended; those between people only too, whose bot is "".
speech_pack = pack_table("speech_pack")
