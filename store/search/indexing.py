"""Keeping the full-text index: who waits for it, and indexing some of them in one transaction.

What changes a conversation notes, in its own transaction, that it waits; that is all a load pays. Indexing is done later, by
whoever has the time. Cut short at any moment, what was not indexed still waits, and what was is indexed once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from store.search.tables import (
    has_index,
    make_index,
    set_text_aside,
    text_document,
    text_index,
    text_open,
    text_waiting,
)
from store.search.words import document_of, messages_of
from store.spoken import spoken_in
from store.tables import conversation
from store.upsert import insert_all, insert_new

Row = Mapping[Any, Any]
# Documents are numbered by when their conversations ended, so that the newest are found first: a number for each of these.
NUMBER_MS = 50
# One conversation with more than this is indexed by itself.
MOST_MESSAGES = 2_000
_NUMBERS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Indexed:
    """How the index is: conversations that can be searched, those that wait, and entries that others took the place of."""

    closed: int
    open: int
    waiting: int
    superseded: int


def wait_for_index(connection: Connection, keys: Iterable[int]) -> None:
    """Note that these conversations were derived anew, or are no more."""
    if has_index(connection):
        insert_new(connection, text_waiting, [{"conversation_key": key} for key in keys])


def count_waiting(connection: Connection) -> int:
    """How many conversations wait for being indexed."""
    return int(connection.execute(select(func.count()).select_from(text_waiting)).scalar_one())


def is_any_waiting(connection: Connection) -> bool:
    """Whether there is anything to be indexed."""
    return connection.execute(select(text_waiting.c.conversation_key).limit(1)).first() is not None


def read_state(connection: Connection) -> Indexed:
    """What the index holds, and how far it is behind."""
    if not has_index(connection):
        return Indexed(0, 0, 0, 0)
    own = text_document.c
    documents, closed = connection.execute(select(func.count(), func.count(own.conversation_key))).one()
    still_open = connection.execute(select(func.count()).select_from(text_open)).scalar_one()
    return Indexed(int(closed), int(still_open), count_waiting(connection), int(documents) - int(closed))


def index_some(connection: Connection, most: int) -> int:
    """Index up to so many of the conversations that wait, those that came last first; how many it were."""
    last = text_waiting.c.conversation_key.desc()
    waiting = list(connection.execute(select(text_waiting.c.conversation_key).order_by(last).limit(most)).scalars())
    if not waiting:
        return 0
    rows = {row["conversation_key"]: row for row in connection.execute(_of_keys(waiting)).mappings()}
    keys = _within(waiting, rows)
    still_there = [rows[key] for key in keys if key in rows]
    texts = _texts_of(connection, still_there)
    _index_open(connection, keys, [row for row in still_there if row["ended_ms"] is None], texts)
    _index_closed(connection, keys, [row for row in still_there if row["ended_ms"] is not None], texts)
    connection.execute(delete(text_waiting).where(text_waiting.c.conversation_key.in_(keys)))
    return len(keys)


def forget_index(connection: Connection) -> None:
    """Empty the index, so that every conversation waits for being indexed anew."""
    if not has_index(connection):
        return
    connection.execute(delete(text_document))
    set_text_aside(connection)
    make_index(connection)


def merge_some(connection: Connection, pages: int) -> bool:
    """Bring parts of the index together, so that fewer have to be looked into; whether there was anything to do."""
    if not has_index(connection):
        return False
    raw: Any = connection.connection.driver_connection
    before = raw.total_changes
    connection.exec_driver_sql("INSERT INTO text_index(text_index, rank) VALUES ('merge', ?)", (pages,))
    # The statement itself is one change.
    return bool(raw.total_changes - before >= 2)


def _of_keys(keys: Sequence[int]) -> Any:
    return select(conversation).where(conversation.c.conversation_key.in_(keys))


def _within(keys: Sequence[int], rows: Mapping[int, Row]) -> list[int]:
    """The first of these, as many as have no more than MOST_MESSAGES together; always one."""
    chosen: list[int] = []
    total = 0
    for key in keys:
        total += rows[key]["num_messages"] if key in rows else 0
        if chosen and total > MOST_MESSAGES:
            break
        chosen.append(key)
    return chosen


def _texts_of(connection: Connection, rows: Sequence[Row]) -> dict[int, list[str]]:
    return {key: [item.text for item in items] for key, items in spoken_in(connection, rows).items()}


def _index_open(connection: Connection, keys: Collection[int], rows: Sequence[Row], texts: Mapping[int, list[str]]) -> None:
    connection.execute(delete(text_open).where(text_open.c.rowid.in_(keys)))
    if rows:
        said = [{"rowid": row["conversation_key"], "said": messages_of(texts[row["conversation_key"]])} for row in rows]
        connection.execute(insert(text_open), said)


def _index_closed(connection: Connection, keys: Collection[int], rows: Sequence[Row], texts: Mapping[int, list[str]]) -> None:
    """Give each of these a document that says what it says now; documents of `keys` that say anything else are found no more."""
    own = text_document.c
    there = select(own.conversation_key, own.fingerprint).where(own.conversation_key.in_(keys))
    known = {key: fingerprint for key, fingerprint in connection.execute(there)}
    documents = {row["conversation_key"]: document_of(row, texts[row["conversation_key"]]) for row in rows}
    marks = {row["conversation_key"]: _fingerprint(row, documents[row["conversation_key"]]) for row in rows}
    other = [key for key, fingerprint in known.items() if marks.get(key) != fingerprint]
    if other:
        connection.execute(update(text_document).where(own.conversation_key.in_(other)).values(conversation_key=None))
    new = [row for row in rows if known.get(row["conversation_key"]) != marks[row["conversation_key"]]]
    numbers = _free_numbers(connection, [row["ended_ms"] for row in new])
    made = [
        {
            "doc_id": number,
            "conversation_key": row["conversation_key"],
            "ended_ms": row["ended_ms"],
            "fingerprint": marks[row["conversation_key"]],
        }
        for number, row in zip(numbers, new, strict=True)
    ]
    insert_all(connection, text_document, made)
    if made:
        said = [{"rowid": item["doc_id"], "said": documents[item["conversation_key"]]} for item in made]
        connection.execute(insert(text_index), said)


def _fingerprint(row: Row, document: str) -> int:
    digest = blake2b(f"{row['ended_ms']} {document}".encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def number_of(ended_ms: int) -> int:
    """The first number that a document of a conversation that ended then may have."""
    return ended_ms // NUMBER_MS


def next_free(connection: Connection, number: int) -> int:
    """The first number from this one on that no document has. All between were taken when a document was given one of them."""
    own = text_document.c
    while True:
        following = select(own.doc_id).where(own.doc_id >= number).order_by(own.doc_id).limit(_NUMBERS_AT_ONCE)
        for taken in connection.execute(following).scalars():
            if taken != number:
                return number
            number += 1
        if not connection.execute(select(own.doc_id).where(own.doc_id >= number).limit(1)).first():
            return number


def _free_numbers(connection: Connection, ended: Sequence[int]) -> list[int]:
    """A number for each that no document has or has had: what is found by it would be found again."""
    wanted = [number_of(ended_ms) for ended_ms in ended]
    own = text_document.c
    taken = set(connection.execute(select(own.doc_id).where(own.doc_id.in_(wanted))).scalars())
    found: list[int] = []
    reached: dict[int, int] = {}
    for first in wanted:
        number = reached.get(first, first)
        while number in taken:
            number = next_free(connection, number + 1)
        taken.add(number)
        reached[first] = number
        found.append(number)
    return found
