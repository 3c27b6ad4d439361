"""Saved views: links that somebody gave a name, for everybody. Few, and read whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Table, Text, delete, insert, select, update

from store.reads import Rows
from store.tables import RowId, metadata

saved_view = Table(
    "saved_view",
    metadata,
    Column("view_id", RowId, primary_key=True, autoincrement=True),
    Column("page", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),  # the name as two are compared
    Column("query", Text, nullable=False),  # what stands behind the question mark
    Column("made_ms", BigInteger, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    Column("changed_by", Text, nullable=False),
    sqlite_autoincrement=True,
)


def views_by_name(connection: Connection) -> Rows:
    """All of them."""
    return connection.execute(select(saved_view).order_by(saved_view.c.name_key)).mappings().all()


def view_called(connection: Connection, name_key: str) -> Mapping[Any, Any] | None:
    """The one of this name."""
    return connection.execute(select(saved_view).where(saved_view.c.name_key == name_key)).mappings().one_or_none()


def add_view(connection: Connection, values: Mapping[str, Any]) -> int:
    """Write a new one; its number."""
    return int(connection.execute(insert(saved_view).values(values).returning(saved_view.c.view_id)).scalar_one())


def change_view(connection: Connection, view_id: int, values: Mapping[str, Any]) -> bool:
    """Write other values into one; False where it is no more."""
    return connection.execute(update(saved_view).where(saved_view.c.view_id == view_id).values(values)).rowcount == 1


def delete_view(connection: Connection, view_id: int) -> bool:
    """Forget one; False where it is no more."""
    return connection.execute(delete(saved_view).where(saved_view.c.view_id == view_id)).rowcount == 1
