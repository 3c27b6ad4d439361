"""Writing activities and what was derived from them, raw bodies, rejected records, cursors: inside the caller's transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from operator import attrgetter
from secrets import randbits
from typing import Any

import orjson
import zstandard
from sqlalchemy import Connection, Table, delete, func, select, update

from store.assist.records import Suggestion
from store.assist.tables import suggestion
from store.claims import end_claims_on
from store.contacts import Contact, days_before
from store.customers import add_customers, recount_customers
from store.fallback_records import Fallback
from store.queues.records import Segment
from store.records import (
    Activity,
    ContextVariable,
    Conversation,
    Derived,
    Participant,
    Session,
)
from store.search.indexing import wait_for_index
from store.surveys.records import Survey
from store.surveys.tables import survey
from store.tables import (
    activity,
    bot_session_day,
    change,
    context_variable,
    conversation,
    cursor,
    dirty_day,
    fallback,
    participant,
    raw_chunk,
    rejected,
    segment,
    session,
    source,
)
from store.upsert import insert_all, insert_new, upsert, write_tuples
from store.voice.records import Speech
from store.voice.tables import speech

DAY_MS = 86_400_000
# Watchers that fall further behind than this read the open conversations anew.
CHANGES_KEPT = 20_000

_CONVERSATION_FIELDS = tuple(field.name for field in fields(Conversation))
ACTIVITY_COLUMNS = tuple(column.name for column in activity.columns)
Row = tuple[Any, ...]

_own = threading.local()  # what a thread keeps: a compressor is dear to make, and serves one at a time
_PLAIN = frozenset({int, str, bool, float, bytes, type(None)})
_conversation_values = attrgetter(*_CONVERSATION_FIELDS)
# What forgetting a conversation undoes elsewhere is told from these.
_UNDONE_BY = [
    conversation.c[name]
    for name in (
        *("conversation_key", "conversation_id", "root_key", "episode", "ended_ms", "started_ms", "invoked_ms"),
        *("source", "customer_id", "is_test", "num_customer_messages"),
    )
]


class _Part:
    """A table of what conversations consist of, and where `Derived` has its rows."""

    def __init__(self, table: Table, name: str, record: Any) -> None:
        self.table, self.name = table, name
        own = tuple(field.name for field in fields(record))
        self.columns = ("conversation_key", *own)
        self._values = attrgetter(*own)

    def rows(self, found: Mapping[int, Sequence[Any]]) -> list[Row]:
        """The rows of these records by conversation."""
        values = self._values
        return [(key, *plain(values(item))) for key, items in found.items() for item in items]


_PARTS = (
    _Part(session, "sessions", Session),
    _Part(segment, "segments", Segment),
    _Part(participant, "participants", Participant),
    _Part(context_variable, "context", ContextVariable),
    _Part(fallback, "fallbacks", Fallback),
    _Part(speech, "speech", Speech),
    _Part(survey, "surveys", Survey),
    _Part(suggestion, "suggestions", Suggestion),
)


@dataclass(slots=True)
class DerivedRows:
    """What was derived of some roots: their conversations, and the rows of each table of parts."""

    conversations: list[Conversation] = field(default_factory=list)
    parts: list[list[Row]] = field(default_factory=lambda: [[] for _ in _PARTS])

    def add(self, derived: Derived) -> None:
        """Those of one root more."""
        self.conversations += derived.conversations
        for part, rows in zip(_PARTS, self.parts, strict=True):
            rows += part.rows(getattr(derived, part.name))


def plain(values: Iterable[Any]) -> Row:
    """A row with our words as plain text: what is more than text to Python, the driver asks about one by one."""
    return tuple([value if value.__class__ in _PLAIN else _as_plain(value) for value in values])


def _as_plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class SourceCount:
    """What one source added in one transaction."""

    name: str
    accepted: int
    duplicates: int
    last_event_ms: int | None
    is_simulated: bool


def save_activities(connection: Connection, rows: Sequence[Row]) -> None:
    """Insert or replace rows of table `activity`."""
    write_tuples(connection, activity, ACTIVITY_COLUMNS, rows, on_conflict="replace")


def activity_row(item: Activity) -> Row:
    """The values of a row, in the order of the table's columns; words of ours as plain text, which databases take at once."""
    return (
        item.thread_key,
        item.identity,
        item.conversation_key,
        item.activity_id,
        item.version,
        item.at_ms,
        item.at_sub,
        item.time_known,
        item.position,
        item.kind._value_,
        item.wire_type,
        item.sender_id,
        item.sender_name,
        item.wire_role._value_,
        item.role._value_,
        item.role_inferred,
        item.text,
        item.locale,
        item.private,
        orjson.dumps(item.detail).decode() if item.detail else None,
        item.sentiment_micro,
        item.engine,
    )


