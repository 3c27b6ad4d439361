"""Targets of metrics that people have set: few, and read whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, select

from store.figure_tables import metric_target
from store.reads import Rows
from store.upsert import upsert


def metric_targets(connection: Connection) -> Rows:
    """Every target that people have set."""
    order = (metric_target.c.metric, metric_target.c.bot, metric_target.c.queue)
    return connection.execute(select(metric_target).order_by(*order)).mappings().all()


def save_metric_target(connection: Connection, row: Mapping[str, Any]) -> None:
    """Set a target, in the place of the one for the same metric, bot and queue."""
    upsert(connection, metric_target, [row])


def delete_metric_target(connection: Connection, metric: str, bot: str, queue: str) -> None:
    """Have none."""
    own = metric_target.c
    connection.execute(delete(metric_target).where(own.metric == metric, own.bot == bot, own.queue == queue))
