"""Figures by any cut: counted from packed days, exact in every zone and under every filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from metrics.adding import add_up
from metrics.closed import closed_rows
from metrics.cuts import WORDS, Key, grouped, in_order
from metrics.figures import JsonObject, Totals
from metrics.filters import Filters
from metrics.queues import counting as stays_counted
from metrics.rows import Rows
from metrics.windows import Grain, buckets
from store.engine import Connection, Store
from store.history import open_bot_rows

GRAINS = tuple(grain.value for grain in Grain)
BY = (*WORDS, *GRAINS)
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
    found = closed | {key: closed.get(key, NOTHING)._replace(open=count) for key, count in still_open.items()}
    if stays_counted.is_wanted(wanted):
        found = stays_counted.with_stays(found, stays_counted.count_stays(connection, filters, by))
    if not by and not found:
        return {(): NOTHING}
    return {key: found[key] for key in in_order(found)}


def count_rows(
    rows: Rows, by: Sequence[str], tz: str, *, now_ms: int | None = None, wanted: Collection[str] | None = None
) -> dict[Key, Totals]:
    """Totals by group of rows already chosen. `now_ms`: by when resolutions are old enough to be durable; None: all are."""
    if not len(rows):
        return {}
    groups, names = grouped(rows, by, tz)
    totals = add_up(rows, groups, now_ms=now_ms, wanted=wanted)
    return dict(zip(names(list(totals)), totals.values(), strict=True))


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
