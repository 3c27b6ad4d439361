"""Threads: which external ids are one conversation, and finding or making their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import orjson
from sqlalchemy import Connection, bindparam, insert, or_, select, tuple_, update

from store.reads import IN_LIST, thread_from_row
from store.records import Marks, Thread, as_work_item
from store.tables import thread, work_item
from store.upsert import insert_new
from store.writes import forget_roots

ThreadId = tuple[str, str]  # source, external id


def claim_threads(connection: Connection, wanted: Mapping[ThreadId, Marks], *, now_ms: int) -> dict[ThreadId, Thread]:
    """The thread of each wanted id, made where it is new, its marks merged; joined roots are already moved.

    Threads that name one Omnichannel conversation (or are it) are given one root.
    """
    known = _find(connection, wanted)
    fresh = {thread_id: marks for thread_id, marks in wanted.items() if thread_id not in known}
    joinable = set(fresh)
    for thread_id, found in known.items():
        merged = found.marks.merge(wanted[thread_id])
        if merged.work_items != found.marks.work_items:
            joinable.add(thread_id)
        found.marks = merged
    known.update(_make(connection, fresh))
    if joinable:
        _join(connection, known, joinable, now_ms)
    return known


def save_threads(connection: Connection, threads: Iterable[Thread]) -> None:
    """Write back marks and positions."""
    statement = update(thread).where(thread.c.thread_key == bindparam("key"))
    rows = [
        {
            "key": item.key,
            "marks": orjson.dumps(item.marks).decode(),
            "next_position": item.next_position,
        }
        for item in threads
    ]
    if rows:
        connection.execute(statement, rows)


def _find(connection: Connection, wanted: Iterable[ThreadId]) -> dict[ThreadId, Thread]:
    ids = list(wanted)
    found: dict[ThreadId, Thread] = {}
    for at in range(0, len(ids), IN_LIST):
        query = select(thread).where(tuple_(thread.c.source, thread.c.external_id).in_(ids[at : at + IN_LIST]))
        for row in connection.execute(query).mappings():
            item = thread_from_row(row)
            found[(item.source, item.external_id)] = item
    return found


def _make(connection: Connection, fresh: Mapping[ThreadId, Marks]) -> dict[ThreadId, Thread]:
    if not fresh:
        return {}
    rows = [
        {
            "root_key": 0,
            "source": source,
            "external_id": external_id,
            "item_name": as_work_item(external_id),
            "marks": "{}",
            "next_position": 0,
        }
        for source, external_id in fresh
    ]
    statement = insert(thread).returning(thread.c.thread_key, sort_by_parameter_order=True)
    keys = connection.execute(statement, rows).scalars().all()
    made = {
        thread_id: Thread(key=key, root_key=key, source=thread_id[0], external_id=thread_id[1], marks=marks)
        for (thread_id, marks), key in zip(fresh.items(), keys, strict=True)
    }
    connection.execute(update(thread).where(thread.c.root_key == 0).values(root_key=thread.c.thread_key))
    return made


def _join(connection: Connection, known: dict[ThreadId, Thread], joinable: set[ThreadId], now_ms: int) -> None:
    joining = [known[thread_id] for thread_id in joinable]
    named = [{"work_item_id": name, "thread_key": item.key} for item in joining for name in item.marks.work_items]
    insert_new(connection, work_item, named)
    items = {str(row["work_item_id"]) for row in named}
    names = {as_work_item(item.external_id) for item in joining}
    belongs = select(work_item.c.thread_key).where(work_item.c.work_item_id.in_(names | items))
    query = select(thread).where(or_(thread.c.thread_key.in_(belongs), thread.c.item_name.in_(items)))
    others = [thread_from_row(row) for row in connection.execute(query).mappings()]
    everyone = {item.key: item for item in others} | {item.key: item for item in known.values()}
    roots = {item.key: item.root_key for item in everyone.values()}
    for name in sorted({name for item in everyone.values() for name in item.marks.work_items}):
        # Those that name the Omnichannel conversation, and the one that is it.
        members = {
            roots[item.key]
            for item in everyone.values()
            if name in item.marks.work_items or name == as_work_item(item.external_id)
        }
        roots = {key: min(members) if root in members else root for key, root in roots.items()}
    moved = {item.root_key: roots[item.key] for item in everyone.values() if roots[item.key] != item.root_key}
    for old, new in moved.items():
        connection.execute(update(thread).where(thread.c.root_key == old).values(root_key=new))
    forget_roots(connection, dict.fromkeys(moved, 1), now_ms=now_ms)
    for item in everyone.values():
        item.root_key = roots[item.key]
