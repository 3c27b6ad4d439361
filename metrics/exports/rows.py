"""Exports: which rows a table has under which filters, in parts, all of one snapshot. `files` makes files of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any

import numpy as np

from metrics.bot_sessions import lists as bot_session_lists
from metrics.closed import counted_closed, num_suggestions, num_surveys, num_utterances, with_speech
from metrics.counted import counted_by
from metrics.cuts import Key, count_groups
from metrics.exports.cells import as_text
from metrics.exports.columns import TABLES, Column
from metrics.figures import Totals
from metrics.filters import Filters
from metrics.report import count_rows
from metrics.routing import listing
from metrics.rows import Flag, Ints, Rows
from metrics.windows import Grain, Window, buckets_of, parse_moment
from store.engine import Connection, Store, reads_once
from store.history import bounds, count_selected, count_selected_open
from store.selecting import Selection
from store.streams import STREAM_ROWS, Part, regroup, stream_groups, stream_rows
from store.voice.reads import Spoken

ROLLUPS, BOT_SESSIONS, ESCALATIONS = "rollups", "bot_sessions", "escalations"
SPEECH, UTTERANCES = "speech", "utterances"
_CUT = ("bot", "channel", "workstream", "queue", "topic")
_TURNS = ("escalation_turns", "wasted_turns")
_STAGES = ("sentiment_with_bot", "sentiment_waiting", "sentiment_with_agent")
# Rollups are counted this many buckets at a time, other tables this many months.
BUCKETS_AT_ONCE = 31
MONTHS_AT_ONCE = 3
# Conversations in which the first rows are looked for; where they have too few, in more.
LOOKED_AT = 2_000
# The moment at which nothing ended.
NEVER = -(2**62)
# Tables that have a time of their own, and what alone they can be narrowed by: by another filter each row would be looked up.
_TOLD_BY: Mapping[str, tuple[str, tuple[str, ...]]] = {
    BOT_SESSIONS: ("period, bot and channel", ("bots", "channels")),
    ESCALATIONS: ("period, bot, channel, queue and topic", ("bots", "channels", "queues", "topics")),
}
_STREAMED = ("conversations", "sessions", "messages", "fallbacks", "stays", "speech", "utterances", "surveys", "suggestions")


class ExportError(Exception):
    """An export that cannot be made: no such table, filters that it has not, or the file cannot be written."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported: a table, of which conversations, and how its text is written."""

    table: str
    filters: Filters = Filters()
    bots_only: bool = False  # only what bots' metrics count; without, the conversations in which only people spoke too
    metric: str | None = None  # exactly the conversations that this metric counts
    grain: Grain = Grain.DAY  # of rollups
    raw: bool = False  # leave text that a spreadsheet would run as it is

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the table. Raises ExportError."""
        if self.table not in TABLES:
            raise ExportError(f"there is no table {self.table!r} to export; use {', '.join(TABLES)}")
        return TABLES[self.table]

    @property
    def unfit(self) -> str | None:
        """Why there is no such export; None where there is one."""
        if self.table not in _TOLD_BY:
            return None
        words, fields = _TOLD_BY[self.table]
        told = replace(self.filters, window=Window(), include_tests=False, tz="UTC", now_ms=None)
        nothing: dict[str, Any] = dict.fromkeys(fields, ())
        if self.metric is None and replace(told, **nothing) == Filters():
            return None
        return f"{self.table.replace('_', ' ').capitalize()} are told apart by {words} alone: take the other filters away."

    @property
    def selection(self) -> Selection:
        """Which conversations are meant."""
        if self.metric is None:
            return self.filters.selection(bots_only=self.bots_only)
        return self.filters.behind(self.metric)


def parts(connection: Connection, wanted: Wanted, chosen: Selection | None = None) -> Iterator[Part]:
    """The values of the columns as they are stored, in parts of some thousand rows. Raises ExportError.

    Of those tables that are streamed, only what `chosen` says of what is wanted.
    """
    _check(wanted)
    fields = [column.field for column in wanted.columns]
    match wanted.table:
        case (
            ("conversations" | "sessions" | "messages" | "fallbacks" | "stays" | "speech" | "utterances")
            | ("surveys" | "suggestions")
        ) as table:
            yield from stream_rows(connection, table, fields, chosen or wanted.selection)
        case "bot_sessions":
            found_parts = bot_session_lists.exported(connection, wanted.filters, bots_only=wanted.bots_only)
            yield from ([tuple(row[name] for name in fields) for row in part] for part in found_parts if part)
        case "escalations":
            escalated = listing.exported(connection, wanted.filters)
            yield from ([tuple(row[name] for name in fields) for row in part] for part in escalated)
        case _:
            found = _rollups(connection, wanted, fields)
            while part := list(islice(found, STREAM_ROWS)):
                yield part


def groups(connection: Connection, wanted: Wanted, grouped: Sequence[Sequence[Column]]) -> Iterator[Part]:
    """The same with neighbouring columns taken together, as `store.streams.stream_groups` has them."""
    fields = [[column.field for column in group] for group in grouped]
    match wanted.table:
        case (
            ("conversations" | "sessions" | "messages" | "fallbacks" | "stays" | "speech" | "utterances")
            | ("surveys" | "suggestions")
        ) as table:
            yield from stream_groups(connection, table, fields, wanted.selection)
        case _:
            for part in parts(connection, wanted):
                yield regroup(part, [len(group) for group in fields])


def rows(store: Store, wanted: Wanted) -> Iterator[tuple[str, ...]]:
    """The lines of an export without its heading, as text."""
    with store.read() as connection:
        for part in parts(connection, wanted):
            yield from as_text(wanted.columns, part, raw=wanted.raw)


def preview(store: Store, wanted: Wanted, limit: int) -> list[tuple[str, ...]]:
    """The first lines."""
    with store.read() as connection:
        found = parts(connection, wanted, _of_the_first(connection, wanted, limit))
        first = list(islice(chain.from_iterable(found), limit))
    return list(as_text(wanted.columns, first, raw=wanted.raw))


def count_in(connection: Connection, wanted: Wanted) -> int:
    """How many rows an export will have, in the caller's snapshot."""
    _check(wanted)
    if wanted.columns and wanted.table == ROLLUPS:
        key = (wanted.grain.value, *_CUT)
        return sum(count_groups(rows, key, wanted.filters.tz) for rows in _counted_parts(connection, wanted))
    if wanted.table == BOT_SESSIONS:
        return bot_session_lists.count_exported(connection, wanted.filters, bots_only=wanted.bots_only)
    if wanted.table == ESCALATIONS:
        return listing.count_exported(connection, wanted.filters)
    if wanted.filters.needs_rows:
        return count_selected(connection, wanted.table, wanted.selection)
    num_closed = sum(int(_num_rows(connection, rows, wanted).sum()) for rows in _counted_parts(connection, wanted))
    return num_closed + count_selected_open(connection, wanted.table, wanted.selection)


