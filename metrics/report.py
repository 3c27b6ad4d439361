"""Figures by any cut: counted from packed days, exact in every zone and under every filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metrics.figures import JsonObject, Score, Times, Totals
from metrics.filters import Filters
from metrics.levels import NEUTRAL_MICRO
from metrics.packs import CSAT_REQUESTED, IS_TEST, NO_SCORE, NO_TIME, OUTCOME_CODES, RESOLUTION_CODES, Rows, unpack
from metrics.windows import Grain, buckets
from store.engine import Connection, Store
from store.history import open_bot_rows

Ints = NDArray[Any]  # whole numbers of any width
Mask = NDArray[np.bool_]
Key = tuple[str | None, ...]

WORDS = ("bot", "channel", "queue", "topic", "workstream", "reason")
GRAINS = tuple(grain.value for grain in Grain)
BY = ("bot", "channel", "queue", "topic", "workstream", "reason", *GRAINS)
SATISFIED_MICRO = 4_000_000
# Numbers that lie this close together are counted in a table instead of being sorted.
DENSE_SPAN = 1 << 20


class CutError(ValueError):
    """A question that cannot be asked: an unknown key to group by, or one named twice."""


def report(store: Store, filters: Filters, by: Sequence[str] = ()) -> list[JsonObject]:
    """The report as it is printed: without `by` one object, always; with it one for each group that has conversations."""
    return [dict(zip(by, key, strict=True)) | totals.as_json() for key, totals in count(store, filters, by).items()]


def count(store: Store, filters: Filters, by: Sequence[str] = ()) -> dict[Key, Totals]:
    """Totals by group, ascending by key, null last. Without `by` there is exactly one group, with the key ()."""
    _check(by)
    with store.read() as connection:
        return count_in(connection, filters, by)


def count_in(connection: Connection, filters: Filters, by: Sequence[str] = ()) -> dict[Key, Totals]:
    """The same within the caller's snapshot."""
    closed = count_rows(closed_rows(connection, filters), by, filters.tz)
    still_open = Counter(_open_keys(connection, filters, by))
    found = {key: replace(closed.get(key, Totals()), open=still_open[key]) for key in closed.keys() | still_open.keys()}
    if not by and not found:
        return {(): Totals()}
    return dict(sorted(found.items(), key=lambda item: [(word is None, word or "") for word in item[0]]))


def closed_rows(connection: Connection, filters: Filters) -> Rows:
    """The closed bot conversations of this cut."""
    rows = unpack(connection, filters.window.start_ms, filters.window.end_ms, filters.bots)
    mask = np.ones(len(rows), dtype=bool)
    chosen = {
        "channel": filters.channels,
        "queue": filters.queues,
        "topic": filters.topics,
        "workstream": filters.workstreams,
    }
    for name, values in chosen.items():
        if values:
            mask &= np.isin(rows.columns[name], rows.codes(name, values))
    if filters.outcomes:
        mask &= np.isin(rows.columns["outcome"], [OUTCOME_CODES.get(outcome, -1) for outcome in filters.outcomes])
    if not filters.include_tests:
        mask &= rows.columns["flags"] & IS_TEST == 0
    return rows if mask.all() else rows.where(mask)


def count_rows(rows: Rows, by: Sequence[str], tz: str) -> dict[Key, Totals]:
    """Totals by group of rows already chosen."""
    if not len(rows):
        return {}
    group = np.zeros(len(rows), dtype=np.int64)
    labels: list[list[str | None]] = []
    for name in by:
        codes, names = _codes(rows, name, tz)
        labels.append(names)
        group = group * len(names) + codes
    found, group = _numbered(group)
    totals = _totals(rows, group, len(found))
    return dict(zip((_key(int(code), labels) for code in found), totals, strict=True))


def _codes(rows: Rows, name: str, tz: str) -> tuple[Ints, list[str | None]]:
    """Of each row the number of its group under one key, and what the numbers stand for."""
    if name in WORDS:
        return rows.columns[name], [word or None for word in rows.words[name]]
    moments = buckets(rows.columns["ended_ms"], Grain(name), tz)
    found, codes = _numbered(moments.codes)
    return codes, [moments.label(int(code)) for code in found]


def _numbered(values: Ints) -> tuple[Ints, Ints]:
    """The different values, ascending, and of each its number among them: np.unique, but without sorting where it can."""
    lowest = int(values.min())
    span = int(values.max()) - lowest + 1
    if span > DENSE_SPAN:
        found, numbers = np.unique(values, return_inverse=True)
        return found, numbers.astype(np.int64)
    present = np.bincount(values - lowest, minlength=span) > 0
    return np.flatnonzero(present) + lowest, (np.cumsum(present) - 1)[values - lowest]


