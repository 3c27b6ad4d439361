"""Figures by any cut: counted from packed days, exact in every zone and under every filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from metrics.adding import add_up
from metrics.figures import JsonObject, Totals
from metrics.filters import Filters
from metrics.packs import OUTCOME_CODES, unpack
from metrics.rows import MISSING, Flag, Ints, Mask, Rows
from metrics.windows import Grain, buckets
from store.engine import Connection, Store
from store.history import open_bot_rows

Key = tuple[str | None, ...]

WORDS = ("bot", "channel", "queue", "topic", "workstream", "reason")
GRAINS = tuple(grain.value for grain in Grain)
BY = ("bot", "channel", "queue", "topic", "workstream", "reason", *GRAINS)
# Numbers that lie this close together are counted in a table instead of being sorted.
DENSE_SPAN = 1 << 20


class CutError(ValueError):
    """A question that cannot be asked: an unknown key to group by, or one named twice."""


def report(store: Store, filters: Filters, by: Sequence[str] = ()) -> list[JsonObject]:
    """The report as it is printed: without `by` one object, always; with it one for each group that has conversations."""
    return [dict(zip(by, key, strict=True)) | totals.as_json() for key, totals in count(store, filters, by).items()]


def count(store: Store, filters: Filters, by: Sequence[str] = (), *, wanted: Collection[str] | None = None) -> dict[Key, Totals]:
    """Totals by group, ascending by key, null last. Without `by` there is exactly one group, with the key ().

    With `wanted`, only outcomes and what these metrics need are counted.
    """
    _check(by)
    with store.read() as connection:
        return count_in(connection, filters, by, wanted=wanted)


def count_in(
    connection: Connection, filters: Filters, by: Sequence[str] = (), *, wanted: Collection[str] | None = None
) -> dict[Key, Totals]:
    """The same within the caller's snapshot."""
    closed = count_rows(closed_rows(connection, filters), by, filters.tz, now_ms=filters.now_ms, wanted=wanted)
    still_open = Counter(_open_keys(connection, filters, by))
    found = {key: replace(closed.get(key, Totals()), open=still_open[key]) for key in closed.keys() | still_open.keys()}
    if not by and not found:
        return {(): Totals()}
    return dict(sorted(found.items(), key=lambda item: [(word is None, word or "") for word in item[0]]))


def closed_rows(connection: Connection, filters: Filters) -> Rows:
    """The closed bot conversations of this cut."""
    rows = unpack(connection, filters.window.start_ms, filters.window.end_ms, filters.bots)
    return rows.where(*_chosen(rows, filters))


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
            yield np.isin(rows.columns[name], rows.codes(name, values))
    if filters.outcomes:
        yield np.isin(rows.columns["outcome"], [OUTCOME_CODES.get(outcome, -1) for outcome in filters.outcomes])
    for name, low, high in filters.ranges:
        column = rows.columns[name]
        if name in MISSING:
            yield column != MISSING[name]
        if low is not None:
            yield column >= low
        if high is not None:
            yield column < high
    if filters.spans:
        starts, ends = np.array(filters.spans, dtype=np.int64).T
        place = np.searchsorted(starts, rows.columns["ended_ms"], side="right") - 1
        yield (place >= 0) & (rows.columns["ended_ms"] < ends[place])
    if not filters.include_tests:
        yield ~rows.has(Flag.TEST)


def count_rows(
    rows: Rows, by: Sequence[str], tz: str, *, now_ms: int | None = None, wanted: Collection[str] | None = None
) -> dict[Key, Totals]:
    """Totals by group of rows already chosen. `now_ms`: by when resolutions are old enough to be durable; None: all are."""
    if not len(rows):
        return {}
    group = np.zeros(len(rows), dtype=np.int64)
    labels: list[list[str | None]] = []
    for name in by:
        codes, names = _codes(rows, name, tz)
        labels.append(names)
        group = group * len(names) + codes
    found, group = _numbered(group)
    totals = add_up(rows, group, len(found), now_ms=now_ms, wanted=wanted)
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
