"""Figures by any cut: counted from packed days, exact in every zone and under every filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np

from metrics.adding import add_up
from metrics.choosing import chosen_rows
from metrics.figures import JsonObject, Totals
from metrics.filters import Filters
from metrics.groups import Groups, numbered
from metrics.kept import decoded, unpack
from metrics.rows import Ints, Rows
from metrics.windows import Grain, buckets, runs_of, spread
from store.engine import Connection, Store
from store.history import chosen_bot_rows, open_bot_rows

Key = tuple[str | None, ...]

WORDS = ("bot", "channel", "queue", "topic", "workstream", "reason")
GRAINS = tuple(grain.value for grain in Grain)
BY = ("bot", "channel", "queue", "topic", "workstream", "reason", *GRAINS)
# Where there may be more groups than a row in so many, they are numbered without gaps: of each many things are counted.
DENSE = 8

NOTHING = Totals()


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
    found = closed | {key: replace(closed.get(key, NOTHING), open=count) for key, count in still_open.items()}
    if not by and not found:
        return {(): NOTHING}
    return dict(sorted(found.items(), key=lambda item: [(word is None, word or "") for word in item[0]]))


def closed_rows(connection: Connection, filters: Filters) -> Rows:
    """The closed bot conversations of this cut."""
    window = filters.window
    if filters.needs_rows:
        rows = decoded(chosen_bot_rows(connection, filters.selection()))
    else:
        rows = unpack(connection, window.start_ms, window.end_ms, filters.bots, include_tests=filters.include_tests)
    return chosen_rows(rows, filters)


def count_rows(
    rows: Rows, by: Sequence[str], tz: str, *, now_ms: int | None = None, wanted: Collection[str] | None = None
) -> dict[Key, Totals]:
    """Totals by group of rows already chosen. `now_ms`: by when resolutions are old enough to be durable; None: all are."""
    if not len(rows):
        return {}
    groups, names = _grouped(rows, by, tz)
    return {names(number): totals for number, totals in add_up(rows, groups, now_ms=now_ms, wanted=wanted).items()}


def _grouped(rows: Rows, by: Sequence[str], tz: str) -> tuple[Groups, Callable[[int], Key]]:
    """The groups of rows, and what each is called."""
    if not by:
        return Groups(None, 1), lambda _number: ()
    numbers: Ints = np.zeros(0, dtype=np.int64)
    labels: list[list[str | None]] = []
    size = 1
    for place, name in enumerate(by):
        codes, names = _codes(rows, name, tz)
        labels.append(names)
        numbers = numbers * len(names) + codes if place else codes.astype(np.int64, copy=False)
        size *= len(names)
    if size * DENSE <= len(rows):
        return Groups(numbers, size), lambda number: _key(number, labels)
    found, numbers = numbered(numbers)
    return Groups(numbers, len(found)), lambda number: _key(int(found[number]), labels)


def _codes(rows: Rows, name: str, tz: str) -> tuple[Ints, list[str | None]]:
    """Of each row the number of its group under one key, and what the numbers stand for."""
    if name in WORDS:
        return rows.columns[name], [word or None for word in rows.words[name]]
    ended = rows.columns["ended_ms"]
    runs = runs_of(int(ended[0]), int(ended[-1]), Grain(name), tz)
    if runs is None:
        moments = buckets(ended, Grain(name), tz)
        found, codes = numbered(moments.codes)
    else:
        starts, moments = runs
        found, run_codes = numbered(moments.codes)
        codes = spread(run_codes, starts, ended)
    return codes, [moments.label(int(code)) for code in found]


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
