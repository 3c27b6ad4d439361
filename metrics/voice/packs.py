"""Packed calls: those of one UTC day and one bot, as conversations are packed beside them; between people only, the bot is ""."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from metrics.packing import Values, conversations_coded, pack_by_bot
from metrics.rows import SPEECH_COLUMNS, SPEECH_DIMENSIONS
from metrics.windows import DAY_MS
from store.day_packs import PackedDay
from store.engine import Connection
from store.voice.reads import MEASURES, speech_ended


def speech_of_day(connection: Connection, day: int, bots: Sequence[str] = ()) -> list[PackedDay]:
    """The packs of one UTC day, from the calls that ended on it."""
    return pack_speech(day, speech_ended(connection, day * DAY_MS, (day + 1) * DAY_MS, tuple(bots)))


def pack_speech(day: int, rows: Iterable[Any]) -> list[PackedDay]:
    """The packs of calls that ended on `day`, from SPEECH_FIELDS."""
    return pack_by_bot(day, rows, SPEECH_COLUMNS, SPEECH_DIMENSIONS, _coded)


def _coded(values: Values) -> Values:
    """What stands in the columns for what is known of calls."""
    return {
        **conversations_coded(values),
        **{f"speech_{name}": values[f"speech_{name}"] for name in MEASURES},
    }
