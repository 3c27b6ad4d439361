"""Figures of queues, counted from stays: how many came, who was taken and how soon, who left first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from metrics.cuts import BY_STAY, Key, grouped
from metrics.figures import Times, Totals
from metrics.filters import Filters
from metrics.groups import Groups
from metrics.kept import STAYS, decode, unpack
from metrics.rows import OUTCOME_CODES, RESOLUTION_CODES, STAY_CODES, STAY_DIMENSIONS, Ints, Mask, Rows, Words
from metrics.stay_packs import pack_stays
from metrics.windows import DAY_MS
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
        rows = rows.where(*_chosen(rows, filters))
    return rows.where(rows.among(BY_STAY, filters.stayed_in)) if filters.stayed_in else rows


def counted_stays(connection: Connection, filters: Filters, metric: str) -> Rows:
    """Of the stays of a cut those that a metric counts: of a rate its numerator."""
    rows = closed_stays(connection, filters)
    ends = rows.columns["stay_end"]
    match metric:
        case "offered":
            return rows
        case "abandoned_in_queue" | "queue_abandonment":
            return rows.where(ends == STAY_CODES[StayEnd.ABANDONED])
        case "service_level":
            return rows.where(_is_within(rows, _promised_ms(connection, rows)))
        case _:
            return rows.where(ends == STAY_CODES[StayEnd.ACCEPTED])


def promises(connection: Connection, queues: Collection[str]) -> dict[str, int]:
    """Within how many seconds each of these queues is to answer."""
    known = service_levels(connection)
    return {queue: known.get(queue, USUAL_SECONDS) for queue in queues}


def _chosen(rows: Rows, filters: Filters) -> Iterator[Mask]:
    """Of which stays each filter of their conversations holds."""
    words = {
        "channel": filters.channels,
        "queue": filters.queues,
        "topic": filters.topics,
        "workstream": filters.workstreams,
        "reason": filters.reasons,
    }
    yield from (rows.among(name, values) for name, values in words.items() if values)
    if filters.outcomes:
        yield np.isin(rows.columns["outcome"], [OUTCOME_CODES.get(outcome, -1) for outcome in filters.outcomes])
    if filters.resolutions:
        yield np.isin(rows.columns["resolution"], [RESOLUTION_CODES.get(each, -1) for each in filters.resolutions])


def count_alone(rows: Sequence[Any], promised: Mapping[str, int]) -> Totals:
    """The figures of these stays (`store.stays.stays_of`) and no others."""
    if not rows:
        return Totals()
    alone = _decoded(rows)
    return _add_up(alone, Groups(None, 1), _in_ms(alone, promised))[0]


def _read(connection: Connection, filters: Filters) -> Rows:
    """Stays of a cut that packed days do not tell, from their conversations."""
    return _decoded(stay_rows(connection, closed_conversations(replace(filters, stayed_in=()).selection())))


def _decoded(rows: Sequence[Any]) -> Rows:
    by_day: dict[int, list[Any]] = {}
    for row in rows:
        by_day.setdefault(row.ended_ms // DAY_MS, []).append(row)
    packs = [pack for day in sorted(by_day) for pack in pack_stays(day, by_day[day])]
    block = decode(packs, Words(("bot", *STAY_DIMENSIONS)), STAYS)
    return block.plain if not len(block.tests) else _together(block.plain, block.tests)


def _together(plain: Rows, tests: Rows) -> Rows:
    from_both = {name: np.concatenate([plain.columns[name], tests.columns[name]]) for name in STAYS.columns}
    from_both["bot"] = np.concatenate([plain.columns["bot"], tests.columns["bot"]])
    order = np.argsort(from_both["ended_ms"], kind="stable")
    return Rows(len(order), lambda name: from_both[name][order], plain.words)


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
