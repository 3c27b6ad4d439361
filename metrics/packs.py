"""Packed days: the closed conversations of one UTC day and one bot, a few bytes each; all figures are counted from them.

A pack is its own dictionary: a line of JSON with the words its rows use, then the rows, one column after another. They are not
compressed: reading two years of them takes as long as uncompressing them would. Tests are packed too, marked, so that they can
be counted on request, and conversations in which no bot took part, so that they can be listed. `kept` reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from metrics.assist.packs import assists_of_day
from metrics.fallback_packs import fallbacks_of_day
from metrics.packing import Values, pack_by_bot
from metrics.queues.packs import stays_of_day
from metrics.routing.escalation_packs import escalations_of_day
from metrics.rows import (
    COLUMNS,
    COUNTS,
    DIMENSIONS,
    NO_CONTACT,
    NO_SCORE,
    NO_TIME,
    NO_TURNS,
    OUTCOME_CODES,
    RESOLUTION_CODES,
    STAGES,
    Flag,
)
from metrics.surveys.packs import surveys_of_day
from metrics.voice.packs import speech_of_day
from metrics.windows import DAY_MS
from store.contacts import LONGEST_MS
from store.day_packs import Packed, PackedDay, dirty_days, hold_days, mark_of, replace_packs
from store.engine import Connection, Store
from store.history import rows_to_pack

# Conversations that are read and packed within some 10 ms.
SMALL_DAY = 2_000


def refresh(store: Store) -> int:
    """Pack anew the days that changed; how many. A crash repeats a day, and what is left dirty is still counted right."""
    with store.read() as connection:
        waiting = dirty_days(connection, None, None)
    return sum(_refresh_day(store, day) for day in waiting)


def _refresh_day(store: Store, day: int) -> bool:
    # A day is packed from a snapshot and written if it was not marked again meanwhile, so that the write lock is held for a
    # few milliseconds only. A small day is otherwise packed again under the lock; a large one waits for the next refresh.
    with store.read() as connection:
        mark = mark_of(connection, day)
        if mark is None:
            return False  # somebody else has packed it
        packs = _packs_of(connection, day)
    with store.write() as connection:
        hold_days(connection)
        if mark_of(connection, day) != mark:
            if sum(pack.num_rows for pack in packs[Packed.CONVERSATIONS]) > SMALL_DAY:
                return False
            packs = _packs_of(connection, day)
        replace_packs(connection, day, packs)
    return True


def _packs_of(connection: Connection, day: int) -> Mapping[Packed, list[PackedDay]]:
    """All that is packed of one UTC day."""
    return {
        Packed.CONVERSATIONS: pack_day(day, rows_to_pack(connection, day * DAY_MS, (day + 1) * DAY_MS)),
        Packed.STAYS: stays_of_day(connection, day),
        Packed.FALLBACKS: fallbacks_of_day(connection, day),
        Packed.ESCALATIONS: escalations_of_day(connection, day),
        Packed.SPEECH: speech_of_day(connection, day),
        Packed.SURVEYS: surveys_of_day(connection, day),
        Packed.ASSISTS: assists_of_day(connection, day),
    }


def pack_day(day: int, rows: Iterable[Any]) -> list[PackedDay]:
    """The packs of one UTC day, from PACKED_COLUMNS of its conversations."""
    return pack_by_bot(day, rows, COLUMNS, DIMENSIONS, _coded)


def _coded(values: Values) -> Values:
    """What stands in the columns for what is known of conversations."""
    missing = {
        **dict.fromkeys(("bot_ms", "wait_ms"), NO_TIME),
        **dict.fromkeys(("sentiment_micro", "csat_micro", *STAGES), NO_SCORE),
        "wasted_turns": NO_TURNS,
    }
    return {
        **{name: [none if value is None else value for value in values[name]] for name, none in missing.items()},
        "num_scored": values["num_scored"],
        "bot_turns": values["bot_turns"],
        "conversation_key": values["conversation_key"],
        **{name: values[name] for name in COUNTS},
        "contact_ms": [_span(*both) for both in zip(values["ended_ms"], values["next_contact_ms"], strict=True)],
        "outcome": [OUTCOME_CODES[value] for value in values["outcome"]],
        "resolution": [RESOLUTION_CODES[value] for value in values["resolution"]],
        "flags": _flags(values),
    }


def _flags(columns: Values) -> list[int]:
    named = ("is_test", "csat_requested", "is_known", "is_engaged", "is_suspect", "accepted_ms", "num_fallbacks", "is_of_people")
    return [
        Flag.TEST * test
        + Flag.CSAT_REQUESTED * requested
        + Flag.KNOWN * known
        + Flag.ENGAGED * engaged
        + Flag.SUSPECT * suspect
        + Flag.ACCEPTED * (accepted_ms is not None)
        + Flag.FALLBACK * (num_fallbacks > 0)
        + Flag.PEOPLE * people
        for test, requested, known, engaged, suspect, accepted_ms, num_fallbacks, people in zip(
            *(columns[name] for name in named), strict=True
        )
    ]


def _span(ended_ms: int, next_contact_ms: int | None) -> int:
    """From the end to the next contact, where a figure may ask for it."""
    if next_contact_ms is None or next_contact_ms - ended_ms >= LONGEST_MS:
        return NO_CONTACT
    return next_contact_ms - ended_ms
