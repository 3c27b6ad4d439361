"""Finding the conversation somebody means: by its id, or among the newest by its customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from metrics.channels import channel_label
from metrics.story_lines import Score, as_score, shown
from store.engine import Store
from store.finding import SEARCHED, Place, newest_conversations
from store.reads import find_conversation
from store.records import link_name

__all__ = ["SEARCHED", "Found", "Place", "find_by_customer", "has_conversation"]


@dataclass(frozen=True, slots=True)
class Found:
    """One conversation in a list. `channel` is the name people know it by."""

    id: str
    link: str
    customer: str
    channel: str
    bot: str
    topic: str
    state: str
    outcome: str
    is_test: bool
    started_ms: int
    sentiment: Score | None
    has_words: bool  # of the customer's
    place: Place  # the list goes on behind it


def has_conversation(store: Store, conversation_id: str) -> bool:
    """Whether something opens under this id."""
    with store.read() as connection:
        return find_conversation(connection, conversation_id) is not None


def find_by_customer(store: Store, text: str = "", *, before: Place | None = None, limit: int = 20) -> Sequence[Found]:
    """The newest conversations with customers whose name or id contains `text`; with `before`, those that follow in the list.

    Those in which the customer wrote anything come first.
    """
    with store.read() as connection:
        rows = newest_conversations(connection, customer=text, before=before, limit=limit)
    return [_found(row) for row in rows]


def _found(row: Any) -> Found:
    return Found(
        id=row["conversation_id"],
        link=link_name(row["source"], row["conversation_id"]),
        customer=shown(row["customer_name"] or row["customer_id"]),
        channel=shown(channel_label(row["channel"])),
        bot=shown(row["bot"]),
        topic=shown(row["topic"]),
        state=str(row["state"]),
        outcome=str(row["outcome"] or ""),
        is_test=bool(row["is_test"]),
        started_ms=row["started_ms"],
        sentiment=as_score(row["sentiment_micro"]),
        has_words=bool(row["has_words"]),
        place=(bool(row["has_words"]), row["started_ms"], row["conversation_key"]),
    )
