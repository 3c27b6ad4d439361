"""Questions the live floor, a conversation's page and the sources' page ask. Each is bounded by what is on the screen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, Table, and_, func, or_, select

from store.assist.tables import suggestion
from store.records import Activity, Kind, Marks, Role, Thread, WireRole, as_work_item
from store.surveys.tables import survey
from store.tables import (
    activity,
    change,
    context_variable,
    conversation,
    cursor,
    participant,
    rejected,
    segment,
    session,
    source,
    thread,
    work_item,
)

MAX_OPEN = 20_000
# SQLite takes some 32,000 parameters a statement; long lists are asked for in parts.
IN_LIST = 5_000

Rows = Sequence[RowMapping]
RootSize = tuple[int, int]  # root key, number of activities


def conversations_by_key(connection: Connection, keys: Iterable[int]) -> Rows:
    """Rows of table `conversation` for these keys."""
    wanted = list(keys)
    found: list[RowMapping] = []
    for at in range(0, len(wanted), IN_LIST):
        query = select(conversation).where(conversation.c.conversation_key.in_(wanted[at : at + IN_LIST]))
        found.extend(connection.execute(query).mappings())
    return found


def changes_since(connection: Connection, number: int, *, limit: int = 10_000) -> Rows:
    """Changes after `number`, oldest first: number, conversation_key, conversation_id, committed_ms."""
    query = select(change).where(change.c.number > number).order_by(change.c.number).limit(limit)
    return connection.execute(query).mappings().all()


def oldest_change(connection: Connection) -> int:
    """The number of the oldest change still kept; 0 where there is none."""
    return int(connection.execute(select(func.coalesce(func.min(change.c.number), 0))).scalar_one())


def find_conversation(connection: Connection, conversation_id: str, *, source_name: str | None = None) -> RowMapping | None:
    """The conversation people call `conversation_id`: by its own id, by that of a thread joined to it, or by a link's name.

    Ids are unique only within a source; a link therefore says `source:id`.
    """
    by_id = select(conversation).where(conversation.c.conversation_id == conversation_id)
    name = as_work_item(conversation_id)
    belongs = select(work_item.c.thread_key).where(work_item.c.work_item_id == name)
    by_thread = (
        select(conversation)
        .join(thread, thread.c.root_key == conversation.c.root_key)
        .where(or_(thread.c.item_name == name, thread.c.thread_key.in_(belongs)))
    )
    # Ids that differ only in how they are written may be two threads: the one that is written so comes first.
    for query in (by_id, by_thread.order_by(thread.c.external_id != conversation_id)):
        if source_name is not None:
            query = query.where(conversation.c.source == source_name)
        found = (
            connection.execute(query.order_by(conversation.c.source, conversation.c.conversation_key).limit(1)).mappings().first()
        )
        if found is not None:
            return found
    named, colon, rest = conversation_id.partition(":")
    return find_conversation(connection, rest, source_name=named) if colon and source_name is None else None


def threads_of_roots(connection: Connection, root_keys: Iterable[int]) -> list[Thread]:
    """The threads that are derived together under these roots."""
    wanted = list(root_keys)
    found: list[Thread] = []
    for at in range(0, len(wanted), IN_LIST):
        query = select(thread).where(thread.c.root_key.in_(wanted[at : at + IN_LIST])).order_by(thread.c.thread_key)
        found.extend(thread_from_row(row) for row in connection.execute(query).mappings())
    return found


def activities_of_threads(connection: Connection, thread_keys: Iterable[int]) -> list[Activity]:
    """Every activity of these threads, in no particular order; `raw` is left empty."""
    wanted = list(thread_keys)
    found: list[Activity] = []
    for at in range(0, len(wanted), IN_LIST):
        query = select(activity).where(activity.c.thread_key.in_(wanted[at : at + IN_LIST]))
        found.extend(activity_from_row(row) for row in connection.execute(query))
    return found


def episode_at(connection: Connection, root_key: int, at_ms: int) -> tuple[int, int] | None:
    """Number and beginning of the root's last conversation that began by `at_ms`."""
    query = (
        select(conversation.c.episode, conversation.c.started_ms)
        .where(and_(conversation.c.root_key == root_key, conversation.c.started_ms <= at_ms))
        .order_by(conversation.c.episode.desc())
        .limit(1)
    )
    found = connection.execute(query).first()
    return None if found is None else (found.episode, found.started_ms)


