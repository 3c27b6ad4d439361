"""Figures of queues, counted from stays: how many came, who was taken and how soon, who left first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from metrics.closed import closed_stays, promised_ms
from metrics.cuts import Key, grouped
from metrics.figures import Times, Totals
from metrics.filters import Filters
from metrics.groups import Groups, Runs
from metrics.kept import STAYS, decoded
from metrics.rows import STAY_CODES, Ints, Rows
from store.engine import Connection
from store.queues.reads import USUAL_SECONDS, service_levels
from store.queues.records import StayEnd

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
    totals = _add_up(rows, groups, service_levels(connection))
    return dict(zip(names(list(totals)), totals.values(), strict=True))


def with_stays(found: Mapping[Key, Totals], stays: Mapping[Key, Totals]) -> dict[Key, Totals]:
    """Totals of conversations with the figures of their stays."""
    return dict(found) | {key: _joined(found.get(key, Totals()), totals) for key, totals in stays.items()}


def promises(connection: Connection, queues: Collection[str]) -> dict[str, int]:
    """Within how many seconds each of these queues is to answer."""
    known = service_levels(connection)
    return {queue: known.get(queue, USUAL_SECONDS) for queue in queues}


def count_alone(rows: Sequence[Any], promised: Mapping[str, int]) -> Totals:
    """The figures of these stays (`store.queues.reads.stays_of`) and no others."""
    if not rows:
        return Totals()
    alone = decoded(rows, STAYS)
    return _add_up(alone, Runs.of_all(len(alone)), promised)[0]


def _add_up(rows: Rows, groups: Groups, levels: Mapping[str, int]) -> dict[int, Totals]:
    ends = groups.by_code(rows.columns["stay_end"], len(STAY_CODES))
    offered = ends.sum(axis=1)
    is_accepted = rows.columns["stay_end"] == STAY_CODES[StayEnd.ACCEPTED]
    accepted, of_accepted = rows.where(is_accepted), groups.at(np.flatnonzero(is_accepted))
    waited = accepted.columns["waited_ms"]
    counts = [
        offered,
        ends[:, STAY_CODES[StayEnd.ACCEPTED]],
        ends[:, STAY_CODES[StayEnd.ABANDONED]],
        ends[:, [STAY_CODES[end] for end in _LEFT_OUT]].sum(axis=1),
        of_accepted.counted(waited <= promised_ms(accepted, levels)),
    ]
    times = [Times(*each) for each in _listed(of_accepted.quantiles(waited))]
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
    return totals._replace(
        offered=stays.offered,
        accepted=stays.accepted,
        abandoned_in_queue=stays.abandoned_in_queue,
        stays_left_out=stays.stays_left_out,
        within_level=stays.within_level,
        speed_to_answer=stays.speed_to_answer,
    )
