"""Settling: what time alone changes. Closes the conversations that are due and brings the packed days up to date.

Every load, report, check, export and page does this first, so that no figure depends on a server having run.
"""

from __future__ import annotations

from metrics import packs
from metrics.derive import Deriver
from store.engine import Connection, Store
from store.reads import activities_of_threads, due_roots, threads_of_roots
from store.records import Activity, Thread
from store.writes import save_activities, save_derived

# Roots closed in one transaction: some milliseconds.
ROOTS_AT_ONCE = 40


def settle(store: Store, deriver: Deriver, *, now_ms: int) -> None:
    """Close what is due at `now_ms`, in short transactions, and recount the days that changed."""
    while True:
        with store.read() as connection:
            due = due_roots(connection, now_ms, limit=ROOTS_AT_ONCE)
        if not due:
            break
        with store.write() as connection:
            rederive_roots(connection, deriver, due, now_ms=now_ms)
    packs.refresh(store)


def rederive_roots(connection: Connection, deriver: Deriver, roots: list[int], *, now_ms: int) -> None:
    """Derive these roots anew from their stored activities and replace their rows."""
    threads: dict[int, list[Thread]] = {root: [] for root in roots}
    for thread in threads_of_roots(connection, roots):
        threads[thread.root_key].append(thread)
    by_thread = {thread.key: root for root, members in threads.items() for thread in members}
    activities: dict[int, list[Activity]] = {root: [] for root in roots}
    for item in activities_of_threads(connection, by_thread):
        activities[by_thread[item.thread_key]].append(item)
    before = {id(item): _resolved(item) for items in activities.values() for item in items}
    derived = [deriver.derive(activities[root], threads[root], now_ms=now_ms) for root in roots]
    changed = [item for items in activities.values() for item in items if before[id(item)] != _resolved(item)]
    save_activities(connection, changed)
    save_derived(connection, roots, derived, now_ms=now_ms, known=roots)


def _resolved(item: Activity) -> tuple[object, ...]:
    return (item.conversation_key, item.role, item.role_inferred, item.sentiment_micro, item.engine)
