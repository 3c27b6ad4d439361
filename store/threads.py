"""Threads: which external ids are one conversation, and finding or making their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any, Never, assert_never, cast

import orjson
from sqlalchemy import Connection, Select, bindparam, func, select, union, update

from store.listed import spelled, texts
from store.reads import thread_from_row
from store.records import Marks, Thread, as_work_item
from store.tables import thread, work_item
from store.upsert import insert_new, write_tuples
from store.writes import forget_roots

ThreadId = tuple[str, str]  # source, external id

NO_SIZES: Mapping[ThreadId, int] = MappingProxyType({})
_COLUMNS = tuple(column.name for column in thread.columns)
_NEWEST_KEY = select(func.max(thread.c.thread_key))
_SAVE = update(thread).where(thread.c.thread_key == bindparam("key"))


def claim_threads(
    connection: Connection, wanted: Mapping[ThreadId, Marks], *, now_ms: int, sizes: Mapping[ThreadId, int] = NO_SIZES
) -> dict[ThreadId, Thread]:
    """The thread of each wanted id, made where it is new, its marks merged; joined roots are already moved.

    Threads that name one Omnichannel conversation (or are it) are given one root. Of a thread that is made, the row says already
    what it will say once so many activities as its `sizes` names are written; who writes others has to save it.
    """
    known = find_threads(connection, wanted)
    fresh = {thread_id: marks for thread_id, marks in wanted.items() if thread_id not in known}
    joinable = set(fresh)
    for thread_id, found in known.items():
        merged = found.marks.merge(wanted[thread_id])
        if merged.work_items != found.marks.work_items:
            joinable.add(thread_id)
        found.marks = merged
    known.update(_make(connection, fresh, sizes))
    if joinable:
        _join(connection, known, joinable, now_ms)
    return known


def known_threads(connection: Connection, wanted: Iterable[ThreadId]) -> set[ThreadId]:
    """Those of the wanted ids that have a thread."""
    statement = _threads_called(connection.dialect.name).with_only_columns(thread.c.external_id)
    return {
        (source, external_id)
        for source, ids in _by_source(wanted).items()
        for external_id in connection.execute(statement, {"source": source, "ids": spelled(ids)}).scalars()
    }


def save_threads(connection: Connection, threads: Iterable[Thread]) -> None:
    """Write back marks and positions."""
    rows = [
        {
            "key": item.key,
            "marks": _spelled(item.marks),
            "next_position": item.next_position,
        }
        for item in threads
    ]
    if rows:
        connection.execute(_SAVE, rows)


def _spelled(marks: Marks) -> str:
    return orjson.dumps(marks).decode()


def find_threads(connection: Connection, wanted: Iterable[ThreadId]) -> dict[ThreadId, Thread]:
    """Those of the wanted ids that have a thread, as it is."""
    statement = _threads_called(connection.dialect.name)
    found: dict[ThreadId, Thread] = {}
    for source, ids in _by_source(wanted).items():
        for row in connection.execute(statement, {"source": source, "ids": spelled(ids)}).mappings():
            found[source, row["external_id"]] = thread_from_row(row)
    return found


def _by_source(wanted: Iterable[ThreadId]) -> dict[str, list[str]]:
    """Asked for source by source: for a list of pairs SQLite reads through the whole table."""
    found: dict[str, list[str]] = {}
    for source, external_id in wanted:
        found.setdefault(source, []).append(external_id)
    return found


@cache
def _threads_called(dialect_name: str) -> Select[Any]:
    return select(thread).where(thread.c.source == bindparam("source"), thread.c.external_id.in_(texts("ids", dialect_name)))


@cache
def _threads_of_items(dialect_name: str) -> Select[Any]:
    """Threads that name one of these Omnichannel conversations, or are one of those that are named."""
    belongs = select(work_item.c.thread_key).where(work_item.c.work_item_id.in_(texts("names", dialect_name)))
    are = select(thread.c.thread_key).where(thread.c.item_name.in_(texts("items", dialect_name)))
    # Each half has an index of its own; for one condition with "or", PostgreSQL would read through the table.
    return select(thread).where(thread.c.thread_key.in_(union(belongs, are)))


def _make(connection: Connection, fresh: Mapping[ThreadId, Marks], sizes: Mapping[ThreadId, int]) -> dict[ThreadId, Thread]:
    if not fresh:
        return {}
    keys = _new_keys(connection, len(fresh))
    rows = [
        (key, key, source, external_id, as_work_item(external_id), _spelled(marks), sizes.get((source, external_id), 0))
        for key, ((source, external_id), marks) in zip(keys, fresh.items(), strict=True)
    ]
    write_tuples(connection, thread, _COLUMNS, rows, on_conflict="fail")
    return {
        thread_id: Thread(key=key, root_key=key, source=thread_id[0], external_id=thread_id[1], marks=marks)
        for key, (thread_id, marks) in zip(keys, fresh.items(), strict=True)
    }


def _new_keys(connection: Connection, count: int) -> Sequence[int]:
    """Keys that no thread has, ascending, so that a row need not be written again with the one that it got."""
    match connection.dialect.name:
        case "sqlite":  # who writes is alone
            newest = connection.execute(_NEWEST_KEY).scalar_one() or 0
            return range(newest + 1, newest + 1 + count)
        case "postgresql":
            sequence = func.pg_get_serial_sequence(thread.name, thread.c.thread_key.name)
            query = select(func.nextval(sequence)).select_from(func.generate_series(1, count).alias())
            return sorted(connection.execute(query).scalars())
        case name:
            assert_never(cast(Never, name))


def _join(connection: Connection, known: dict[ThreadId, Thread], joinable: set[ThreadId], now_ms: int) -> None:
    joining = [known[thread_id] for thread_id in joinable]
    named = [{"work_item_id": name, "thread_key": item.key} for item in joining for name in item.marks.work_items]
    insert_new(connection, work_item, named)
    items = {str(row["work_item_id"]) for row in named}
    names = {as_work_item(item.external_id) for item in joining}
    query, lists = _threads_of_items(connection.dialect.name), {"names": spelled(names | items), "items": spelled(items)}
    others = [thread_from_row(row) for row in connection.execute(query, lists).mappings()]
    if not others and not items:
        return  # nothing that is new here names another conversation, or is named by one
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
