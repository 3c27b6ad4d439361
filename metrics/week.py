"""The shape of the week: what happens at which hour of which weekday, by the clock of a zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from metrics.adding import add_up
from metrics.closed import closed_rows
from metrics.figures import Totals
from metrics.filters import Filters
from metrics.groups import Groups
from metrics.rows import Ints
from metrics.windows import DAY_MS, HOUR_MS, STEP_MS, Grain, offsets, runs_of, spread
from store.engine import Connection, Store
from store.history import bounds

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = 24
Slot = tuple[int, int]  # weekday from 0, Monday; hour from 0


def by_slot(store: Store, filters: Filters, metric: str) -> Mapping[Slot, Totals]:
    """Totals, as far as `metric` needs them, of each hour of the week in which conversations ended."""
    with store.read() as connection:
        rows = closed_rows(connection, filters)
    if not len(rows):
        return {}
    groups = Groups(_slots_in_order(rows.columns["ended_ms"], filters.tz), len(WEEKDAYS) * HOURS)
    totals = add_up(rows, groups, now_ms=filters.now_ms, wanted=(metric,))
    return {divmod(slot, HOURS): each for slot, each in totals.items()}


def within_slot(store: Store, filters: Filters, slot: Slot) -> Filters:
    """The same cut, of conversations that ended in one hour of the week."""
    with store.read() as connection:
        first, last = _ends(connection, filters)
    begins = np.arange(first - first % STEP_MS, last, STEP_MS, dtype=np.int64)
    inside = np.flatnonzero(_slots(begins, filters.tz) == slot[0] * HOURS + slot[1])
    parts = np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1) if len(inside) else []
    spans = tuple((int(begins[part[0]]), int(begins[part[-1]]) + STEP_MS) for part in parts)
    # No span is a span of nothing: a slot that the period does not touch counts no conversation.
    return replace(filters, spans=spans or ((first, first),), hour_of_week=slot)


def placed(store: Store, filters: Filters) -> Filters:
    """The same cut with the spans of the hour of the week that it names; unchanged where it names none."""
    return filters if filters.hour_of_week is None else within_slot(store, filters, filters.hour_of_week)


def _slots(at_ms: Ints, tz: str) -> Ints:
    local = at_ms + offsets(at_ms, tz)
    weekday = (local // DAY_MS + 3) % 7  # the epoch was a Thursday
    slots: Ints = weekday * HOURS + local % DAY_MS // HOUR_MS
    return slots


def _slots_in_order(at_ms: Ints, tz: str) -> Ints:
    """The same of moments in order: within an hour of the clock it is one."""
    runs = runs_of(int(at_ms[0]), int(at_ms[-1]), Grain.HOUR, tz)
    return _slots(at_ms, tz) if runs is None else spread(_slots(runs[0], tz), runs[0], at_ms)


def _ends(connection: Connection, filters: Filters) -> tuple[int, int]:
    first, last = bounds(connection)
    window = filters.window
    start_ms = max(window.start_ms if window.start_ms is not None else first or 0, first or 0)
    end_ms = min(window.end_ms if window.end_ms is not None else (last or 0) + 1, (last or 0) + 1)
    return start_ms, max(start_ms, end_ms)
