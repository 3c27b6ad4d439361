"""Packed surveys: those of conversations that ended on one UTC day, by the bot of the conversation ("": only people spoke)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from metrics.packing import Values, conversations_coded, pack_by_bot
from metrics.rows import (
    NO_SCORE,
    SURVEY_CODES,
    SURVEY_COLUMNS,
    SURVEY_DIMENSIONS,
)
from metrics.windows import DAY_MS
from store.day_packs import PackedDay
from store.engine import Connection
from store.selecting import Selection, closed_conversations
from store.surveys.reads import survey_rows


def surveys_of_day(connection: Connection, day: int, bots: Sequence[str] = ()) -> list[PackedDay]:
    """The packs of one UTC day, from the conversations that ended on it."""
    closed = closed_conversations(Selection(bots=tuple(bots), include_tests=True, bots_only=False))
    return pack_surveys(day, survey_rows(connection, closed, day * DAY_MS, (day + 1) * DAY_MS))


def pack_surveys(day: int, rows: Iterable[Any]) -> list[PackedDay]:
    """The packs of surveys whose conversations ended on `day`, from SURVEY_FIELDS."""
    return pack_by_bot(day, rows, SURVEY_COLUMNS, SURVEY_DIMENSIONS, _coded)


def _coded(values: Values) -> Values:
    """What stands in the columns for what is known of surveys."""
    return {
        **conversations_coded(values),
        "answer_micro": [NO_SCORE if value is None else value for value in values["answer_micro"]],
        **{name: values[name] for name in ("has_comment", "counts")},
        "survey": [SURVEY_CODES[value] for value in values["survey"]],
    }
