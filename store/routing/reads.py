"""Questions of the routing page: escalations with the context variables that stood when they were routed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select

from store.reads import IN_LIST
from store.records import Role
from store.selecting import Selection, open_or_closed
from store.spans import within
from store.tables import context_variable, conversation, session

_ESCALATED: list[ColumnElement[Any]] = [
    conversation.c[name]
    for name in (
        "conversation_key", "conversation_id", "source", "channel", "workstream", "customer_name", "customer_id", "bot", "topic",
        "queue", "escalation_queue", "escalated_ms", "accepted_ms", "state", "outcome", "returned_to_bot",
    )
]  # fmt: skip
# The first agent who had it since then. Who had it last may be another one, or a bot.
_ACCEPTED_BY = (
    select(session.c.name)
    .where(
        session.c.conversation_key == conversation.c.conversation_key,
        session.c.handler == Role.AGENT,
        session.c.ended_ms >= conversation.c.escalated_ms,
    )
    .order_by(session.c.number)
    .limit(1)
    .scalar_subquery()
)
_ESCALATED.append(_ACCEPTED_BY.label("accepted_by"))
_ASKED: tuple[ColumnElement[bool], ...] = (conversation.c.escalated_ms.is_not(None), ~conversation.c.is_test)
# So many escalations are read, and their variables, at a time.
AT_ONCE = 500


def escalations(
    connection: Connection,
    start_ms: int | None,
    end_ms: int | None,
    among: Selection | None = None,
    queues: Sequence[str] = (),
) -> Iterator[Sequence[Row[Any]]]:
    """Conversations (tests left out) that asked for a human in this span, the oldest first, in parts; `among` those of a
    selection, `queues` that they came from or went to.
    """
    query = select(*_ESCALATED).where(*_escalated_between(start_ms, end_ms), *_narrowed(among, queues))
    query = query.order_by(conversation.c.escalated_ms, conversation.c.conversation_key)
    yield from connection.execute(query.execution_options(yield_per=AT_ONCE)).partitions()


def ended_escalations(connection: Connection, start_ms: int, end_ms: int) -> Sequence[Row[Any]]:
    """The same of conversations that ended in this span, in a fixed order."""
    own = conversation.c
    where = (own.ended_ms >= start_ms, own.ended_ms < end_ms, *_ASKED)
    return connection.execute(select(*_ESCALATED).where(*where).order_by(own.ended_ms, own.conversation_key)).all()


def open_escalations(connection: Connection) -> Sequence[Row[Any]]:
    """The same of conversations that are open."""
    return connection.execute(select(*_ESCALATED).where(conversation.c.ended_ms.is_(None), *_ASKED)).all()


def escalations_of(connection: Connection, keys: Sequence[int]) -> Sequence[Row[Any]]:
    """The same columns of those of these conversations that asked for a human, the oldest first."""
    own = conversation.c
    found: list[Row[Any]] = []
    for at in range(0, len(keys), IN_LIST):
        asked = and_(own.conversation_key.in_(keys[at : at + IN_LIST]), own.escalated_ms.is_not(None))
        found.extend(connection.execute(select(*_ESCALATED).where(asked)))
    return sorted(found, key=lambda row: (row.escalated_ms, row.conversation_key))


def variables_of(connection: Connection, keys: Sequence[int]) -> Iterator[Any]:
    """The context variables of these conversations in the order in which they were set."""
    own = context_variable.c
    for at in range(0, len(keys), IN_LIST):
        query = (
            select(own.conversation_key, own.name, own.value, own.value_type, own.set_ms)
            .where(own.conversation_key.in_(keys[at : at + IN_LIST]))
            .order_by(own.conversation_key, own.number)
        )
        yield from connection.execute(query)


def _escalated_between(start_ms: int | None, end_ms: int | None) -> tuple[ColumnElement[bool], ...]:
    return *_ASKED, *within(conversation.c.escalated_ms, start_ms, end_ms)


def _narrowed(among: Selection | None, queues: Sequence[str]) -> list[ColumnElement[bool]]:
    own = conversation.c
    touched = [or_(own.queue.in_(queues), own.escalation_queue.in_(queues))] if queues else []
    return [*open_or_closed(among), *touched]
