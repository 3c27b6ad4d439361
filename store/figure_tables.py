"""What people set beside figures: targets of metrics, and annotations on the time line."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from store.tables import RowId, metadata

# One for a metric of all bots and queues, and of each that differs.
metric_target = Table(
    "metric_target",
    metadata,
    Column("metric", Text, primary_key=True),
    Column("bot", Text, primary_key=True),  # "" for any
    Column("queue", Text, primary_key=True),  # "" for any
    Column("statistic", Text, nullable=False),
    Column("level_micro", BigInteger, nullable=False),  # millionths of the metric's unit
    Column("changed_ms", BigInteger, nullable=False),
    Column("changed_by", Text, nullable=False),
    sqlite_with_rowid=False,
)

annotation = Table(
    "annotation",
    metadata,
    Column("annotation_id", RowId, primary_key=True, autoincrement=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("bot", Text, nullable=False),  # "" for all
    Column("changed_ms", BigInteger, nullable=False),
    Column("changed_by", Text, nullable=False),
    Index("annotation_at", "at_ms"),
    sqlite_autoincrement=True,
)

TABLES = (metric_target, annotation)