def conversation_row(item: Conversation) -> Row:
    """The values of a row, field for field."""
    return plain(_conversation_values(item))


def compress_raw(lines: Iterable[bytes]) -> bytes:
    """Activities as received, each compact JSON, as they are kept."""
    compressor: zstandard.ZstdCompressor | None = getattr(_own, "compressor", None)
    if compressor is None:
        compressor = _own.compressor = zstandard.ZstdCompressor(level=3)
    return compressor.compress(b"\n".join(lines))


def save_raw(connection: Connection, bodies: Mapping[int, bytes]) -> None:
    """Keep raw activities, one compressed chunk per thread, by its key."""
    if not bodies:
        return
    highest = select(raw_chunk.c.thread_key, func.max(raw_chunk.c.number)).where(raw_chunk.c.thread_key.in_(list(bodies)))
    numbers: dict[int, int] = {key: number for key, number in connection.execute(highest.group_by(raw_chunk.c.thread_key))}
    rows = [{"thread_key": key, "number": numbers.get(key, 0) + 1, "body": body} for key, body in bodies.items()]
    insert_all(connection, raw_chunk, rows)


def save_derived(connection: Connection, derived: DerivedRows, *, now_ms: int, instead_of: Mapping[int, int]) -> None:
    """Write what was derived and tell the watchers, in place of what there was of these roots from an episode on."""
    conversations = derived.conversations
    found = forget_derived(connection, instead_of, now_ms=now_ms, returning={item.conversation_key for item in conversations})
    _save_conversations(connection, conversations)
    _mark_days_before(connection, _contacts(found) ^ _contacts(conversations))
    mark_bot_session_days(connection, {day for _, day in _bot_sessions(found) ^ _bot_sessions(conversations)})
    for part, rows in zip(_PARTS, derived.parts, strict=True):
        write_tuples(connection, part.table, part.columns, rows, on_conflict="fail")
    _mark_days(connection, (item.ended_ms for item in conversations))
    end_claims_on(connection, {item.conversation_key for item in conversations if item.ended_ms is not None}, now_ms=now_ms)
    wait_for_index(connection, [item.conversation_key for item in conversations])
    tell_watchers(connection, [(item.conversation_key, item.conversation_id) for item in conversations], now_ms=now_ms)


def forget_roots(connection: Connection, roots: Mapping[int, int], *, now_ms: int) -> None:
    """Delete what was derived of these roots, which are no more, and mark the days that counted it."""
    found = forget_derived(connection, roots, now_ms=now_ms)
    _mark_days_before(connection, _contacts(found))
    mark_bot_session_days(connection, {day for _, day in _bot_sessions(found)})


def forget_derived(
    connection: Connection, roots: Mapping[int, int], *, now_ms: int, returning: Set[int] = frozenset()
) -> Sequence[Any]:
    """Delete what was derived of these roots from an episode on; the days they counted in are marked for recounting.

    Watchers are told of the conversations that are no more: those that are not `returning`. Returned are the rows that went:
    where they do not come back, earlier conversations had no such contact after them, and days had fewer bot sessions.
    """
    if not roots:
        return []
    rows = connection.execute(select(*_UNDONE_BY).where(conversation.c.root_key.in_(list(roots)))).all()
    found = [row for row in rows if row.episode >= roots[row.root_key]]
    keys = [row.conversation_key for row in found]
    _mark_days(connection, (row.ended_ms for row in found))
    for part in _PARTS:
        connection.execute(delete(part.table).where(part.table.c.conversation_key.in_(keys)))
    connection.execute(delete(conversation).where(conversation.c.conversation_key.in_(keys)))
    recount_customers(connection, {(row.source, row.customer_id) for row in found if row.customer_id})
    gone = [(row.conversation_key, row.conversation_id) for row in found if row.conversation_key not in returning]
    wait_for_index(connection, [key for key, _ in gone])
    tell_watchers(connection, gone, now_ms=now_ms)
    return found


def _contacts(conversations: Iterable[Any]) -> set[Contact]:
    """Who made contact, and when: the customers that are known and wrote, tests apart."""
    return {
        (item.source, item.customer_id, item.started_ms)
        for item in conversations
        if item.customer_id and item.num_customer_messages and not item.is_test
    }


