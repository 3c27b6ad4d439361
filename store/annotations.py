"""Annotations on the time line: written by people, few, and read whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from store.figure_tables import annotation
from store.reads import Rows


def annotations_in(connection: Connection, start_ms: int | None = None, end_ms: int | None = None) -> Rows:
    """Those of a span of time, the newest first."""
    query = select(annotation).order_by(annotation.c.at_ms.desc(), annotation.c.annotation_id.desc())
    if start_ms is not None:
        query = query.where(annotation.c.at_ms >= start_ms)
    if end_ms is not None:
        query = query.where(annotation.c.at_ms < end_ms)
    return connection.execute(query).mappings().all()


def add_annotation(connection: Connection, values: Mapping[str, Any]) -> int:
    """Write a new one; its number."""
    made = insert(annotation).values(values).returning(annotation.c.annotation_id)
    return int(connection.execute(made).scalar_one())


def change_annotation(connection: Connection, annotation_id: int, values: Mapping[str, Any]) -> bool:
    """Write other values into one; False where it is no more."""
    changed = update(annotation).where(annotation.c.annotation_id == annotation_id).values(values)
    return connection.execute(changed).rowcount == 1


def delete_annotation(connection: Connection, annotation_id: int) -> bool:
    """Forget one; False where it is no more."""
    return connection.execute(delete(annotation).where(annotation.c.annotation_id == annotation_id)).rowcount == 1