def latest_size(connection: Connection, root_key: int) -> int:
    """How many activities the root's latest conversation has."""
    own = conversation.c
    query = select(own.num_activities).where(own.root_key == root_key).order_by(own.conversation_key.desc()).limit(1)
    return connection.execute(query).scalar() or 0


def activities_since(connection: Connection, thread_key: int, since_ms: int, identities: Collection[int] = ()) -> list[Activity]:
    """A thread's activities from `since_ms` on, and those of these identities whenever they were."""
    wanted = activity.c.at_ms >= since_ms
    if identities:
        wanted = or_(wanted, activity.c.identity.in_(identities))
    query = select(activity).where(and_(activity.c.thread_key == thread_key, wanted))
    return [activity_from_row(row) for row in connection.execute(query)]


def activities_called(connection: Connection, thread_key: int, identities: Sequence[int]) -> list[Activity]:
    """Those of a thread that have these identities."""
    found: list[Activity] = []
    for at in range(0, len(identities), IN_LIST):
        some = activity.c.identity.in_(identities[at : at + IN_LIST])
        query = select(activity).where(and_(activity.c.thread_key == thread_key, some))
        found.extend(activity_from_row(row) for row in connection.execute(query))
    return found


def transcript(connection: Connection, conversation_key: int, root_key: int) -> list[Activity]:
    """The activities of one conversation, in order."""
    query = (
        select(activity)
        .join(thread, thread.c.thread_key == activity.c.thread_key)
        .where(and_(thread.c.root_key == root_key, activity.c.conversation_key == conversation_key))
    )
    return sorted((activity_from_row(row) for row in connection.execute(query)), key=attrgetter("order"))


def parts_of(connection: Connection, conversation_key: int) -> dict[str, Rows]:
    """Sessions, segments, participants, context variables, surveys and suggestions of one conversation, by table name."""

    def rows(table: Table) -> Rows:
        query = select(table).where(table.c.conversation_key == conversation_key).order_by(*table.primary_key.columns)
        return connection.execute(query).mappings().all()

    return {table.name: rows(table) for table in (session, segment, participant, context_variable, survey, suggestion)}


def due_roots(connection: Connection, now_ms: int, *, limit: int) -> list[RootSize]:
    """Roots with a conversation that the idle time-out has closed by `now_ms`, and how many activities that has."""
    own = conversation.c
    # First the roots, which ends at the limit however many are due, then their sizes. In order of time, or they would be looked
    # for by way of another index, through all conversations there are.
    some = select(own.root_key).where(own.due_ms <= now_ms).order_by(own.due_ms).limit(limit).subquery()
    query = (
        select(own.root_key, func.sum(own.num_activities))
        .where(own.root_key.in_(select(some.c.root_key)), own.due_ms <= now_ms)
        .group_by(own.root_key)
    )
    return [(root, int(num_activities)) for root, num_activities in connection.execute(query)]


def all_roots(connection: Connection, *, after: int, limit: int) -> list[RootSize]:
    """Root keys greater than `after`, ascending, and how many activities their conversations have."""
    roots = select(thread.c.root_key).where(thread.c.root_key > after).distinct().order_by(thread.c.root_key).limit(limit)
    some = roots.subquery()
    query = (
        select(some.c.root_key, func.coalesce(func.sum(conversation.c.num_activities), 0))
        .outerjoin(conversation, conversation.c.root_key == some.c.root_key)
        .group_by(some.c.root_key)
        .order_by(some.c.root_key)
    )
    return [(root, int(num_activities)) for root, num_activities in connection.execute(query)]


def within(sized: Iterable[RootSize], most_activities: int) -> list[int]:
    """The first of these roots, as many as have no more than so many activities together; always one."""
    chosen: list[int] = []
    total = 0
    for root, num_activities in sized:
        total += num_activities
        if chosen and total > most_activities:
            break
        chosen.append(root)
    return chosen


