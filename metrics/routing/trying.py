"""What another set of rules would have done with the escalations of a cut, case by case; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from metrics.filters import Filters
from metrics.groups import numbered
from metrics.routing.escalation_rows import EscalationRows
from metrics.routing.evaluate import Routed
from metrics.routing.judging import Cases, Judge, Router
from metrics.routing.kept import escalations_not_packed, first_day, unpacked_escalations
from metrics.rows import Ints
from store.day_packs import Packed, count_packed, dirty_days
from store.engine import Connection
from store.routing.configurations import configurations
from store.routing.records import Configuration

# The rule that takes them, which is another or sends them elsewhere, the queue they went to until now, the one they would go to.
Change = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Move:
    """Escalations that another set of rules would send elsewhere."""

    rule: str  # the rule of the tried set that takes them; "" for its fallback
    from_queue: str
    to_queue: str
    keys: tuple[int, ...]  # of their conversations, the oldest request first

    @property
    def count(self) -> int:
        """How many."""
        return len(self.keys)


@dataclass(frozen=True, slots=True)
class Trial:
    """What another set of rules would have done."""

    num_escalations: int  # that were looked at
    moves: Sequence[Move]  # the most first
    num_same_queue: int  # those that another rule, or the fallback, would take, and send to the same queue

    @property
    def num_moved(self) -> int:
        """How many would go elsewhere."""
        return sum(move.count for move in self.moves)


def try_rules(
    connection: Connection,
    configuration: Configuration,
    filters: Filters,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Trial:
    """What would have moved.

    Compared with what the rules in force say, not with where they landed: so what moves is what the change of rules moves.
    `progress` is told how many are done, of how many.
    """
    judge, router = Judge(configurations(connection)), Router(configuration)
    total = count_packed(connection, Packed.ESCALATIONS, first_day(filters.window.start_ms))
    found: dict[Change, list[Ints]] = {}
    done = count = 0
    for read, rows in _read(connection, filters, judge.names | {*router.names}):
        if len(rows):
            count += len(rows)
            _compare(rows, judge.cases(rows), router.cases(rows), found)
        done += read
        if progress is not None:
            progress(min(done, total), total)
    changes = [Move(*change, _keys(parts)) for change, parts in found.items()]
    moves = [change for change in changes if change.from_queue != change.to_queue]
    moves.sort(key=lambda move: (-move.count, move.rule, move.from_queue, move.to_queue))
    return Trial(count, moves, sum(change.count for change in changes) - sum(move.count for move in moves))


def chosen_escalations(rows: EscalationRows, filters: Filters) -> EscalationRows:
    """Those of a cut; the period has been seen to. Its queues are those they came from or went to."""
    for name, wanted in (("bot", filters.bots), ("channel", filters.channels), ("topic", filters.topics)):
        if wanted:
            rows = rows.where(rows.among(name, wanted))
    if filters.queues:
        rows = rows.where(rows.among("from_queue", filters.queues) | rows.among("to_queue", filters.queues))
    return rows


def _read(connection: Connection, filters: Filters, names: Collection[str]) -> Iterator[tuple[int, EscalationRows]]:
    """Parts of what was read, how much that was, and the escalations of the cut in it."""
    first = first_day(filters.window.start_ms)
    dirty = dirty_days(connection, first, None)
    for rows in unpacked_escalations(connection, names, first):
        yield len(rows), _within(rows.where(~np.isin(rows.columns["day"], dirty)), filters)
    late = escalations_not_packed(connection, names, dirty)
    yield len(late), _within(late, filters)


def _within(rows: EscalationRows, filters: Filters) -> EscalationRows:
    at_ms, window = rows.columns["at_ms"], filters.window
    if window.start_ms is not None:
        rows, at_ms = rows.where(at_ms >= window.start_ms), at_ms[at_ms >= window.start_ms]
    if window.end_ms is not None:
        rows = rows.where(at_ms < window.end_ms)
    return chosen_escalations(rows, filters)


def _compare(rows: EscalationRows, before: Cases, after: Cases, found: dict[Change, list[Ints]]) -> None:
    """Add the moments and the keys of those that another rule takes or that go elsewhere to what is found."""
    cases, numbers = numbered(before.numbers * len(after.found) + after.numbers)
    changes = [_change(before.found[case // len(after.found)], after.found[case % len(after.found)]) for case in cases.tolist()]
    known: dict[Change | None, int] = {None: 0}
    which = np.array([known.setdefault(change, len(known)) for change in changes])[numbers]
    for change, number in known.items():
        if change is not None:
            places = np.flatnonzero(which == number)
            found.setdefault(change, []).append(np.stack([rows.columns[name][places] for name in ("at_ms", "key")]))


def _change(was: tuple[str, Routed] | None, now: tuple[str, Routed] | None) -> Change | None:
    if now is None:
        return None
    before, after = (was[1].queue, _rule(was[1])) if was else ("", None), (now[1].queue, _rule(now[1]))
    return None if before == after else (after[1], before[0], after[0])


def _rule(routed: Routed) -> str:
    return routed.rule.name if routed.rule else ""


def _keys(parts: Sequence[Ints]) -> tuple[int, ...]:
    at_ms, keys = np.concatenate(parts, axis=1)
    return tuple(keys[np.lexsort((keys, at_ms))].tolist())
