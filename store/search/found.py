"""Closed conversations that a search finds, newest first, and how many: the full-text index is asked, not each conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select, true

from store.history import Record
from store.search.conditions import holds, is_up_to_date, matches
from store.search.indexing import next_free, number_of
from store.search.tables import text_document, text_index
from store.search.words import knows, match_of
from store.selecting import Selection, closed_conversations, open_conversations
from store.tables import conversation

# Where a filter has to be looked up at each conversation that the index finds, so many are looked at for a count.
LOOKED_AT = 10_000
# Where filters leave no more than so many, which of them match is found first.
FEW = 2_000
# What a selection says that the index and its documents know exactly.
_KNOWN = frozenset(
    ("start_ms", "end_ms", "spans", "bots", "channels", "queues", "topics", "workstreams")
    + ("outcomes", "resolutions", "reasons", "having", "lacking", "being", "search", "bots_only", "states")
    + ("ranges", "sentiments", "is_suspect", "has_fallback")
)


def few_documents(connection: Connection, chosen: Selection) -> Sequence[int] | None:
    """All documents that match, where the index cannot tell a filter that leaves few conversations; else None.

    A common word would be looked for in all of history for the sake of one customer.
    """
    if not (chosen.customers or chosen.said):
        return None
    left = closed_conversations(replace(chosen, search="")).with_only_columns(conversation.c.conversation_key).limit(FEW + 1)
    keys = list(connection.execute(left).scalars())
    if len(keys) > FEW:
        return None
    few = list(connection.execute(select(text_document.c.doc_id).where(text_document.c.conversation_key.in_(keys))).scalars())
    # Of all that match in one go: asked about one after another, it would gather the words of a beginning again for each.
    matching = select(text_index.c.rowid).where(matches(text_index.name, match_of(chosen.search, chosen)))
    return list(connection.execute(matching.where((text_index.c.rowid + 0).in_(few))).scalars())


def page_of_found(
    connection: Connection, chosen: Selection, before: int | None, limit: int, *, few: Sequence[int] | None = None
) -> Sequence[Record]:
    """Closed conversations of a selection that say what it searches for, latest end first, each with its `doc_id`.

    With `before`, the document that the page before ended with, those that follow; `few` as `few_documents` finds them.
    """
    query = (
        _found(connection, chosen, before, few)
        .add_columns(*conversation.c)
        .outerjoin(conversation, conversation.c.conversation_key == text_document.c.conversation_key)
        .where(holds(_others(chosen, few)) == 1)
        .limit(limit)
    )
    return connection.execute(query).mappings().all()


def count_found(connection: Connection, chosen: Selection, most: int, *, few: Sequence[int] | None = None) -> tuple[int, bool]:
    """How many there are, open ones too, counted no further than `most`, and whether there may be more."""
    still_open = _count(connection, open_conversations(chosen).with_only_columns(conversation.c.conversation_key), most)
    if _is_exact(chosen):
        count = still_open + _count(connection, _found(connection, chosen, None, few), most)
        return min(count, most), count > most
    looked_at = _found(connection, chosen, None, few).limit(LOOKED_AT + 1).subquery()
    counted = select(func.count(), func.coalesce(func.sum(holds(_others(chosen, few))), 0)).select_from(
        looked_at.outerjoin(conversation, conversation.c.conversation_key == looked_at.c.found_key)
    )
    looked, closed = connection.execute(counted).one()
    count = still_open + int(closed)
    return min(count, most), looked > LOOKED_AT or count > most


def _count(connection: Connection, query: Select[Any], most: int) -> int:
    return int(connection.execute(select(func.count()).select_from(query.limit(most + 1).subquery())).scalar_one())


def _others(chosen: Selection, few: Sequence[int] | None) -> Any:
    """What a closed conversation must be beside saying it."""
    left = replace(chosen, search="") if few is None else replace(chosen, search="", customers=(), said=())
    return closed_conversations(left).whereclause


def _found(connection: Connection, chosen: Selection, before: int | None, few: Sequence[int] | None) -> Select[Any]:
    """Documents that the index finds, newest first: those of which it cannot be told here whether a filter holds among them."""
    number, own = text_index.c.rowid, text_document.c
    where, known = [matches(text_index.name, match_of(chosen.search, chosen))], [is_up_to_date(own.conversation_key)]
    if chosen.start_ms is not None:
        where.append(number >= number_of(chosen.start_ms))
        known.append(own.ended_ms >= chosen.start_ms)
    if chosen.end_ms is not None:
        where.append(number < next_free(connection, number_of(chosen.end_ms)))
        known.append(own.ended_ms < chosen.end_ms)
    if chosen.spans:
        known.append(or_(*(and_(own.ended_ms >= start_ms, own.ended_ms < end_ms) for start_ms, end_ms in chosen.spans)))
    if before is not None:
        where.append(number < before)
    found = select(own.doc_id, own.conversation_key.label("found_key"))
    if few is not None:
        known.append(true() if before is None else own.doc_id < before)
        return found.where(own.doc_id.in_(few), *known).order_by(own.doc_id.desc())
    return (
        found.select_from(text_index)
        .outerjoin(text_document, own.doc_id == number)
        .where(*where, holds(and_(*known)) == 1)
        .order_by(number.desc())
    )


def _is_exact(chosen: Selection) -> bool:
    """Whether the index and its documents know everything that a selection asks for."""
    plain = Selection()
    others = [field.name for field in fields(chosen) if field.name not in _KNOWN]
    is_closed = not chosen.states or "closed" in chosen.states  # as every document is
    return is_closed and knows(chosen) and all(getattr(chosen, name) == getattr(plain, name) for name in others)
