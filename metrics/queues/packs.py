"""Packed stays: those in queues where people answer, of one UTC day and one bot, as conversations are packed beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from metrics.packing import Values, conversations_coded, pack_by_bot
from metrics.rows import NO_TIME, STAY_CODES, STAY_COLUMNS, STAY_DIMENSIONS
from metrics.windows import DAY_MS
from store.day_packs import PackedDay
from store.engine import Connection
from store.queues.reads import stay_rows
from store.selecting import Selection, closed_conversations


def stays_of_day(connection: Connection, day: int, bots: Sequence[str] = ()) -> list[PackedDay]:
    """The packs of one UTC day, from the conversations that ended on it."""
    chosen = Selection(start_ms=day * DAY_MS, end_ms=(day + 1) * DAY_MS, bots=tuple(bots), include_tests=True, bots_only=False)
    return pack_stays(day, stay_rows(connection, closed_conversations(chosen)))


def pack_stays(day: int, rows: Iterable[Any]) -> list[PackedDay]:
    """The packs of stays whose conversations ended on `day`, from STAY_FIELDS."""
    return pack_by_bot(day, rows, STAY_COLUMNS, STAY_DIMENSIONS, _coded)


def _coded(values: Values) -> Values:
    """What stands in the columns for what is known of stays."""
    return {
        **conversations_coded(values),
        "waited_ms": [NO_TIME if value is None else value for value in values["waited_ms"]],
        "stay_end": [STAY_CODES[value] for value in values["stay_end"]],
    }