def _bot_sessions(conversations: Iterable[Any]) -> set[tuple[int, int]]:
    """Which of them count as a bot session (by key), and on which day."""
    return {
        (item.conversation_key, item.invoked_ms // DAY_MS)
        for item in conversations
        if item.invoked_ms is not None and not item.is_test
    }


def mark_bot_session_days(connection: Connection, days: Set[int]) -> None:
    """Have the bot sessions of these days counted anew. A conversation that only goes on changes none."""
    upsert(connection, bot_session_day, [{"day": day, "num": None} for day in sorted(days)])


def _mark_days_before(connection: Connection, contacts: Set[Contact]) -> None:
    mark_days(connection, days_before(connection, contacts))


def _save_conversations(connection: Connection, conversations: Sequence[Conversation]) -> None:
    if not conversations:
        return
    rows = [conversation_row(item) for item in conversations]
    write_tuples(connection, conversation, _CONVERSATION_FIELDS, rows, on_conflict="fail")
    add_customers(connection, conversations)


def _mark_days(connection: Connection, ended: Iterable[int | None]) -> None:
    mark_days(connection, {ended_ms // DAY_MS for ended_ms in ended if ended_ms is not None})


def mark_days(connection: Connection, days: Set[int]) -> None:
    """Mark days for recounting. Who packs one meanwhile sees by its mark that it was marked again."""
    # Drawn anew: a count would begin again once the day is packed, and look like the mark that was packed.
    upsert(connection, dirty_day, [{"day": day, "mark": randbits(63)} for day in sorted(days)])


def tell_watchers(connection: Connection, conversations: Iterable[tuple[int, str]], *, now_ms: int) -> None:
    """Have those who follow the change feed look at these conversations (key, id) once this is committed."""
    rows = [
        {"conversation_key": key, "conversation_id": conversation_id, "committed_ms": now_ms}
        for key, conversation_id in conversations
    ]
    insert_all(connection, change, rows)


def prune_changes(connection: Connection) -> None:
    """Forget changes that no watcher would read one by one any more."""
    newest = connection.execute(select(func.max(change.c.number))).scalar_one() or 0
    connection.execute(delete(change).where(change.c.number <= newest - CHANGES_KEPT))


def note_sources(connection: Connection, names: Iterable[str]) -> None:
    """Have a row for each of these sources, so that one that has brought nothing yet is seen to be there."""
    nothing = {"last_event_ms": None, "last_seen_ms": None, "accepted": 0, "duplicates": 0, "is_simulated": False}
    insert_new(connection, source, [{"name": name, **nothing} for name in names])


def count_source(connection: Connection, counts: Iterable[SourceCount], *, now_ms: int) -> None:
    """Add to what each source has brought."""
    rows = [
        {
            "name": count.name,
            # A source whose clock is ahead must not look fresh for ever.
            "last_event_ms": None if count.last_event_ms is None else min(count.last_event_ms, now_ms),
            "last_seen_ms": now_ms,
            "accepted": count.accepted,
            "duplicates": count.duplicates,
            "is_simulated": count.is_simulated,
        }
        for count in counts
    ]
    upsert(connection, source, rows, adding=("accepted", "duplicates"), largest=("last_event_ms",))


def save_cursor(connection: Connection, feed: str, position: str, *, now_ms: int) -> None:
    """Remember where reading of `feed` stands."""
    upsert(connection, cursor, [{"feed": feed, "position": position, "saved_ms": now_ms}])


def keep_rejected(connection: Connection, *, source_name: str, origin: str, reason: str, body: bytes, now_ms: int) -> bool:
    """Keep a record that could not be read. The same one again adds nothing (False)."""
    digest = blake2b(b"\0".join((source_name.encode(), reason.encode(), body)), digest_size=8).digest()
    row = {
        "identity": int.from_bytes(digest, "big", signed=True),
        "source": source_name,
        "origin": origin,
        "reason": reason,
        "body": body,
        "received_ms": now_ms,
        "replayed_ms": None,
    }
    same = rejected.c.identity == row["identity"]
    before = connection.execute(select(rejected.c.replayed_ms).where(same)).first()
    insert_new(connection, rejected, [row])
    if before is not None and before.replayed_ms is not None:
        # It was read since, and now cannot be again: it waits as if it were new.
        connection.execute(update(rejected).where(same).values(origin=origin, received_ms=now_ms, replayed_ms=None))
    return before is None


def mark_replayed(connection: Connection, rejected_id: int, *, now_ms: int) -> None:
    """A rejected record was read after all."""
    connection.execute(update(rejected).where(rejected.c.rejected_id == rejected_id).values(replayed_ms=now_ms))
