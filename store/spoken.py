"""What was said in some conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, select

from store.tables import activity, thread


class Spoken(NamedTuple):
    """A message with a text, whoever wrote it: customer, bot, agent, and what only the organisation saw."""

    at_ms: int
    role: str
    text: str


def spoken_in(connection: Connection, rows: Sequence[Mapping[Any, Any]]) -> dict[int, list[Spoken]]:
    """The messages of these rows of `conversation`, by their key, in order."""
    said: dict[int, list[Spoken]] = {row["conversation_key"]: [] for row in rows}
    if not rows:
        return said
    own = activity.c
    # An outer join leaves one way to go: from each thread to its own messages.
    query = (
        select(own.conversation_key, own.at_ms, own.role, own.text)
        .select_from(thread)
        .outerjoin(activity, and_(own.thread_key == thread.c.thread_key, own.kind == "message"))
        .where(thread.c.root_key.in_({row["root_key"] for row in rows}), func.coalesce(own.text, "") != "")
        .order_by(own.at_ms, own.at_sub, own.position, own.thread_key)
    )
    for key, at_ms, role, text in connection.execute(query):
        if key in said:
            said[key].append(Spoken(at_ms, role, text))
    return said
