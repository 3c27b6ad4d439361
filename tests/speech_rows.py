"""Rows of table `speech` for tests that count them: only the fields that matter are named, the rest is filled in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from store.engine import Store
from store.voice.tables import speech
from tests.conversation_rows import put, row


def spoken(key: int, ended_ms: int | None, **said: Any) -> dict[str, Any]:
    """One row."""
    filled = {column.name: "" if column.name in ("agent", "queue") else 0 for column in speech.c}
    return filled | {"conversation_key": key, "ended_ms": ended_ms} | said


def keep_call(store: Store, key: int, *, said: dict[str, Any] | None = None, **times: Any) -> None:
    """A closed call with this speech; `said` is what its conversation is."""
    kept = row(key, **({"channel": "telephony"} | (said or {})))
    put(store, [kept])
    with store.write() as connection:
        connection.execute(insert(speech).values(spoken(key, kept["ended_ms"], **times)))
