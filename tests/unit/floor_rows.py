"""Rows of table `conversation` for tests of the floor, written straight: what derives them has tests of its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert

from store.engine import Store
from store.tables import change, conversation

NOW = 1_800_000_000_000
_BY_TYPE = {"TEXT": "", "BOOLEAN": False, "INTEGER": 0, "BIGINT": 0}


def facts(key: int, **given: Any) -> dict[str, Any]:
    """An open conversation with the bot Cora that needs nobody."""
    blank = {column.name: None if column.nullable else _BY_TYPE[str(column.type)] for column in conversation.c}
    calm = {
        "conversation_key": key,
        "root_key": key,
        "episode": 1,
        "conversation_id": f"c-{key}",
        "source": "demo",
        "channel": "webchat",
        "customer_name": f"Customer {key}",
        "is_bot": True,
        "state": "with_bot",
        "started_ms": NOW - 60_000,
        "last_ms": NOW - 5_000,
        "due_ms": NOW + 1_800_000,
        "bot": "Cora",
        "queue": "BotQueue",
        "handler_name": "Cora",
    }
    return blank | calm | given


def ended(key: int, outcome: str, *, ended_ms: int = NOW - 1000, **given: Any) -> dict[str, Any]:
    """A closed conversation with this outcome."""
    return facts(key, state="closed", due_ms=None, ended_ms=ended_ms, outcome=outcome, **given)


def save(store: Store, *rows: dict[str, Any], gone: tuple[int, ...] = ()) -> None:
    """Put these rows in the place of those with the same key, remove those that are `gone`, and say so in the change feed."""
    keys = [*(row["conversation_key"] for row in rows), *gone]
    with store.write() as connection:
        connection.execute(delete(conversation).where(conversation.c.conversation_key.in_(keys)))
        for row in rows:
            connection.execute(insert(conversation), row)
        for key in keys:
            connection.execute(insert(change), {"conversation_key": key, "conversation_id": f"c-{key}", "committed_ms": NOW})
