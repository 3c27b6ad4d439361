"""The tables of alerts: rules made on a page, alerts with their steps, and what is to be told outside."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, UniqueConstraint

from store.tables import RowId, metadata

# Rules made on a page, and what was set about any other: switched off, muted.
alert_rule = Table(
    "alert_rule",
    metadata,
    Column("rule_id", Text, primary_key=True),
    Column("body", Text, nullable=True),  # its fields as JSON; null: the rule is built in or stands in the settings
    Column("is_enabled", Boolean, nullable=False),
    Column("muted_until_ms", BigInteger, nullable=True),
    Column("created_ms", BigInteger, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    Column("changed_by", Text, nullable=False),
    sqlite_with_rowid=False,
)

# One row per firing.
alert = Table(
    "alert",
    metadata,
    Column("alert_id", RowId, primary_key=True, autoincrement=True),
    Column("rule_id", Text, nullable=False),
    Column("rule_name", Text, nullable=False),  # as it was then: rules are renamed and removed
    Column("kind", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("subject", Text, nullable=False),  # such as "conversation:<key>", "queue:<name>"
    Column("subject_text", Text, nullable=False),
    Column("conversation_key", BigInteger, nullable=True),
    Column("link", Text, nullable=False),  # "source:id" of the conversation; "" where it is about none
    Column("queue", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("band", Text, nullable=False),
    Column("worst", Text, nullable=False),
    Column("since_ms", BigInteger, nullable=False),  # since when its level had been reached
    Column("fired_ms", BigInteger, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    Column("told_ms", BigInteger, nullable=True),
    Column("resolved_ms", BigInteger, nullable=True),
    Column("resolved_by", Text, nullable=False),
    Column("acknowledged_ms", BigInteger, nullable=True),
    Column("acknowledged_by", Text, nullable=False),
    Column("reason", Text, nullable=False),  # why it stands, or stood last
    Column("ending", Text, nullable=False),  # why it is over; "" while it stands
    Column("value_milli", BigInteger, nullable=True),  # thousandths of the rule's unit
    Column("num_steps", Integer, nullable=False),
    Column("memory", Text, nullable=False),  # what its next step depends on, as JSON
    Column("is_simulated", Boolean, nullable=False),
    Index("alert_fired", "fired_ms", "alert_id"),
    Index("alert_subject", "rule_id", "subject", "alert_id"),
    Index("alert_conversation", "conversation_key"),
    Index("alert_resolved", "resolved_ms"),
    sqlite_autoincrement=True,
)
# Never two open firings of one rule for one subject, whoever writes.
Index(
    "alert_open",
    alert.c.rule_id,
    alert.c.subject,
    unique=True,
    sqlite_where=alert.c.resolved_ms.is_(None),
    postgresql_where=alert.c.resolved_ms.is_(None),
)

alert_step = Table(
    "alert_step",
    metadata,
    Column("step_id", RowId, primary_key=True, autoincrement=True),
    Column("alert_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),  # from 1
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("band", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),  # a person; "" where nobody did it
    Column("reason", Text, nullable=False),
    Column("is_told", Boolean, nullable=False),
    UniqueConstraint("alert_id", "number"),
    sqlite_autoincrement=True,
)

# What is to be told outside: written with the step, and sent by whoever claims it.
delivery = Table(
    "delivery",
    metadata,
    Column("delivery_id", RowId, primary_key=True, autoincrement=True),
    Column("alert_id", BigInteger, nullable=False, index=True),
    Column("step_id", BigInteger, nullable=False),
    Column("target", Text, nullable=False),
    Column("state", Text, nullable=False),  # pending | sending | sent | failed | unknown
    Column("attempts", Integer, nullable=False),
    Column("next_try_ms", BigInteger, nullable=False),
    Column("lease_until_ms", BigInteger, nullable=True),
    Column("created_ms", BigInteger, nullable=False),
    Column("finished_ms", BigInteger, nullable=True),
    Column("last_error", Text, nullable=False),
    UniqueConstraint("step_id", "target"),
    Index("delivery_due", "target", "state", "next_try_ms"),
    sqlite_autoincrement=True,
)

TABLES = (alert_rule, alert, alert_step, delivery)
