"""Questions of the routing page: escalations with the context variables that stood when they were routed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from store.reads import IN_LIST
from store.records import Role
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
# So many escalations are read, and their variables, at a time.
AT_ONCE = 2_000


def escalations(connection: Connection, start_ms: int | None, end_ms: int | None) -> Iterator[Sequence[Row[Any]]]:
    """Conversations (tests left out) that asked for a human in this span, the oldest first, in parts."""
    query = select(*_ESCALATED).where(_escalated_between(start_ms, end_ms)).order_by(conversation.c.escalated_ms)
    yield from connection.execute(query.execution_options(yield_per=AT_ONCE)).partitions()


def escalations_of(connection: Connection, keys: Sequence[int]) -> Sequence[Row[Any]]:
    """The same columns of those of these conversations that asked for a human, the oldest first."""
    own = conversation.c
    found: list[Row[Any]] = []
    for at in range(0, len(keys), IN_LIST):
        asked = and_(own.conversation_key.in_(keys[at : at + IN_LIST]), own.escalated_ms.is_not(None))
        found.extend(connection.execute(select(*_ESCALATED).where(asked)))
    return sorted(found, key=lambda row: row.escalated_ms)


def escalation_times(connection: Connection, keys: Sequence[int]) -> set[int]:
    """When these conversations asked for a human, those that did."""
    own = conversation.c
    found: set[int] = set()
    for at in range(0, len(keys), IN_LIST):
        asked = and_(own.conversation_key.in_(keys[at : at + IN_LIST]), own.escalated_ms.is_not(None))
        found.update(connection.execute(select(own.escalated_ms).where(asked)).scalars())
    return found


def escalation_bounds(connection: Connection) -> tuple[int | None, int | None]:
    """When the first and when the last human was asked for."""
    first, last = (
        connection.execute(select(each(conversation.c.escalated_ms)).where(conversation.c.escalated_ms.is_not(None))).scalar_one()
        for each in (func.min, func.max)
    )
    return first, last


def count_escalations(connection: Connection, start_ms: int | None, end_ms: int | None) -> int:
    """How many there are in this span."""
    query = select(func.count()).select_from(conversation).where(_escalated_between(start_ms, end_ms))
    return int(connection.execute(query).scalar_one())


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


def _escalated_between(start_ms: int | None, end_ms: int | None) -> Any:
    conditions = [conversation.c.escalated_ms.is_not(None), ~conversation.c.is_test]
    if start_ms is not None:
        conditions.append(conversation.c.escalated_ms >= start_ms)
    if end_ms is not None:
        conditions.append(conversation.c.escalated_ms < end_ms)
    return and_(*conditions)
