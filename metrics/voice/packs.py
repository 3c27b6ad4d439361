"""Packed calls: those of one UTC day and one bot, as conversations are packed beside them; between people only, the bot is ""."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from metrics.packing import Values, pack_by_bot
from metrics.rows import OUTCOME_CODES, RESOLUTION_CODES, SPEECH_COLUMNS, SPEECH_DIMENSIONS, Flag
from metrics.windows import DAY_MS
from store.day_packs import PackedDay
from store.engine import Connection
from store.speech import MEASURES, speech_ended


def speech_of_day(connection: Connection, day: int, bots: Sequence[str] = ()) -> list[PackedDay]:
    """The packs of one UTC day, from the calls that ended on it."""
    return pack_speech(day, speech_ended(connection, day * DAY_MS, (day + 1) * DAY_MS, tuple(bots)))


def pack_speech(day: int, rows: Iterable[Any]) -> list[PackedDay]:
    """The packs of calls that ended on `day`, from SPEECH_FIELDS."""
    return pack_by_bot(day, rows, SPEECH_COLUMNS, SPEECH_DIMENSIONS, _coded)


def _coded(values: Values) -> Values:
    """What stands in the columns for what is known of calls."""
    return {
        "outcome": [OUTCOME_CODES[value] for value in values["outcome"]],
        "resolution": [RESOLUTION_CODES[value] for value in values["resolution"]],
        "flags": [
            Flag.TEST * test + Flag.PEOPLE * people
            for test, people in zip(values["is_test"], values["is_of_people"], strict=True)
        ],
        "conversation_key": values["conversation_key"],
        **{f"speech_{name}": values[f"speech_{name}"] for name in MEASURES},
    }
