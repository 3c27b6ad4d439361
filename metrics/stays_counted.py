"""Figures of queues, counted from stays: how many came, who was taken and how soon, who left first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from metrics.choosing import chosen_rows
from metrics.cuts import BY_STAY, Key, grouped
from metrics.figures import Times, Totals
from metrics.filters import Filters
from metrics.groups import Groups
from metrics.kept import STAYS, decoded, unpack
from metrics.rows import STAY_CODES, Ints, Mask, Rows
from store.engine import Connection
from store.selecting import closed_conversations
from store.stay_records import StayEnd
from store.stays import USUAL_SECONDS, service_levels, stay_rows

STAY_METRICS = ("offered", "accepted", "abandoned_in_queue", "service_level", "queue_abandonment", "speed_to_answer")
_LEFT_OUT = (StayEnd.MOVED, StayEnd.SYSTEM)


def is_wanted(wanted: Collection[str] | None) -> bool:
    """Whether any figure of stays is."""
    return wanted is None or any(key in wanted for key in STAY_METRICS)


def count_stays(connection: Connection, filters: Filters, by: Sequence[str] = ()) -> dict[Key, Totals]:
    """The figures of stays by group; their conversations are cut by `filters`, and by their end belong to a bucket of time."""
    rows = closed_stays(connection, filters)
    if not len(rows):
        return {}
    groups, names = grouped(rows, by, filters.tz)
    return {names(number): totals for number, totals in _add_up(rows, groups, _promised_ms(connection, rows)).items()}


def with_stays(found: Mapping[Key, Totals], stays: Mapping[Key, Totals]) -> dict[Key, Totals]:
    """Totals of conversations with the figures of their stays."""
    return dict(found) | {key: _joined(found.get(key, Totals()), totals) for key, totals in stays.items()}


def closed_stays(connection: Connection, filters: Filters) -> Rows:
    """The stays of a cut in queues where people answer, whose conversations are closed."""
    if filters.needs_rows_of_stays:
        rows = _read(connection, filters)
    else:
        window = filters.window
        rows = unpack(connection, window.start_ms, window.end_ms, filters.bots, include_tests=filters.include_tests, layout=STAYS)
        rows = chosen_rows(rows, filters)
    return rows.where(rows.among(BY_STAY, filters.stayed_in)) if filters.stayed_in else rows


def promises(connection: Connection, queues: Collection[str]) -> dict[str, int]:
    """Within how many seconds each of these queues is to answer."""
    known = service_levels(connection)
    return {queue: known.get(queue, USUAL_SECONDS) for queue in queues}


def count_alone(rows: Sequence[Any], promised: Mapping[str, int]) -> Totals:
    """The figures of these stays (`store.stays.stays_of`) and no others."""
    if not rows:
        return Totals()
    alone = decoded(rows, STAYS)
    return _add_up(alone, Groups(None, 1), _in_ms(alone, promised))[0]


def _read(connection: Connection, filters: Filters) -> Rows:
    """Stays of a cut that packed days do not tell, from their conversations."""
    chosen = replace(filters, stayed_in=()).selection()
    return decoded(stay_rows(connection, closed_conversations(chosen)), STAYS)


def _promised_ms(connection: Connection, rows: Rows) -> Ints:
    """Of each stay how soon it was to be accepted."""
    return _in_ms(rows, service_levels(connection))


def _in_ms(rows: Rows, promised: Mapping[str, int]) -> Ints:
    seconds = [promised.get(queue, USUAL_SECONDS) for queue in rows.words[BY_STAY]]
    found: Ints = np.array(seconds or [0], dtype=np.int64)[rows.columns[BY_STAY]] * 1000
    return found


def _is_within(rows: Rows, promised_ms: Ints) -> Mask:
    found: Mask = (rows.columns["stay_end"] == STAY_CODES[StayEnd.ACCEPTED]) & (rows.columns["waited_ms"] <= promised_ms)
    return found


def _add_up(rows: Rows, groups: Groups, promised_ms: Ints) -> dict[int, Totals]:
    ends = rows.columns["stay_end"]
    offered = groups.lengths(ends)
    accepted = ends == STAY_CODES[StayEnd.ACCEPTED]
    left_out = np.isin(ends, [STAY_CODES[end] for end in _LEFT_OUT])
    counts = [
        offered,
        groups.counted(accepted),
        groups.counted(ends == STAY_CODES[StayEnd.ABANDONED]),
        groups.counted(left_out),
        groups.counted(_is_within(rows, promised_ms)),
    ]
    places = np.flatnonzero(accepted)
    times = [Times(*each) for each in _listed(groups.at(places).quantiles(rows.columns["waited_ms"][places]))]
    kept = np.flatnonzero(offered).tolist()
    listed = _listed(counts)
    return {number: _totals(listed[number], times[number]) for number in kept}


def _listed(parts: Sequence[Ints]) -> list[tuple[int, ...]]:
    return list(zip(*(part.tolist() for part in parts), strict=True))


def _totals(counts: tuple[int, ...], speed: Times) -> Totals:
    offered, accepted, abandoned, left_out, within = counts
    return Totals(
        offered=offered,
        accepted=accepted,
        abandoned_in_queue=abandoned,
        stays_left_out=left_out,
        within_level=within,
        speed_to_answer=speed,
    )


def _joined(totals: Totals, stays: Totals) -> Totals:
    return replace(
        totals,
        offered=stays.offered,
        accepted=stays.accepted,
        abandoned_in_queue=stays.abandoned_in_queue,
        stays_left_out=stays.stays_left_out,
        within_level=stays.within_level,
        speed_to_answer=stays.speed_to_answer,
    )
