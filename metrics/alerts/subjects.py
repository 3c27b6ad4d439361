"""What an alert is about: a conversation, a message in one, a queue, the floor, a source, a month's bot sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from metrics.places import queue_of
from store.records import link_name

MAX_TEXT = 160
_NOT_PLAIN = str.maketrans({code: " " for code in (*range(32), 127)})


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing a rule holds for. `key` tells it from others of its rule; `text` is for people."""

    key: str
    text: str
    conversation_key: int | None = None
    link: str = ""  # what a link calls the conversation
    queue: str = ""


FLOOR = Subject("floor", "the floor")


def of_conversation(row: Mapping[str, Any]) -> Subject:
    """The conversation itself."""
    return _about(f"conversation:{row['conversation_key']}", row)


def of_message(identity: int, row: Mapping[str, Any]) -> Subject:
    """One message of a conversation: it stays the same where conversations are joined."""
    return _about(f"message:{identity}", row)


def of_queue(queue: str) -> Subject:
    """A queue as a whole."""
    return Subject(f"queue:{queue}", f"queue {_short(queue)}" if queue else "no queue", queue=queue)


def of_source(name: str) -> Subject:
    """A source of conversations."""
    return Subject(f"source:{name}", f"source {_short(name)}")


def source_of(key: str) -> str:
    """The source that such a subject's key names."""
    return key.removeprefix("source:")


def of_entitlement(month: str) -> Subject:
    """A month's bot sessions ("2026-11")."""
    return Subject(f"entitlement:{month}", f"bot sessions of {date.fromisoformat(f'{month}-01'):%B %Y}")


def _about(key: str, row: Mapping[str, Any]) -> Subject:
    who = row["customer_name"] or row["customer_id"] or row["conversation_id"]
    return Subject(key, _short(who), row["conversation_key"], link_name(row["source"], row["conversation_id"]), queue_of(row))


def _short(text: str) -> str:
    """One line of a bearable length, such as JSON can carry: names come from outside."""
    cut = text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
    return cut.translate(_NOT_PLAIN).encode("utf-8", "replace").decode()
