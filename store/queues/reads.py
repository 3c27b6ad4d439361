"""Stays in queues where people answer, of closed conversations; and within how many seconds each queue promises to answer.

A stay that a bot took is none of these: a bot answers at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, delete, exists, func, insert, select

from store.cut_fields import CUT_FIELDS
from store.queues.records import StayEnd
from store.spans import ended_within
from store.tables import conversation, segment, service_level

# Where a queue promises nothing: what most of the field calls the service level.
USUAL_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Stayed:
    """Conversations with such a stay. An empty tuple does not narrow."""

    queues: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    within_level: bool = False  # accepted as soon as its queue promises


def _is_for_people(stay: FromClause) -> ColumnElement[bool]:
    return and_(stay.c.accepted_by != "bot", stay.c.end.not_in(("", StayEnd.OPEN)))


_WAITED_MS = segment.c.accepted_ms - segment.c.entered_ms
# A stay that is only looked for, apart from those that a statement reads.
_looked_for = segment.alias("looked_for")
STAY_FIELDS = (
    conversation.c.ended_ms,
    *CUT_FIELDS,
    segment.c.queue.label("stay_queue"),
    _WAITED_MS.label("waited_ms"),
    segment.c.end.label("stay_end"),
)


def has_stayed(wanted: Stayed) -> ColumnElement[bool]:
    """Whether a conversation has such a stay."""
    own = _looked_for.c
    where = [own.conversation_key == conversation.c.conversation_key, _is_for_people(_looked_for)]
    if wanted.queues:
        where.append(own.queue.in_(wanted.queues))
    if wanted.ends:
        where.append(own.end.in_(wanted.ends))
    if wanted.within_level:
        promised = select(service_level.c.seconds).where(service_level.c.queue == own.queue).scalar_subquery()
        waited_ms = own.accepted_ms - own.entered_ms
        where += [own.end == StayEnd.ACCEPTED, func.coalesce(promised, USUAL_SECONDS) * 1000 >= waited_ms]
    return exists().where(*where)


def stay_rows(connection: Connection, closed: Any) -> Sequence[Any]:
    """STAY_FIELDS of the stays of these closed conversations (`store.history.closed_conversations`), in a fixed order."""
    query = (
        closed.with_only_columns(*STAY_FIELDS)
        .join(segment, segment.c.conversation_key == conversation.c.conversation_key)
        .where(_is_for_people(segment))
        .order_by(conversation.c.ended_ms, conversation.c.conversation_key, segment.c.number)
    )
    return connection.execute(query).all()


def stays_of(connection: Connection, conversation_key: int) -> Sequence[Any]:
    """The same of one conversation; none while it is open."""
    own = conversation.c
    return stay_rows(connection, select(conversation).where(own.conversation_key == conversation_key, own.ended_ms.is_not(None)))


def countable_stays(connection: Connection, start_ms: int | None, end_ms: int | None) -> Iterator[Mapping[Any, Any]]:
    """What figures are counted from, of every stay, a bot's too, of the conversations that ended in a span."""
    names = ("conversation_key", "queue", "entered_ms", "accepted_ms", "accepted_by", "end")
    query = select(*(segment.c[name] for name in names)).join(
        conversation, conversation.c.conversation_key == segment.c.conversation_key
    )
    return iter(connection.execute(query.where(*ended_within(conversation.c.ended_ms, start_ms, end_ms))).mappings())


def service_levels(connection: Connection) -> dict[str, int]:
    """Within how many seconds each queue promises to answer; of queues that promise nothing, nothing."""
    return {row.queue: row.seconds for row in connection.execute(select(service_level))}


def replace_service_levels(connection: Connection, seconds: Mapping[str, int]) -> None:
    """What queues promise from now on."""
    connection.execute(delete(service_level))
    if seconds:
        connection.execute(insert(service_level), [{"queue": queue, "seconds": each} for queue, each in seconds.items()])
