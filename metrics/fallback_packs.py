"""Packed turns that a bot did not understand: of one UTC day and one bot, as conversations are packed beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from metrics.packing import Values, conversations_coded, pack_by_bot
from metrics.rows import COLUMNS, CUT_COLUMNS, DIMENSIONS
from metrics.windows import DAY_MS
from store.day_packs import PackedDay
from store.engine import Connection
from store.fallbacks import fallback_rows
from store.selecting import Selection, closed_conversations

# What is kept of one turn: where it is, and the words that its message is known by.
FALLBACK_DIMENSIONS = (*DIMENSIONS, "words")
FALLBACK_COLUMNS: Mapping[str, np.dtype[Any]] = {
    **CUT_COLUMNS,
    "conversation_key": COLUMNS["conversation_key"],
    "number": np.dtype("<u4"),
    "at_ms": np.dtype("<i8"),
    "words": np.dtype("<u4"),
    "is_escalated": np.dtype("u1"),
}


def fallbacks_of_day(connection: Connection, day: int, bots: Sequence[str] = ()) -> list[PackedDay]:
    """The packs of one UTC day, from the conversations that ended on it."""
    chosen = Selection(start_ms=day * DAY_MS, end_ms=(day + 1) * DAY_MS, bots=tuple(bots), include_tests=True, bots_only=False)
    return pack_fallbacks(day, fallback_rows(connection, closed_conversations(chosen)))


def pack_fallbacks(day: int, rows: Iterable[Any]) -> list[PackedDay]:
    """The packs of turns whose conversations ended on `day`, from FALLBACK_FIELDS."""
    return pack_by_bot(day, rows, FALLBACK_COLUMNS, FALLBACK_DIMENSIONS, _coded)


def _coded(values: Values) -> Values:
    """What stands in the columns for what is known of turns."""
    return {**conversations_coded(values), **{name: values[name] for name in ("number", "at_ms", "is_escalated")}}
