"""Conversations of which only the first activities are written yet: too long for one transaction.

What they are derived to comes with the last of them. Where a load ended before that, settling does it from what there is.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import BigInteger, Column, Connection, Table, delete, select

from store.tables import conversation, metadata
from store.upsert import insert_new

unfinished = Table(
    "unfinished", metadata, Column("root_key", BigInteger, primary_key=True, autoincrement=False), sqlite_with_rowid=False
)


_BEGUN = select(unfinished.c.root_key).order_by(unfinished.c.root_key)


def begin_roots(connection: Connection, roots: Iterable[int]) -> None:
    """Note that more of these follows, and what is derived of them with it."""
    insert_new(connection, unfinished, [{"root_key": root} for root in roots])


def finish_roots(connection: Connection, roots: Iterable[int]) -> None:
    """Note that these are derived."""
    wanted = list(roots)
    if wanted:
        connection.execute(delete(unfinished).where(unfinished.c.root_key.in_(wanted)))


def unfinished_roots(connection: Connection) -> list[int]:
    """Those that were begun and are not derived. What has become a part of another root was derived with it."""
    return list(connection.execute(_BEGUN).scalars())


def is_derived(connection: Connection, root: int) -> bool:
    """Whether somebody has derived it, from whatever was there."""
    own = conversation.c
    return connection.execute(select(own.conversation_key).where(own.root_key == root).limit(1)).first() is not None
