"""Turns that bots did not understand, of closed conversations: what is packed of them, and what was written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, select

from store.cut_fields import CUT_FIELDS
from store.parties import talked_to_bot
from store.reads import IN_LIST
from store.records import Outcome
from store.selecting import Selection, closed_conversations
from store.spans import ended_within
from store.tables import conversation, fallback

Place = tuple[int, int]  # the conversation's key, and the turn's number in it
FALLBACK_FIELDS = (
    conversation.c.ended_ms,
    *CUT_FIELDS,
    *(fallback.c[name] for name in ("number", "at_ms", "words")),
    # Whether a human was asked for after it.
    func.coalesce(
        and_(conversation.c.outcome == Outcome.ESCALATED, conversation.c.escalated_ms >= fallback.c.at_ms), False
    ).label("is_escalated"),
)


def fallback_rows(connection: Connection, closed: Any) -> Sequence[Any]:
    """FALLBACK_FIELDS of the turns of these closed conversations (`store.selecting`), in a fixed order."""
    query = (
        closed.with_only_columns(*FALLBACK_FIELDS)
        .join(fallback, fallback.c.conversation_key == conversation.c.conversation_key)
        .order_by(conversation.c.ended_ms, conversation.c.conversation_key, fallback.c.number)
    )
    return connection.execute(query).all()


def countable_fallbacks(connection: Connection, start_ms: int | None, end_ms: int | None) -> Iterator[Mapping[Any, Any]]:
    """Every turn of what ended in a span in which bots took part, with what its conversation is cut by."""
    names = ("outcome", "escalated_ms", "bot", "topic")
    query = select(fallback.c.at_ms, fallback.c.words, *(conversation.c[name] for name in names))
    query = query.join(conversation, conversation.c.conversation_key == fallback.c.conversation_key)
    query = query.where(talked_to_bot(include_tests=True), *ended_within(fallback.c.ended_ms, start_ms, end_ms))
    return iter(connection.execute(query).mappings())


def texts_of(connection: Connection, places: Collection[Place]) -> dict[Place, str]:
    """What customers wrote in these turns."""
    keys = sorted({key for key, _ in places})
    found: dict[Place, str] = {}
    for at in range(0, len(keys), IN_LIST):
        query = select(fallback.c.conversation_key, fallback.c.number, fallback.c.text)
        rows = connection.execute(query.where(fallback.c.conversation_key.in_(keys[at : at + IN_LIST])))
        found.update(((key, number), text) for key, number, text in rows)
    return found


def oldest_version(connection: Connection, chosen: Selection, *, bots_only: bool = True) -> int | None:
    """The version of the rules by which the first conversation to end in the period was derived; None where there is none."""
    span = Selection(start_ms=chosen.start_ms, end_ms=chosen.end_ms, include_tests=True, bots_only=bots_only)
    query = closed_conversations(span)
    first = query.with_only_columns(conversation.c.definition_version).order_by(conversation.c.ended_ms).limit(1)
    return connection.execute(first).scalar_one_or_none()
