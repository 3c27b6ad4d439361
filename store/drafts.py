"""Drafts: threads of which nothing is known, as the rows that they come to. Made outside any transaction, by whatever process.

In a draft the thread has no key: it is 0, and a conversation's is its episode. Writing puts the real keys in. A thread that turns
out to be known, or to belong with others, is read out of its draft again and takes the long way.

One that is too long for a transaction is written piece by piece; what it was derived to comes with the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import zstandard
from sqlalchemy import Connection

from store.reads import activity_from_row
from store.records import EPISODE_BITS, Activity, Conversation, Derived, Marks
from store.tables import activity, raw_chunk
from store.unfinished import begin_roots, finish_roots
from store.upsert import write_tuples
from store.writes import ACTIVITY_COLUMNS, DerivedRows, Row, activity_row, compress_raw, conversation_row

RAW_COLUMNS = ("thread_key", "number", "body")


@dataclass(frozen=True, slots=True)
class Draft:
    """One thread, or a piece of it, and all that is to be written of it."""

    source: str
    external_id: str
    marks: Marks
    newest_ms: int
    activities: list[Row]  # in the order they came in
    raw: list[bytes]  # one for each so many of them, `at_once`
    conversations: list[Row]
    parts: list[list[Row]]
    at_once: int
    begins: int = 0  # how many of the thread's are in the pieces before this one
    is_last: bool = True

    @classmethod
    def of(
        cls, source: str, external_id: str, marks: Marks, activities: Sequence[Activity], derived: Derived, *, at_once: int
    ) -> Draft:
        """The draft of a thread whose activities, in the order they came in, have no key, and what was derived of them.

        More than `at_once` of them can be taken to pieces.
        """
        rows = DerivedRows()
        rows.add(derived)
        return cls(
            source,
            external_id,
            marks,
            max(item.at_ms for item in activities),
            [activity_row(item) for item in activities],
            [
                compress_raw([item.raw for item in activities[begins : begins + at_once]])
                for begins in range(0, len(activities), at_once)
            ],
            [conversation_row(item) for item in rows.conversations],
            rows.parts,
            at_once,
        )

    def pieces(self) -> Iterator[Draft]:
        """The same in pieces of `at_once` activities, or fewer in the last, which brings what was derived of all of them."""
        for number, raw in enumerate(self.raw):
            begins, is_last = number * self.at_once, number == len(self.raw) - 1
            yield replace(
                self,
                activities=self.activities[begins : begins + self.at_once],
                raw=[raw],
                conversations=self.conversations if is_last else [],
                parts=self.parts if is_last else [[] for _ in self.parts],
                begins=begins,
                is_last=is_last,
            )

    def packed(self) -> tuple[Any, ...]:
        """The same in plain values, for another process. It is whole."""
        rest = self.newest_ms, self.activities, self.raw, self.conversations, self.parts, self.at_once
        return self.source, self.external_id, orjson.dumps(self.marks), *rest

    @classmethod
    def unpacked(cls, values: tuple[Any, ...]) -> Draft:
        """What `packed` made plain."""
        source, external_id, marks, *rest = values
        return cls(source, external_id, Marks(**orjson.loads(marks)), *rest)

    def read_again(self) -> list[Activity]:
        """The activities that it was made of."""
        found = [activity_from_row(row) for row in self.activities]
        lines = [line for raw in self.raw for line in zstandard.ZstdDecompressor().decompress(raw).split(b"\n")]
        for item, raw in zip(found, lines, strict=True):
            item.raw = raw
        return found


def save_drafts(connection: Connection, keyed: Sequence[tuple[int, Draft]], derived: DerivedRows) -> None:
    """Write the activities of drafts under the keys that their threads have got; add what was derived of them to `derived`.

    Each is one piece, or short enough to be one.
    """
    write_tuples(
        connection,
        activity,
        ACTIVITY_COLUMNS,
        [row for key, draft in keyed for row in _activities(key, draft)],
        on_conflict="fail",
    )
    bodies = [(key, draft.begins // draft.at_once + 1, *draft.raw) for key, draft in keyed]
    write_tuples(connection, raw_chunk, RAW_COLUMNS, bodies, on_conflict="fail")
    begin_roots(connection, [key for key, draft in keyed if not draft.begins and not draft.is_last])
    finish_roots(connection, [key for key, draft in keyed if draft.begins and draft.is_last])
    for key, draft in keyed:
        base = key << EPISODE_BITS
        derived.conversations += [Conversation(base | row[0], key, *row[2:]) for row in draft.conversations]
        for rows, own in zip(derived.parts, draft.parts, strict=True):
            rows += [(base | row[0], *row[1:]) for row in own]


def _activities(key: int, draft: Draft) -> Iterable[Row]:
    """A row begins with the thread's key, the activity's identity and the conversation's key."""
    base = key << EPISODE_BITS
    return [(key, row[1], base | row[2], *row[3:]) for row in draft.activities]
