"""Which rows of packed days a cut holds, and which of these a metric counts: the same as the store finds, without asking it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from metrics.counted import Counted
from metrics.filters import Filters
from metrics.levels import level_bounds
from metrics.rows import MISSING, NO_SCORE, OUTCOME_CODES, RESOLUTION_CODES, Flag, Ints, Mask, Rows, is_one_of
from metrics.windows import DAY_MS

# What a column without a place of its own in a pack is known by.
_FLAGS = {"is_engaged": Flag.ENGAGED, "is_suspect": Flag.SUSPECT, "accepted_ms": Flag.ACCEPTED}


def chosen_rows(rows: Rows, filters: Filters) -> Rows:
    """Those that the filters leave; the period, tests, and what only the store can tell, have been seen to."""
    return rows.where(*_chosen(rows, filters))


def counted_rows(rows: Rows, counted: Counted, *, now_ms: int | None) -> Rows:
    """Those of chosen rows that a metric counts."""
    return rows.where(*_counted(rows, counted, now_ms))


def _chosen(rows: Rows, filters: Filters) -> Iterator[Mask]:
    """Of which rows each of the filters holds."""
    words = {
        "channel": filters.channels,
        "queue": filters.queues,
        "topic": filters.topics,
        "workstream": filters.workstreams,
        "reason": filters.reasons,
    }
    for name, values in words.items():
        if values:
            yield rows.among(name, values)
    if filters.outcomes:
        yield is_one_of(rows.columns["outcome"], [OUTCOME_CODES.get(outcome, -1) for outcome in filters.outcomes])
    if filters.resolutions:
        yield is_one_of(rows.columns["resolution"], [RESOLUTION_CODES.get(each, -1) for each in filters.resolutions])
    if filters.states and "closed" not in filters.states:
        yield np.zeros(len(rows), dtype=np.bool_)
    if filters.sentiments:
        yield np.logical_or.reduce([_feels(rows.columns["sentiment_micro"], level) for level in filters.sentiments])
    for name, low, high in filters.ranges:
        yield _between(rows.columns[name], MISSING.get(name), low, high)
    if filters.spans:
        starts, ends = np.array(filters.spans, dtype=np.int64).T
        place = np.searchsorted(starts, rows.columns["ended_ms"], side="right") - 1
        yield (place >= 0) & (rows.columns["ended_ms"] < ends[place])
    yield from _true(rows, filters)


def _true(rows: Rows, filters: Filters) -> Iterator[Mask]:
    if filters.is_suspect:
        yield rows.has(Flag.SUSPECT)
    if filters.has_fallback:
        yield rows.has(Flag.FALLBACK)
    if filters.people_only:
        yield rows.has(Flag.PEOPLE)


def _feels(scores: Ints, level: str) -> Mask:
    if not level:
        without: Mask = scores == NO_SCORE
        return without
    return _between(scores, NO_SCORE, *level_bounds(level))


def _between(values: Ints, missing: int | None, low: int | None, high: int | None) -> Mask:
    mask: Mask = np.ones(len(values), dtype=np.bool_) if missing is None else values != missing
    if low is not None:
        mask = mask & (values >= low)
    if high is not None:
        mask = mask & (values < high)
    return mask


def _counted(rows: Rows, counted: Counted, now_ms: int | None) -> Iterator[Mask]:
    if counted.outcomes:
        yield is_one_of(rows.columns["outcome"], [OUTCOME_CODES[outcome] for outcome in counted.outcomes])
    if counted.resolution:
        yield rows.columns["resolution"] == RESOLUTION_CODES[counted.resolution]
    yield from (_has(rows, name) for name in (*counted.having, *counted.being))
    yield from (~_has(rows, name) for name in counted.lacking)
    for name, least in counted.low:
        yield _between(rows.columns[name], MISSING.get(name), least, None)
    if counted.days:
        span_ms = counted.days * DAY_MS
        yield rows.has(Flag.KNOWN)
        if now_ms is not None:
            yield rows.columns["ended_ms"] <= now_ms - span_ms
        if counted.came_back is not None:
            yield (rows.columns["contact_ms"] < span_ms) == counted.came_back


def _has(rows: Rows, name: str) -> Mask:
    """Of which rows a column has a value, or is true."""
    if name in _FLAGS:
        return rows.has(_FLAGS[name])
    found: Mask = rows.columns[name] != MISSING[name]
    return found
