"""Rows of table `conversation` for tests that count them: only the fields that matter are named, the rest is filled in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert

from store.engine import Store
from store.tables import change, conversation, customer
from store.upsert import upsert
from store.writes import DAY_MS, mark_bot_session_days, mark_days

_EMPTY = {str: "", bool: False, int: 0}


def at(text: str) -> int:
    """ISO text with its offset as milliseconds."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def row(key: int, **said: Any) -> dict[str, Any]:
    """One row: a closed bot conversation of a minute, unless told otherwise."""
    ended_ms = said.get("ended_ms", at("2026-03-02T12:00:00Z"))
    begun_ms = said.get("started_ms", 0 if ended_ms is None else ended_ms - 60_000)
    filled = {column.name: None if column.nullable else _EMPTY[column.type.python_type] for column in conversation.c}
    filled |= {
        "conversation_key": key,
        "root_key": key,
        "episode": 1,
        "conversation_id": f"c{key}",
        "source": "test",
        "is_bot": True,
    }
    filled |= {"bot": "Ada", "state": "closed", "started_ms": begun_ms, "last_ms": ended_ms or begun_ms, "ended_ms": ended_ms}
    filled |= {"outcome": None if ended_ms is None else "other", "deciding_session": 1}
    return filled | said


def put(store: Store, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows as the product does: replacing those with the same key, and marking the days of both."""
    rows = list(rows)
    told = [
        {"conversation_key": item["conversation_key"], "conversation_id": item["conversation_id"], "committed_ms": 0}
        for item in rows
    ]
    with store.write() as connection:
        keys = [item["conversation_key"] for item in rows]
        columns = (conversation.c.ended_ms, conversation.c.invoked_ms)
        gone = connection.execute(delete(conversation).where(conversation.c.conversation_key.in_(keys)).returning(*columns)).all()
        ended = [*(each.ended_ms for each in gone), *(item["ended_ms"] for item in rows)]
        invoked = [*(each.invoked_ms for each in gone), *(item["invoked_ms"] for item in rows)]
        if rows:
            connection.execute(insert(conversation), rows)
            connection.execute(insert(change), told)
        upsert(connection, customer, _customers(rows), newest_by=("seen_ms", "name"))
        mark_days(connection, {ended_ms // DAY_MS for ended_ms in ended if ended_ms is not None})
        mark_bot_session_days(connection, {invoked_ms // DAY_MS for invoked_ms in invoked if invoked_ms is not None})


def _customers(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    latest = sorted((item for item in rows if item["customer_id"]), key=lambda item: (item["last_ms"], item["customer_name"]))
    named = {(item["source"], item["customer_id"]): item for item in latest}
    return [
        {"source": source, "customer_id": key, "name": item["customer_name"], "seen_ms": item["last_ms"]}
        for (source, key), item in named.items()
    ]
