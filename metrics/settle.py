"""Settling: what time alone changes. Closes the conversations that are due and brings the packed days up to date.

Every load, report, check, export and page does this first, so that no figure depends on a server having run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from metrics import packs
from metrics.bot_sessions import days as bot_days
from metrics.derive import Deriver
from store.changes import newest_change, roots_changed_since, writes_alone
from store.engine import Connection, Store
from store.reads import activities_of_threads, activities_since, all_roots, due_roots, episode_at, threads_of_roots, within
from store.records import Activity, Thread
from store.unfinished import finish_roots, unfinished_roots
from store.writes import DerivedRows, Row, activity_row, save_activities, save_derived

# What is derived for one transaction.
ROOTS_AT_ONCE = 40
ACTIVITIES_AT_ONCE = 1_500
LAST_MS = 2**53  # later than any time


def settle(store: Store, deriver: Deriver, *, now_ms: int) -> None:
    """Close what is due at `now_ms`, in short transactions, and recount the days that changed.

    Before that, what a load has begun to write and did not go on with is derived from what there is.
    """
    while True:
        with store.read() as connection:
            begun = unfinished_roots(connection)
            due = within(due_roots(connection, now_ms, limit=ROOTS_AT_ONCE), ACTIVITIES_AT_ONCE)
        if begun:
            _finish(store, deriver, begun, now_ms)
            continue
        if not due:
            break
        _write_anew(store, deriver, due, now_ms, only_open=True)
    packs.refresh(store)
    bot_days.refresh(store)


def _finish(store: Store, deriver: Deriver, roots: list[int], now_ms: int) -> None:
    for root in roots:
        _write_anew(store, deriver, [root], now_ms, only_open=False)


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
        _write_anew(store, deriver, roots, now_ms, only_open=False)
        after, count = roots[-1], count + len(roots)
        if progress is not None:
            progress(count)
    packs.refresh(store)
    bot_days.refresh(store)
    return count


@dataclass(frozen=True, slots=True)
class _Anew:
    """What comes of roots that are derived anew."""

    derived: DerivedRows
    changed: list[Row]  # of table `activity`
    replaced: dict[int, int]  # by root, the first episode that is


def _write_anew(store: Store, deriver: Deriver, roots: list[int], now_ms: int, *, only_open: bool) -> None:
    """Derive these roots anew at `now_ms`; with `only_open`, of those that come in episodes only the last: no other can be.

    Before the transaction, where others would wait for it, and within it those that have changed by then.
    """
    made = _Anew(DerivedRows(), [], {})
    with store.read() as connection:
        newest = newest_change(connection)
        if writes_alone(connection):
            made = _derive_anew(connection, deriver, roots, now_ms, only_open=only_open)
    with store.write() as connection:
        touched = roots_changed_since(connection, newest)
        if not made.replaced or any(root in touched for root in roots):
            made = _derive_anew(connection, deriver, roots, now_ms, only_open=only_open)
        save_activities(connection, made.changed)
        save_derived(connection, made.derived, now_ms=now_ms, instead_of=made.replaced)
        if not only_open:
            finish_roots(connection, roots)


def _derive_anew(connection: Connection, deriver: Deriver, roots: list[int], now_ms: int, *, only_open: bool) -> _Anew:
    threads: dict[int, list[Thread]] = {}
    for thread in threads_of_roots(connection, roots):
        threads.setdefault(thread.root_key, []).append(thread)
    made = _Anew(DerivedRows(), [], {})
    for root, members in threads.items():
        activities, made.replaced[root] = _read(connection, deriver, root, members, only_open=only_open)
        before = [item.derived_part for item in activities]
        made.derived.add(deriver.derive(activities, members, now_ms=now_ms, first_episode=made.replaced[root]))
        differ = (item for item, was in zip(activities, before, strict=True) if was != item.derived_part)
        made.changed.extend(activity_row(item) for item in differ)
    return made


def _read(
    connection: Connection, deriver: Deriver, root: int, threads: list[Thread], *, only_open: bool
) -> tuple[list[Activity], int]:
    """The activities to derive from, and the number of the first conversation they make."""
    in_part = only_open and len(threads) == 1 and deriver.is_episodic(threads)
    episode = episode_at(connection, root, LAST_MS) if in_part else None
    if episode is None:
        return activities_of_threads(connection, [thread.key for thread in threads]), 1
    return activities_since(connection, threads[0].key, episode[1]), episode[0]