def sources(connection: Connection) -> Rows:
    """Per source: name, last_event_ms, last_seen_ms, accepted, duplicates, is_simulated and how many rejected records wait."""
    waiting = (
        select(rejected.c.source, func.count().label("rejected"))
        .where(rejected.c.replayed_ms.is_(None))
        .group_by(rejected.c.source)
        .subquery()
    )
    query = (
        select(source, func.coalesce(waiting.c.rejected, 0).label("rejected"))
        .outerjoin(waiting, waiting.c.source == source.c.name)
        .order_by(source.c.name)
    )
    return connection.execute(query).mappings().all()


def rejected_records(connection: Connection, *, limit: int = 200, after: int = 0) -> Rows:
    """Rejected records that still wait, newest first, without their bodies."""
    columns = [column for column in rejected.c if column.name != "body"]
    query = (
        select(*columns, func.length(rejected.c.body).label("num_bytes"))
        .where(rejected.c.replayed_ms.is_(None))
        .order_by(rejected.c.rejected_id.desc())
        .limit(limit)
    )
    if after:
        query = query.where(rejected.c.rejected_id < after)
    return connection.execute(query).mappings().all()


def rejected_record(connection: Connection, rejected_id: int) -> RowMapping | None:
    """One rejected record with its body."""
    return connection.execute(select(rejected).where(rejected.c.rejected_id == rejected_id)).mappings().first()


def waiting_from(connection: Connection, origins: Collection[str]) -> Rows:
    """Rejected records that wait of these files or addresses: rejected_id, source, origin, reason."""
    columns = (rejected.c.rejected_id, rejected.c.source, rejected.c.origin, rejected.c.reason)
    query = select(*columns).where(rejected.c.replayed_ms.is_(None), rejected.c.origin.in_(list(origins)))
    return connection.execute(query).mappings().all()


def count_rejected(connection: Connection) -> int:
    """How many rejected records wait."""
    query = select(func.count()).select_from(rejected).where(rejected.c.replayed_ms.is_(None))
    return int(connection.execute(query).scalar_one())


def saved_cursor(connection: Connection, feed: str) -> str | None:
    """Where reading of the configured source `feed` stands."""
    return connection.execute(select(cursor.c.position).where(cursor.c.feed == feed)).scalar_one_or_none()


def has_data(connection: Connection) -> bool:
    """Whether anything has come in, if only a record that could not be read."""
    return any(connection.execute(select(column).limit(1)).first() for column in (thread.c.thread_key, rejected.c.rejected_id))


def thread_from_row(row: RowMapping) -> Thread:
    """A row of table `thread` as a record."""
    return Thread(
        key=row["thread_key"],
        root_key=row["root_key"],
        source=row["source"],
        external_id=row["external_id"],
        marks=Marks(**orjson.loads(row["marks"])),
        next_position=row["next_position"],
    )


_KINDS: dict[str, Kind] = {kind.value: kind for kind in Kind}
_WIRE_ROLES: dict[str, WireRole] = {role.value: role for role in WireRole}
_ROLES: dict[str, Role] = {role.value: role for role in Role}


def activity_from_row(row: Any) -> Activity:
    """A row of table `activity` (all columns, in the table's order) as a record."""
    (
        thread_key, identity, conversation_key, activity_id, version, at_ms, at_sub, time_known, position, kind, wire_type,
        sender_id, sender_name, wire_role, role, role_inferred, text, locale, private, detail, sentiment_micro, engine,
    ) = row  # fmt: skip
    return Activity(
        identity=identity,
        activity_id=activity_id,
        version=bytes(version),
        at_ms=at_ms,
        at_sub=at_sub,
        time_known=time_known,
        kind=_KINDS[kind],
        wire_type=wire_type,
        sender_id=sender_id,
        sender_name=sender_name,
        wire_role=_WIRE_ROLES[wire_role],
        text=text,
        locale=locale,
        private=private,
        detail=orjson.loads(detail) if detail else None,
        raw=b"",
        thread_key=thread_key,
        position=position,
        conversation_key=conversation_key,
        role=_ROLES[role],
        role_inferred=role_inferred,
        sentiment_micro=sentiment_micro,
        engine=engine,
    )
