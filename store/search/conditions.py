"""Whether a conversation says what is searched for: conditions for statements about conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, case, literal_column, select

from store.search.indexing import number_of
from store.search.tables import text_document, text_index, text_open, text_waiting
from store.search.words import match_of
from store.tables import conversation

if TYPE_CHECKING:
    from store.selecting import Selection


def says_closed(chosen: Selection) -> ColumnElement[bool]:
    """Whether a closed conversation says what a selection searches for."""
    found = (
        select(text_document.c.conversation_key)
        .select_from(text_index.outerjoin(text_document, text_document.c.doc_id == text_index.c.rowid))
        .where(matches(text_index.name, match_of(chosen.search, chosen)))
        .where(holds(is_up_to_date(text_document.c.conversation_key)) == 1)
    )
    if chosen.start_ms is not None:
        found = found.where(text_index.c.rowid >= number_of(chosen.start_ms))
    return conversation.c.conversation_key.in_(found)


def says_open(chosen: Selection) -> ColumnElement[bool]:
    """Whether an open conversation does."""
    own = text_open.c.rowid
    return conversation.c.conversation_key.in_(select(own).where(matches(text_open.name, chosen.search), is_up_to_date(own)))


def matches(name: str, match: str) -> ColumnElement[bool]:
    """Whether a document of the index of this name matches."""
    return literal_column(name).op("MATCH", is_comparison=True)(match)


def is_up_to_date(key: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a document, of the conversation with this key, says what that says now."""
    waits = select(text_waiting.c.conversation_key).where(text_waiting.c.conversation_key == key).exists()
    return and_(key.is_not(None), ~waits)


def holds(condition: Any) -> ColumnElement[int]:
    """1 or 0. Behind an outer join, SQLite cannot tell that the condition needs a row of the joined table.

    So there is one way to go: from what the index finds, newest first. It would rather look into the index for each conversation.
    """
    return case((condition, 1), else_=0)