def count(store: Store, wanted: Wanted) -> int:
    """How many rows an export will have. Raises ExportError."""
    with store.read() as connection:
        return count_in(connection, wanted)


def counted_in(connection: Connection, wanted: Wanted) -> Rows:
    """The closed conversations among what is wanted, as packed days tell of them."""
    is_of_bots = wanted.bots_only or wanted.metric is not None or wanted.table == ROLLUPS
    rows = counted_closed(connection, wanted.filters, counted_by(wanted.metric), bots_only=is_of_bots)
    if wanted.table in (SPEECH, UTTERANCES):
        return with_speech(connection, rows, wanted.filters, Spoken())
    # Figures of calls count those between people too.
    return rows.where(~rows.has(Flag.PEOPLE)) if wanted.table == ROLLUPS else rows


def _of_the_first(connection: Connection, wanted: Wanted, limit: int) -> Selection | None:
    """The conversations of the first `limit` rows and not many more, looked up where packed days tell when they ended."""
    if wanted.table not in _STREAMED or wanted.filters.needs_rows:
        return None
    rows = counted_in(connection, wanted)
    first, numbers = _having(connection, rows, wanted, limit)
    ended = first.columns["ended_ms"][numbers > 0]
    last = int(np.searchsorted(np.cumsum(numbers[numbers > 0]), limit)) + 1
    moments = np.unique(ended[:last]).tolist()
    return replace(wanted.selection, ended=tuple(moments) or (NEVER,), spans=())


def _having(connection: Connection, rows: Rows, wanted: Wanted, limit: int) -> tuple[Rows, Ints]:
    """The first of these conversations, all where they have no more than `limit` rows of the table, and how many each has."""
    num = LOOKED_AT
    while True:
        first = rows.part(0, min(num, len(rows)))
        numbers = _num_rows(connection, first, wanted)
        if num >= len(rows) or numbers.sum() > limit:
            return first, numbers
        num *= 16


