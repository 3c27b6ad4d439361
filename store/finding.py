"""Finding a conversation by who it was with. Bounded: only the newest are looked through, however long history is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, or_, select, tuple_

from store.tables import conversation

# Names are compared one by one; this many take some tens of milliseconds.
SEARCHED = 20_000

# Where a conversation stands in the list: whether its customer wrote anything, when it began, its key.
Place = tuple[bool, int, int]

_LISTED = ("conversation_key", "conversation_id", "source", "customer_name", "customer_id", "channel", "bot", "topic")
_COLUMNS = [
    *(conversation.c[name] for name in (*_LISTED, "state", "started_ms", "ended_ms", "outcome", "is_test", "sentiment_micro")),
    (conversation.c.num_customer_messages > 0).label("has_words"),
]


def newest_conversations(
    connection: Connection, *, customer: str = "", before: Place | None = None, limit: int
) -> Sequence[Mapping[Any, Any]]:
    """Conversations, latest start first, those in which the customer wrote before those in which nobody did.

    With `customer` only those whose customer's name or id contains it; with `before`, what follows it in the list.
    """
    if customer:
        return _called(connection, customer, before=before, limit=limit)
    found: list[Mapping[Any, Any]] = []
    for has_words in (True, False):  # one after the other, so that each is read along the index of starts
        if len(found) == limit or (before is not None and before[0] < has_words):
            continue
        query = _in_order(select(*_COLUMNS), conversation).where((conversation.c.num_customer_messages > 0) == has_words)
        if before is not None and before[0] == has_words:
            query = query.where(tuple_(conversation.c.started_ms, conversation.c.conversation_key) < before[1:])
        found += connection.execute(query.limit(limit - len(found))).mappings()
    return found


def _called(connection: Connection, customer: str, *, before: Place | None, limit: int) -> Sequence[Mapping[Any, Any]]:
    newest = _in_order(select(*_COLUMNS), conversation).limit(SEARCHED).subquery()
    names: list[ColumnElement[bool]] = [
        newest.c[name].icontains(customer, autoescape=True) for name in ("customer_name", "customer_id")
    ]
    query = select(newest).where(or_(*names)).order_by(newest.c.has_words.desc())
    if before is not None:
        query = query.where(tuple_(newest.c.has_words, newest.c.started_ms, newest.c.conversation_key) < before)
    return connection.execute(_in_order(query, newest).limit(limit)).mappings().all()


def _in_order(query: Select[Any], of: FromClause) -> Select[Any]:
    return query.order_by(of.c.started_ms.desc(), of.c.conversation_key.desc())
