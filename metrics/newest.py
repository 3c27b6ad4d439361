"""Where the newest conversations of a cut are, found in memory: the database looks those up, and does not look for them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from metrics.counted import Counted, counted_by
from metrics.filters import Filters
from metrics.report import closed_rows
from metrics.rows import MISSING, OUTCOME_CODES, RESOLUTION_CODES, Flag, Mask, Rows
from metrics.windows import DAY_MS
from store.engine import Connection

_FLAGS = {"is_engaged": Flag.ENGAGED, "is_suspect": Flag.SUSPECT, "accepted_ms": Flag.ACCEPTED}


def newest_ends(connection: Connection, filters: Filters, metric: str | None, before_ms: int | None, limit: int) -> list[int]:
    """When the newest conversations that a metric counts ended: `limit` before a moment, and those at the moment itself.

    The moments may be fewer: several conversations can end at one.
    """
    rows = closed_rows(connection, filters)
    rows = rows.where(*_masks(rows, counted_by(metric), filters.now_ms))
    ended = rows.columns["ended_ms"]
    last = len(ended) if before_ms is None else int(np.searchsorted(ended, before_ms, side="right"))
    first = last if before_ms is None else int(np.searchsorted(ended, before_ms))
    found: list[int] = np.unique(ended[max(0, first - limit) : last]).tolist()
    return found


def _masks(rows: Rows, counted: Counted, now_ms: int | None) -> Iterator[Mask]:
    """Of which rows each condition of a metric holds."""
    columns = rows.columns
    if counted.outcomes:
        yield np.isin(columns["outcome"], [OUTCOME_CODES[outcome] for outcome in counted.outcomes])
    if counted.resolution:
        yield columns["resolution"] == RESOLUTION_CODES[counted.resolution]
    for names, is_there in ((counted.having, True), (counted.lacking, False)):
        for name in names:
            yield _has_value(rows, name) == is_there
    for name in counted.being:
        yield rows.has(_FLAGS[name])
    for name, least in counted.low:
        yield columns[name] >= least
    if counted.days:
        yield from _returning(rows, counted, now_ms)


def _has_value(rows: Rows, name: str) -> Mask:
    found: Mask = rows.has(_FLAGS[name]) if name in _FLAGS else rows.columns[name] != MISSING[name]
    return found


def _returning(rows: Rows, counted: Counted, now_ms: int | None) -> Iterator[Mask]:
    span_ms = counted.days * DAY_MS
    yield rows.has(Flag.KNOWN)
    if now_ms is not None:
        yield rows.columns["ended_ms"] <= now_ms - span_ms
    if counted.came_back is not None:
        yield (rows.columns["contact_ms"] < span_ms) == counted.came_back
