"""Recount everything and list what differs: every stored fact from its activities, and every figure from the facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from metrics.bot_sessions.entitlement import Entitlement
from metrics.bot_sessions.questions import count_month, count_used
from metrics.bot_sessions.recount import recount_months
from metrics.derive import Deriver
from metrics.differences import Difference, compare
from metrics.figure_check import check_calls, check_fallbacks, check_figures, check_routing, check_suggestions, check_surveys
from store.bot_sessions.counting import kept_days, sessions_with_bots
from store.customers import customers_that_differ
from store.engine import Connection, Store
from store.history import count_conversations, derived_rows, raw_lines, without_thread
from store.reads import activities_of_threads, all_roots, threads_of_roots, within
from store.records import DERIVED_FIELDS, Activity, Derived, Role, Thread

# What is held at a time.
ROOTS_AT_ONCE = 500
ACTIVITIES_AT_ONCE = 20_000
# Months of bot sessions are counted twice in these.
MONTH_ZONES = ("UTC", "America/New_York", "Asia/Kolkata")


def check(
    store: Store, deriver: Deriver, *, now_ms: int, progress: Callable[[int, int], None] | None = None
) -> Iterator[Difference]:
    """Everything that differs, all of one snapshot of the database. What is due at `now_ms` must have been settled.

    `progress` is told how many conversations have been derived anew and counted anew, of how many.
    """
    with store.read() as connection:
        told = _Told(2 * count_conversations(connection), progress)
        for name in without_thread(connection, limit=ROOTS_AT_ONCE):
            yield Difference(f"conversation {name}", "activities", "a conversation", None)
        yield from _check_derived(connection, deriver, now_ms, told.more)
        for source, customer_id, found, recounted in customers_that_differ(connection):
            yield Difference(f"customer {customer_id} of {source}", "name and time seen", found, recounted)
        yield from check_figures(connection, now_ms=now_ms, progress=told.more)
        yield from check_routing(connection)
        yield from check_bot_sessions(connection, now_ms=now_ms)
        yield from check_calls(connection)
        yield from check_surveys(connection)
        yield from check_suggestions(connection)
        yield from check_fallbacks(connection)


def check_bot_sessions(connection: Connection, *, now_ms: int) -> Iterator[Difference]:
    """Compare every month's bot sessions, and what is kept of each day, with a recount from the sessions, in several zones."""
    months, days = recount_months(sessions_with_bots(connection), MONTH_ZONES)
    for (zone, name), again in sorted(months.items()):
        month = count_month(connection, name, Entitlement(zone=zone), now_ms=now_ms)
        found = {part: {word: num for word, num in getattr(month, part).items() if num} for part in again}
        yield from compare(f"bot sessions of {name} in {zone}", found, again)
        used = again["by_day"].total()
        yield from compare(f"bot sessions of {name} in {zone}", {"kept": count_used(connection, name, zone)}, {"kept": used})
    kept = {str(day): num for day, num in kept_days(connection).items() if num is not None}
    again_kept = {day: days.get(int(day), 0) for day in kept}
    yield from compare("bot sessions of UTC days", kept, again_kept)


class _Told:
    """How far it is, told as it goes on."""

    def __init__(self, total: int, progress: Callable[[int, int], None] | None) -> None:
        self._total, self._progress, self._done = total, progress, 0

    def more(self, count: int) -> None:
        """So many are done that were not."""
        self._done += count
        if self._progress is not None:
            self._progress(self._done, self._total)


