"""The tables. Times are integer milliseconds since the epoch, UTC (`…_ms`); scores millionths (`…_micro`): sums stay exact."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    or_,
    text,
)

metadata = MetaData()

# SQLite counts up by itself only in a column typed INTEGER; PostgreSQL wants eight bytes.
RowId = BigInteger().with_variant(Integer(), "sqlite")

thread = Table(
    "thread",
    metadata,
    Column("thread_key", RowId, primary_key=True),
    Column("root_key", BigInteger, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("item_name", Text, nullable=False),  # the same id as Omnichannel conversations are named
    Column("marks", Text, nullable=False),
    Column("next_position", Integer, nullable=False),
    UniqueConstraint("source", "external_id"),
    Index("thread_item", "item_name"),
)

# Which threads belong to an Omnichannel conversation: those are one conversation, with the thread that is it.
work_item = Table(
    "work_item",
    metadata,
    Column("work_item_id", Text, primary_key=True),
    Column("thread_key", BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)

# Clustered by thread: a transcript is one range read.
activity = Table(
    "activity",
    metadata,
    Column("thread_key", BigInteger, primary_key=True),
    Column("identity", BigInteger, primary_key=True),
    Column("conversation_key", BigInteger, nullable=False),
    Column("activity_id", Text, nullable=False),
    Column("version", LargeBinary, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("at_sub", Integer, nullable=False),
    Column("time_known", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("wire_type", Text, nullable=False),
    Column("sender_id", Text, nullable=False),
    Column("sender_name", Text, nullable=False),
    Column("wire_role", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("role_inferred", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("detail", Text, nullable=True),
    Column("sentiment_micro", Integer, nullable=True),
    Column("engine", Text, nullable=False),
    sqlite_with_rowid=False,
)

raw_chunk = Table(
    "raw_chunk",
    metadata,
    Column("thread_key", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),  # zstandard over lines of JSON, one activity each
)

conversation = Table(
    "conversation",
    metadata,
    Column("conversation_key", BigInteger, primary_key=True, autoincrement=False),
    Column("root_key", BigInteger, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("workstream", Text, nullable=False),
    Column("customer_id", Text, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("is_bot", Boolean, nullable=False),
    Column("is_test", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("started_ms", BigInteger, nullable=False),
    Column("last_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger, nullable=True),
    Column("due_ms", BigInteger, nullable=True),
    Column("closed_by", Text, nullable=False),
    Column("bot", Text, nullable=False),
    Column("bot_id", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("escalation_queue", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("handler_name", Text, nullable=False),
    Column("outcome", Text, nullable=True),
    Column("resolution", Text, nullable=True),
    Column("reason", Text, nullable=False),
    Column("deciding_identity", BigInteger, nullable=True),
    Column("deciding_session", Integer, nullable=True),
    Column("bot_ms", BigInteger, nullable=True),
    Column("escalated_ms", BigInteger, nullable=True),
    Column("accepted_ms", BigInteger, nullable=True),
    Column("returned_to_bot", Boolean, nullable=False),
    Column("num_activities", Integer, nullable=False),
    Column("num_messages", Integer, nullable=False),
    Column("num_customer_messages", Integer, nullable=False),
    Column("num_scored", Integer, nullable=False),
    Column("sentiment_micro", Integer, nullable=True),
    Column("sentiment_high_micro", Integer, nullable=True),
    Column("num_fallbacks", Integer, nullable=False),
    Column("fallbacks_in_a_row", Integer, nullable=False),
    Column("num_human_asks", Integer, nullable=False),
    Column("last_customer_ms", BigInteger, nullable=True),
    Column("last_reply_ms", BigInteger, nullable=True),
    Column("csat_micro", Integer, nullable=True),
    Column("csat_requested", Boolean, nullable=False),
    # What only figures about the past ask. Databases from before these have them added, empty until they are derived anew.
    Column("is_engaged", Boolean, nullable=False, server_default=false()),
    Column("is_suspect", Boolean, nullable=False, server_default=false()),
    Column("bot_turns", Integer, nullable=False, server_default="0"),
    Column("wasted_turns", Integer, nullable=True),
    Column("wait_ms", BigInteger, nullable=True),
    Column("bot_sentiment_micro", Integer, nullable=True),
    Column("waiting_sentiment_micro", Integer, nullable=True),
    Column("agent_sentiment_micro", Integer, nullable=True),
    # What licences are counted by.
    Column("bot_use", Text, nullable=False, server_default=""),
    Column("invoked_ms", BigInteger, nullable=True),
    Column("invoked_bot", Text, nullable=False, server_default=""),
    Column("definition_version", Integer, nullable=False),
    Index("conversation_root", "root_key"),
    Index("conversation_id", "conversation_id"),
    Index("conversation_ended", "ended_ms"),
    Index("conversation_started", "started_ms"),
    Index("conversation_due", "due_ms"),
    # The latest conversation of a customer, and the name it gives, are one look-up.
    Index("conversation_customer", "source", "customer_id", "last_ms", "customer_name"),
    # So is the next contact of a customer after any moment.
    Index("conversation_contact", "source", "customer_id", "started_ms"),
)

# Escalations by their time. Most conversations have none, so it costs a load little.
_IS_ESCALATED = conversation.c.escalated_ms.is_not(None)
conversation_escalated = Index(
    "conversation_escalated", conversation.c.escalated_ms, sqlite_where=_IS_ESCALATED, postgresql_where=_IS_ESCALATED
)

# Bot sessions by when the bot was invoked, with all that a month's figures are cut by: they are counted in the index alone.
_IS_INVOKED = conversation.c.invoked_ms.is_not(None)
conversation_invoked = Index(
    "conversation_invoked",
    conversation.c.invoked_ms,
    conversation.c.is_test,
    conversation.c.invoked_bot,
    conversation.c.channel,
    conversation.c.bot_use,
    sqlite_where=_IS_INVOKED,
    postgresql_where=_IS_INVOKED,
)

# The few that may not count as a bot session in the month in which they began: a query must repeat this condition to use it.
may_not_count = or_(
    conversation.c.invoked_ms.is_(None), conversation.c.is_test.is_(True), conversation.c.invoked_ms != conversation.c.started_ms
)
conversation_uncounted = Index(
    "conversation_uncounted",
    conversation.c.started_ms,
    conversation.c.is_test,
    conversation.c.invoked_ms,
    conversation.c.bot_use,
    sqlite_where=may_not_count,
    postgresql_where=may_not_count,
)

# How many bot sessions began on each UTC day that had any; none known where a conversation of the day has changed since.
bot_session_day = Table(
    "bot_session_day",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),  # days since the epoch
    Column("num", Integer, nullable=True),
)

session = Table(
    "session",
    metadata,
    Column("conversation_key", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("handler", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("handler_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("started_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger, nullable=False),
    Column("duration_ms", BigInteger, nullable=True),
    Column("end", Text, nullable=False),
    sqlite_with_rowid=False,
)

segment = Table(
    "segment",
    metadata,
    Column("conversation_key", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("queue", Text, nullable=False),
    Column("entered_ms", BigInteger, nullable=False),
    Column("accepted_ms", BigInteger, nullable=True),
    Column("left_ms", BigInteger, nullable=True),
    # Databases from before these have them added, empty until they are derived anew.
    Column("accepted_by", Text, nullable=False, server_default=""),
    Column("end", Text, nullable=False, server_default=""),
    sqlite_with_rowid=False,
)

participant = Table(
    "participant",
    metadata,
    Column("conversation_key", BigInteger, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("participant_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("inferred", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

context_variable = Table(
    "context_variable",
    metadata,
    Column("conversation_key", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("value_type", Text, nullable=False),
    Column("set_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Turns that a bot did not understand, with what the customer had written.
fallback = Table(
    "fallback",
    metadata,
    Column("conversation_key", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger, nullable=True),
    Column("words", Text, nullable=False),
    Column("text", Text, nullable=False),
    # The newest of a period, and which conversations of it hold some words, without reading the rows.
    Index("fallback_ended", "ended_ms", "words"),
    sqlite_with_rowid=False,
)

# One row per customer of a source. Conversations name them by (source, customer_id).
customer = Table(
    "customer",
    metadata,
    Column("source", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("seen_ms", BigInteger, nullable=False),  # of the activity the name is taken from
    sqlite_with_rowid=False,
)


def pack_table(name: str) -> Table:
    """A table of packed days: one row for each UTC day and bot."""
    return Table(
        name,
        metadata,
        Column("day", Integer, primary_key=True),  # since the epoch
        Column("bot", Text, primary_key=True),
        Column("num_rows", Integer, nullable=False),
        Column("body", LargeBinary, nullable=False),
    )


# Closed bot conversations (tests included, marked) that ended on one UTC day with one bot, packed for counting in any zone.
day_pack = pack_table("day_pack")

# Stays in queues where people answer, packed with the day on which their conversation ended.
stay_pack = pack_table("stay_pack")

# Turns that bots did not understand, of closed conversations, packed with the day on which these ended.
fallback_pack = pack_table("fallback_pack")

# What queues promise by the routing configuration in force.
service_level = Table(
    "service_level",
    metadata,
    Column("queue", Text, primary_key=True),
    Column("seconds", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# When each day was packed last, as a number that rises with every packing: who keeps packs in memory sees by it which are others.
packed_day = Table(
    "packed_day",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Index("packed_day_number", "number"),
)

# Days whose packs are older than their conversations.
dirty_day = Table(
    "dirty_day",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("mark", BigInteger, nullable=False),  # another number each time the day is marked
)

# One row per conversation touched by a commit: what wakes those who watch.
change = Table(
    "change",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=True),
    Column("conversation_key", BigInteger, nullable=False),
    Column("conversation_id", Text, nullable=False),
    Column("committed_ms", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

# Supervisors who took a conversation on. A claim names an activity, not a conversation: those are derived anew again and again.
claim = Table(
    "claim",
    metadata,
    Column("claim_id", RowId, primary_key=True, autoincrement=True),
    Column("thread_key", BigInteger, nullable=False),
    Column("identity", BigInteger, nullable=False),
    Column("viewer_id", Text, nullable=False),
    Column("viewer_name", Text, nullable=False),
    Column("taken_ms", BigInteger, nullable=False),
    Column("taken_from", Text, nullable=False),  # name of who had it until then; "" where nobody had
    Column("released_ms", BigInteger, nullable=True),
    Column("ended_by", Text, nullable=False),  # "" while it stands
    Index("claim_thread", "thread_key"),
    Index("claim_standing", "claim_id", sqlite_where=text("released_ms IS NULL"), postgresql_where=text("released_ms IS NULL")),
)

source = Table(
    "source",
    metadata,
    Column("name", Text, primary_key=True),
    Column("last_event_ms", BigInteger, nullable=True),
    Column("last_seen_ms", BigInteger, nullable=True),
    Column("accepted", BigInteger, nullable=False),
    Column("duplicates", BigInteger, nullable=False),
    Column("is_simulated", Boolean, nullable=False),
)

cursor = Table(
    "cursor",
    metadata,
    Column("feed", Text, primary_key=True),  # a configured source, by its name in the settings
    Column("position", Text, nullable=False),
    Column("saved_ms", BigInteger, nullable=False),
)

rejected = Table(
    "rejected",
    metadata,
    Column("rejected_id", RowId, primary_key=True, autoincrement=True),
    Column("identity", BigInteger, nullable=False, unique=True),  # hash of source, reason and body: a re-load adds nothing
    Column("source", Text, nullable=False),
    Column("origin", Text, nullable=False),  # file or address it came by, for people
    Column("reason", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("replayed_ms", BigInteger, nullable=True),  # set when a replay read it
)

migration = Table(
    "migration",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
)
