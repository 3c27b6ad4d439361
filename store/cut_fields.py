"""What parts of conversations (stays, calls, surveys, turns) are cut by, as packs hold it beside what is their own."""

from __future__ import annotations

from store.parties import is_of_people
from store.tables import conversation

WORDS = ("bot", "channel", "workstream", "queue", "topic", "reason", "outcome", "resolution")
CUT_FIELDS = (
    *(conversation.c[name] for name in (*WORDS, "is_test", "conversation_key")),
    is_of_people().label("is_of_people"),
)
