"""Questions only the live floor asks: the rows it watches, and the scores behind their sentiment lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from store.claims import claimed_by
from store.reads import IN_LIST, MAX_OPEN
from store.records import Kind, Role
from store.tables import activity, conversation, thread

# What the floor needs of a conversation, and no more: these rows are read on every change.
_WATCHED = [
    conversation.c[name]
    for name in (
        "conversation_key", "root_key", "conversation_id", "source", "channel", "workstream", "customer_id", "customer_name",
        "is_bot", "is_test", "state", "started_ms", "last_ms", "ended_ms", "due_ms", "bot", "queue", "escalation_queue", "topic",
        "handler_name", "outcome", "escalated_ms", "accepted_ms", "num_messages", "num_customer_messages", "num_scored",
        "sentiment_micro", "sentiment_high_micro", "num_fallbacks", "fallbacks_in_a_row", "num_human_asks",
        "last_customer_ms", "last_reply_ms",
    )
]  # fmt: skip
EARLIEST_MS = -(2**62)


def floor_conversations(connection: Connection, *, since_ms: int) -> list[dict[str, Any]]:
    """Open conversations, newest first, and those that ended after `since_ms`."""
    # Of null or not alone, SQLite may think that reading everything is as quick as the index.
    still_open = select(*_WATCHED).where(conversation.c.due_ms >= EARLIEST_MS)
    still_open = still_open.order_by(conversation.c.last_ms.desc()).limit(MAX_OPEN)
    ended = select(*_WATCHED).where(conversation.c.ended_ms > since_ms)
    return _with_claims(connection, [*_rows(connection, still_open), *_rows(connection, ended)])


def floor_conversations_by_key(connection: Connection, keys: Iterable[int], *, since_ms: int) -> list[dict[str, Any]]:
    """Those of `keys` that are open or ended after `since_ms`; a bulk load of old history costs the floor next to nothing."""
    wanted = list(keys)
    found: list[dict[str, Any]] = []
    for at in range(0, len(wanted), IN_LIST):
        query = select(*_WATCHED).where(
            conversation.c.conversation_key.in_(wanted[at : at + IN_LIST]),
            or_(conversation.c.due_ms.is_not(None), conversation.c.ended_ms > since_ms),
        )
        found.extend(_rows(connection, query))
    return _with_claims(connection, found)


def outcomes_by_quarter(connection: Connection, *, since_ms: int, until_ms: int, quarter_ms: int) -> list[tuple[str, int, int]]:
    """Bot conversations that ended after `since_ms`, up to `until_ms`: outcome, time of the end over `quarter_ms`, how many."""
    quarter = conversation.c.ended_ms // quarter_ms
    query = select(conversation.c.outcome, quarter, func.count()).where(*_ended_with_bot(since_ms, until_ms))
    return [
        (outcome, when, count) for outcome, when, count in connection.execute(query.group_by(conversation.c.outcome, quarter))
    ]


def escalations_by_quarter(connection: Connection, *, since_ms: int, until_ms: int, quarter_ms: int) -> list[tuple[int, int]]:
    """The same conversations where a human was asked for: time of the asking over `quarter_ms`, how many."""
    quarter = conversation.c.escalated_ms // quarter_ms
    query = select(quarter, func.count()).where(*_ended_with_bot(since_ms, until_ms), conversation.c.escalated_ms.is_not(None))
    return [(when, count) for when, count in connection.execute(query.group_by(quarter))]


def _ended_with_bot(since_ms: int, until_ms: int) -> list[ColumnElement[bool]]:
    return [
        conversation.c.ended_ms > since_ms,
        conversation.c.ended_ms <= until_ms,
        conversation.c.due_ms.is_(None),
        conversation.c.is_bot,
        ~conversation.c.is_test,
    ]


def customer_scores(connection: Connection, root_keys: Iterable[int]) -> dict[int, list[int]]:
    """By conversation key, the scores of the customer's messages in order (millionths)."""
    return {key: [score for _, score in pairs] for key, pairs in timed_scores(connection, root_keys).items()}


def timed_scores(connection: Connection, root_keys: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """By conversation key, time and score of each of the customer's messages in order (milliseconds, millionths)."""
    wanted = list(root_keys)
    found: dict[int, list[tuple[int, int]]] = {}
    for at in range(0, len(wanted), IN_LIST):
        query = (
            select(activity.c.conversation_key, activity.c.at_ms, activity.c.sentiment_micro)
            .join(thread, thread.c.thread_key == activity.c.thread_key)
            .where(
                thread.c.root_key.in_(wanted[at : at + IN_LIST]),
                activity.c.kind == Kind.MESSAGE.value,
                activity.c.role == Role.CUSTOMER.value,
                activity.c.sentiment_micro.is_not(None),
            )
            .order_by(activity.c.at_ms, activity.c.at_sub, activity.c.position, activity.c.thread_key)
        )
        for key, at_ms, score in connection.execute(query):
            found.setdefault(key, []).append((at_ms, score))
    return found


def _with_claims(connection: Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each row with `claimed_by`: the name of who is on it, "" where nobody is."""
    names = claimed_by(connection) if rows else {}
    for row in rows:
        row["claimed_by"] = names.get(row["conversation_key"], "")
    return rows


def _rows(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query).mappings()]