def _key(code: int, labels: Sequence[list[str | None]]) -> Key:
    words: list[str | None] = []
    for names in reversed(labels):
        code, rest = divmod(code, len(names))
        words.append(names[rest])
    return tuple(reversed(words))


def _totals(rows: Rows, group: Ints, size: int) -> list[Totals]:
    columns = rows.columns

    def counted(mask: Mask) -> list[int]:
        found: list[int] = np.bincount(group[mask], minlength=size).tolist()
        return found

    outcome = {name: columns["outcome"] == code for name, code in OUTCOME_CODES.items() if name}
    resolution = {name: columns["resolution"] == code for name, code in RESOLUTION_CODES.items() if name}
    sentiment, csat = columns["sentiment_micro"], columns["csat_micro"]
    scored, answered = sentiment != NO_SCORE, csat != NO_SCORE
    timed = columns["bot_ms"] != NO_TIME
    counts = {
        "closed": counted(np.ones(len(rows), dtype=bool)),
        **{name: counted(mask) for name, mask in (outcome | resolution).items()},
        "positive": counted(scored & (sentiment > NEUTRAL_MICRO)),
        "neutral": counted(scored & (np.abs(sentiment) <= NEUTRAL_MICRO)),
        "negative": counted(scored & (sentiment < -NEUTRAL_MICRO)),
        "csat_satisfied": counted(answered & (csat >= SATISFIED_MICRO)),
        "scored_messages": _sums(columns["num_scored"], group, size),
    }
    asked = counted(answered | (columns["flags"] & CSAT_REQUESTED != 0))
    figures: dict[str, list[Any]] = {
        "resolution_time": _times(columns["bot_ms"], group, size, timed & outcome["resolved"]),
        "escalation_time": _times(columns["bot_ms"], group, size, timed & outcome["escalated"]),
        "average_sentiment": _scores(sentiment, group, size, scored, counted(scored), counts["closed"]),
        "csat": _scores(csat, group, size, answered, counted(answered), asked),
    }
    columnwise = counts | figures
    return [Totals(**dict(zip(columnwise, values, strict=True))) for values in zip(*columnwise.values(), strict=True)]


def _sums(values: Ints, group: Ints, size: int) -> list[int]:
    totals = np.zeros(size, dtype=np.int64)
    np.add.at(totals, group, values)  # whole numbers: no order of adding changes a figure
    found: list[int] = totals.tolist()
    return found


def _scores(values: Ints, group: Ints, size: int, mask: Mask, scored: list[int], n: list[int]) -> list[Score]:
    sums = _sums(values[mask], group[mask], size)
    return [Score(*each) for each in zip(sums, scored, n, strict=True)]


def _times(values: Ints, group: Ints, size: int, mask: Mask) -> list[Times]:
    """Mean, median and p90 of each group, from its sorted durations, in whole numbers."""
    group, values = group[mask], values[mask]
    values = values[np.lexsort((values, group))]
    lengths = np.bincount(group, minlength=size)
    starts = np.cumsum(lengths) - lengths
    sums = np.diff(np.concatenate(([0], np.cumsum(values)))[np.append(starts, len(values))])
    values = np.append(values, 0)  # what a group without durations points at behind the last one
    last = np.maximum(lengths - 1, 0)
    median = values[starts + last // 2] + values[starts + (last + 1) // 2]
    place, rest = np.divmod(9 * last, 10)
    p90 = values[starts + place] * (10 - rest) + values[starts + np.minimum(place + 1, last)] * rest
    return [Times(*each) for each in zip(lengths.tolist(), sums.tolist(), median.tolist(), p90.tolist(), strict=True)]


def _open_keys(connection: Connection, filters: Filters, by: Sequence[str]) -> list[Key]:
    """The group of every open conversation; in time that of its start."""
    rows = open_bot_rows(connection, filters.selection())
    started = np.array([row["started_ms"] for row in rows], dtype=np.int64)
    columns: list[list[str | None]] = []
    for name in by:
        if name in WORDS:
            columns.append([row[name] or None for row in rows])
        else:
            moments = buckets(started, Grain(name), filters.tz)
            columns.append([moments.label(int(code)) for code in moments.codes])
    return list(zip(*columns, strict=True)) if by else [()] * len(rows)


def _check(by: Sequence[str]) -> None:
    for name in by:
        if name not in BY:
            raise CutError(f"cannot group by {name!r}; use {', '.join(BY)}")
    if len(set(by)) < len(by):
        raise CutError("cannot group by the same thing twice")