def _num_rows(connection: Connection, conversations: Rows, wanted: Wanted) -> Ints:
    """How many rows of a table each of these conversations has."""
    if wanted.table in ("conversations", SPEECH):
        return np.ones(len(conversations), dtype=np.int64)
    if wanted.table == UTTERANCES:
        return num_utterances(connection, conversations, wanted.filters)
    if wanted.table == "surveys":
        return num_surveys(connection, conversations, wanted.filters)
    if wanted.table == "suggestions":
        return num_suggestions(connection, conversations, wanted.filters)
    return conversations.columns[f"num_{wanted.table}"].astype(np.int64)


def _check(wanted: Wanted) -> None:
    if wanted.unfit is not None:
        raise ExportError(wanted.unfit)


def _rollups(connection: Connection, wanted: Wanted, fields: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    for rows in _by_buckets(connection, wanted, BUCKETS_AT_ONCE):
        found = count_rows(rows, (wanted.grain.value, *_CUT), wanted.filters.tz)
        for key in sorted(found, key=lambda words: [word or "" for word in words]):
            values = _rollup(key, found[key])
            yield tuple(values[name] for name in fields)


def _counted_parts(connection: Connection, wanted: Wanted) -> Iterator[Rows]:
    """What is counted: as it is kept in memory, or where it is not, some months at a time."""
    if not reads_once(connection):
        yield counted_in(connection, wanted)
    elif wanted.table == ROLLUPS:
        yield from _by_buckets(connection, wanted, BUCKETS_AT_ONCE)
    else:
        yield from _by_buckets(connection, replace(wanted, grain=Grain.MONTH), MONTHS_AT_ONCE)


def _by_buckets(connection: Connection, wanted: Wanted, at_once: int) -> Iterator[Rows]:
    """The closed conversations among what is wanted, so many whole buckets of time at a time."""
    first, last = bounds(connection)
    if first is None or last is None:
        return
    filters, grain = wanted.filters, wanted.grain
    start = first if filters.window.start_ms is None else max(first, filters.window.start_ms)
    end = last + 1 if filters.window.end_ms is None else min(last + 1, filters.window.end_ms)
    buckets = buckets_of(Window(start, end), grain, filters.tz)
    for at in range(0, len(buckets), at_once):
        part_start = _begin(buckets[at], filters.tz)
        part_end = _begin(buckets[at + at_once], filters.tz) if at + at_once < len(buckets) else end
        chosen = replace(filters, window=Window(max(start, part_start), min(end, part_end)))
        yield counted_in(connection, replace(wanted, filters=chosen))


def _begin(bucket: str, tz: str) -> int:
    """When a bucket begins, from its key: 2026-11, 2026-W47, 2026-11-22 or 2026-11-22T14:00-05:00."""
    return parse_moment(f"{bucket}-01" if len(bucket) == len("2026-11") else bucket, tz)


def _rollup(key: Key, totals: Totals) -> dict[str, Any]:
    counts = ("closed", "resolved", "confirmed", "implied", "assumed", "escalated", "abandoned", "other")
    return (
        {name: word or "" for name, word in zip(("bucket", *_CUT), key, strict=True)}
        | {name: getattr(totals, name) for name in counts}
        | {
            "resolution_time_n": totals.resolution_time.n,
            "resolution_time_sum_ms": totals.resolution_time.sum_ms,
            "escalation_time_n": totals.escalation_time.n,
            "escalation_time_sum_ms": totals.escalation_time.sum_ms,
            "sentiment_n": totals.average_sentiment.scored,
            "sentiment_sum_micro": totals.average_sentiment.sum_micro,
            "csat_n": totals.csat.scored,
            "csat_sum_micro": totals.csat.sum_micro,
            "csat_asked": totals.csat.n,
            "engaged": totals.engaged,
            "suspect": totals.suspect_resolutions,
            "never_accepted": totals.never_accepted,
            "wait_n": totals.wait_after_escalation.n,
            "wait_sum_ms": totals.wait_after_escalation.sum_ms,
        }
        | {f"{name}_n": getattr(totals, name).n for name in _TURNS}
        | {f"{name}_sum": getattr(totals, name).sum for name in _TURNS}
        | {f"{name}_n": getattr(totals, name).scored for name in _STAGES}
        | {f"{name}_sum_micro": getattr(totals, name).sum_micro for name in _STAGES}
    )
