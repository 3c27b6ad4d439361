"""Turns that bots did not understand, of closed conversations: the newest of a selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, and_, select

from store.reads import IN_LIST
from store.records import Outcome
from store.selecting import Selection, closed_conversations
from store.tables import conversation, fallback

_TURN = (
    *(fallback.c[name] for name in ("conversation_key", "at_ms", "ended_ms", "words", "text")),
    *(conversation.c[name] for name in ("bot", "topic")),
    and_(conversation.c.outcome == Outcome.ESCALATED, conversation.c.escalated_ms >= fallback.c.at_ms).label("is_escalated"),
)
# Where they stand in a row.
_KEY, _ENDED = 0, 2


def newest_fallbacks(connection: Connection, chosen: Selection, *, limit: int) -> Sequence[Any]:
    """Rows of the selection's closed conversations, latest end first.

    conversation_key, at_ms, ended_ms, words, text, bot, topic, and is_escalated: whether a human was asked for after it.
    """
    own = fallback.c
    # The period is asked of the turns alone: so the way goes by their index, from the newest, and ends at the limit.
    of = closed_conversations(replace(chosen, start_ms=None, end_ms=None))
    query = (
        of.with_only_columns(*_TURN)
        .join(fallback, own.conversation_key == conversation.c.conversation_key)
        .where(own.ended_ms.is_not(None))
        .order_by(own.ended_ms.desc(), own.conversation_key.desc(), own.number.desc())
        .limit(limit)
    )
    if chosen.start_ms is not None:
        query = query.where(own.ended_ms >= chosen.start_ms)
    if chosen.end_ms is not None:
        query = query.where(own.ended_ms < chosen.end_ms)
    return connection.execute(query).all()


def fallbacks_of(connection: Connection, keys: Sequence[int]) -> Sequence[Any]:
    """The same of these conversations, which are closed."""
    own = fallback.c
    found: list[Any] = []
    for at in range(0, len(keys), IN_LIST):
        query = select(*_TURN, own.number).join(conversation, own.conversation_key == conversation.c.conversation_key)
        found.extend(connection.execute(query.where(own.conversation_key.in_(keys[at : at + IN_LIST]))).all())
    found.sort(key=itemgetter(_ENDED, _KEY, -1), reverse=True)
    return [row[:-1] for row in found]


def oldest_version(connection: Connection, chosen: Selection, *, bots_only: bool = True) -> int | None:
    """The version of the rules by which the first conversation to end in the period was derived; None where there is none."""
    span = Selection(start_ms=chosen.start_ms, end_ms=chosen.end_ms, include_tests=True, bots_only=bots_only)
    query = closed_conversations(span)
    first = query.with_only_columns(conversation.c.definition_version).order_by(conversation.c.ended_ms).limit(1)
    return connection.execute(first).scalar_one_or_none()