def _check_derived(connection: Connection, deriver: Deriver, now_ms: int, told: Callable[[int], None]) -> Iterator[Difference]:
    after = -(2**63)
    while roots := within(all_roots(connection, after=after, limit=ROOTS_AT_ONCE), ACTIVITIES_AT_ONCE):
        after = roots[-1]
        stored = _Stored(derived_rows(connection, roots))
        threads: dict[int, list[Thread]] = {root: [] for root in roots}
        for thread in threads_of_roots(connection, roots):
            threads[thread.root_key].append(thread)
        root_of = {thread.key: root for root, members in threads.items() for thread in members}
        activities: dict[int, list[Activity]] = {root: [] for root in roots}
        kept: Counter[int] = Counter()
        for item in activities_of_threads(connection, root_of):
            activities[root_of[item.thread_key]].append(item)
            kept[item.thread_key] += 1
        for root in roots:
            if activities[root]:
                yield from _check_root(stored, root, activities[root], threads[root], deriver, now_ms)
            else:
                for name in stored.names_of(root):
                    yield Difference(f"conversation {name}", "activities", "a conversation", None)
        told(stored.num_conversations)
        yield from _check_raw(connection, [thread for members in threads.values() for thread in members], kept)


def _check_raw(connection: Connection, threads: list[Thread], num_stored: Mapping[int, int]) -> Iterator[Difference]:
    """Of every stored activity there must be a record as received; of superseded versions there are more."""
    lines = raw_lines(connection, [thread.key for thread in threads])
    for thread in threads:
        if lines[thread.key] < num_stored.get(thread.key, 0):
            yield Difference(f"thread {thread.external_id}", "records as received", lines[thread.key], num_stored[thread.key])


class _Stored:
    """Rows of the derived tables, by the root they were derived from."""

    def __init__(self, tables: Mapping[str, Iterable[Mapping[Any, Any]]]) -> None:
        self._by_root: dict[int, dict[str, dict[str, Any]]] = {}
        root_of: dict[int, int] = {}
        self.num_conversations = len([*tables["conversation"]])
        for row in tables["conversation"]:
            root_of[row["conversation_key"]] = row["root_key"]
        for table, rows in tables.items():
            for row in rows:
                of_root = self._by_root.setdefault(root_of[row["conversation_key"]], {})
                of_root[_name(table, row)] = {str(name): value for name, value in row.items()}

    def of(self, root: int) -> dict[str, dict[str, Any]]:
        return self._by_root.get(root, {})

    def names_of(self, root: int) -> list[str]:
        """The ids of its conversations."""
        return [row["conversation_id"] for row in self.of(root).values() if "conversation_id" in row]


def _check_root(
    stored: _Stored, root: int, activities: list[Activity], threads: list[Thread], deriver: Deriver, now_ms: int
) -> Iterator[Difference]:
    before = {(item.thread_key, item.identity): _filled_in(item) for item in activities}
    for item in activities:
        item.role, item.role_inferred, item.conversation_key, item.sentiment_micro, item.engine = Role.SYSTEM, False, 0, None, ""
    derived = deriver.derive(activities, threads, now_ms=now_ms)
    name = derived.conversations[0].conversation_id if derived.conversations else str(root)
    yield from compare(f"conversation {name}", stored.of(root), _rows(derived))
    for item in activities:
        found = before[item.thread_key, item.identity]
        yield from compare(f"conversation {name}: activity {item.activity_id or item.identity}", found, _filled_in(item))


def _filled_in(item: Activity) -> dict[str, Any]:
    """The part of an activity that deriving fills in."""
    return dict(zip(DERIVED_FIELDS, item.derived_part, strict=True))


def _rows(derived: Derived) -> dict[str, dict[str, Any]]:
    """Rows as they should be stored, by a name each."""
    rows = [("conversation", asdict(item)) for item in derived.conversations]
    parts: tuple[tuple[str, Mapping[int, Iterable[Any]]], ...] = (
        ("session", derived.sessions),
        ("segment", derived.segments),
        ("participant", derived.participants),
        ("context_variable", derived.context),
        ("fallback", derived.fallbacks),
        ("speech", derived.speech),
        ("survey", derived.surveys),
        ("suggestion", derived.suggestions),
    )
    for table, by_conversation in parts:
        for key, items in by_conversation.items():
            rows.extend((table, {"conversation_key": key, **asdict(item)}) for item in items)
    return {_name(table, row): row for table, row in rows}


def _name(table: str, row: Mapping[Any, Any]) -> str:
    rest = [str(row[part]) for part in ("number", "role", "participant_id") if part in row]
    return " ".join([table, str(row["conversation_key"]), *rest])
