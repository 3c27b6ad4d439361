"""Finding a conversation by who it was with. Bounded: only the newest are looked through, however long history is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, or_, select, tuple_

from store.tables import conversation

# Names are compared one by one; this many take some tens of milliseconds.
SEARCHED = 20_000

_LISTED = ("conversation_key", "conversation_id", "source", "customer_name", "customer_id", "channel", "bot", "topic")
_COLUMNS = [
    conversation.c[name] for name in (*_LISTED, "state", "started_ms", "ended_ms", "outcome", "is_test", "sentiment_micro")
]


def newest_conversations(
    connection: Connection, *, customer: str = "", before: tuple[int, int] | None = None, limit: int
) -> Sequence[Mapping[Any, Any]]:
    """Conversations, latest start first, with a customer whose name or id contains `customer`; with `before`, what follows it."""
    place = tuple_(conversation.c.started_ms, conversation.c.conversation_key)
    query = select(*_COLUMNS).order_by(conversation.c.started_ms.desc(), conversation.c.conversation_key.desc())
    if before is not None:
        query = query.where(place < before)
    if customer:
        newest = query.limit(SEARCHED).subquery()
        called = or_(
            newest.c.customer_name.icontains(customer, autoescape=True), newest.c.customer_id.icontains(customer, autoescape=True)
        )
        query = select(newest).where(called).order_by(newest.c.started_ms.desc(), newest.c.conversation_key.desc())
    return connection.execute(query.limit(limit)).mappings().all()
