"""Settling: what time alone changes. Closes the conversations that are due and brings the packed days up to date.

Every load, report, check, export and page does this first, so that no figure depends on a server having run.
"""

from __future__ import annotations

from collections.abc import Callable

from metrics import packs
from metrics.bot_sessions import days as bot_days
from metrics.derive import Deriver
from store.engine import Connection, Store
from store.reads import activities_of_threads, activities_since, all_roots, due_roots, episode_at, threads_of_roots, within
from store.records import Activity, Thread
from store.unfinished import finish_roots, has_threads, unfinished_roots
from store.writes import DerivedRows, activity_row, save_activities, save_derived

# What is derived in one transaction: some milliseconds. Only a root that is larger by itself takes longer.
ROOTS_AT_ONCE = 40
ACTIVITIES_AT_ONCE = 1_500
LAST_MS = 2**53  # later than any time


def settle(store: Store, deriver: Deriver, *, now_ms: int) -> None:
    """Close what is due at `now_ms`, in short transactions, and recount the days that changed.

    Before that, what a load has begun to write and did not go on with is derived from what there is.
    """
    _finish(store, deriver, now_ms)
    while True:
        with store.read() as connection:
            due = within(due_roots(connection, now_ms, limit=ROOTS_AT_ONCE), ACTIVITIES_AT_ONCE)
        if not due:
            break
        with store.write() as connection:
            _derive_anew(connection, deriver, due, now_ms, only_open=True)
    packs.refresh(store)
    bot_days.refresh(store)


def _finish(store: Store, deriver: Deriver, now_ms: int) -> None:
    with store.read() as connection:
        roots = unfinished_roots(connection)
    for root in roots:
        with store.write() as connection:
            if has_threads(connection, root):
                _derive_anew(connection, deriver, [root], now_ms, only_open=False)
            finish_roots(connection, [root])


def rederive(store: Store, deriver: Deriver, *, now_ms: int, progress: Callable[[int], None] | None = None) -> int:
    """Derive every conversation anew from its activities, in short transactions; how many roots there were.

    Wanted after a rule has changed: a bot's alias, an idle time-out, a definition. Cut short, it can simply be run again.
    """
    after = count = 0
    while True:
        with store.read() as connection:
            roots = within(all_roots(connection, after=after, limit=ROOTS_AT_ONCE), ACTIVITIES_AT_ONCE)
        if not roots:
            break
        with store.write() as connection:
            _derive_anew(connection, deriver, roots, now_ms, only_open=False)
        after, count = roots[-1], count + len(roots)
        if progress is not None:
            progress(count)
    packs.refresh(store)
    bot_days.refresh(store)
    return count


def _derive_anew(connection: Connection, deriver: Deriver, roots: list[int], now_ms: int, *, only_open: bool) -> None:
    """Derive these roots anew at `now_ms`; with `only_open`, of those that come in episodes only the last: no other can be."""
    threads: dict[int, list[Thread]] = {root: [] for root in roots}
    for thread in threads_of_roots(connection, roots):
        threads[thread.root_key].append(thread)
    derived, changed, replaced = DerivedRows(), [], {}
    for root, members in threads.items():
        activities, replaced[root] = _read(connection, deriver, root, members, only_open=only_open)
        before = [item.derived_part for item in activities]
        derived.add(deriver.derive(activities, members, now_ms=now_ms, first_episode=replaced[root]))
        changed += [activity_row(item) for item, was in zip(activities, before, strict=True) if was != item.derived_part]
    save_activities(connection, changed)
    save_derived(connection, derived, now_ms=now_ms, instead_of=replaced)


def _read(
    connection: Connection, deriver: Deriver, root: int, threads: list[Thread], *, only_open: bool
) -> tuple[list[Activity], int]:
    """The activities to derive from, and the number of the first conversation they make."""
    in_part = only_open and len(threads) == 1 and deriver.is_episodic(threads)
    episode = episode_at(connection, root, LAST_MS) if in_part else None
    if episode is None:
        return activities_of_threads(connection, [thread.key for thread in threads]), 1
    return activities_since(connection, threads[0].key, episode[1]), episode[0]
