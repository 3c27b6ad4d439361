"""Packed conversations that people served, and suggestions in them, of one UTC day and one bot, beside the day's other packs.

Both are rows of one pack, told apart by their kind: a question about suggestions is mostly one about the conversations, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from metrics.packing import Values, pack_by_bot
from metrics.rows import COLUMNS, CUT_COLUMNS, DIMENSIONS, NO_SCORE, NO_TIME, OUTCOME_CODES, RESOLUTION_CODES, Flag
from metrics.windows import DAY_MS
from store.assist.reads import served_rows, suggestion_rows
from store.assist.records import Fate, Repeat, UseEvidence
from store.day_packs import PackedDay
from store.engine import Connection
from store.selecting import Selection, closed_conversations

SERVED = 0  # the kind of a row that is a conversation; of a suggestion it is its fate
FATE_CODES: Mapping[str, int] = {Fate.USED: 1, Fate.DISMISSED: 2, Fate.IGNORED: 3}
EVIDENCE_CODES: Mapping[str, int] = {evidence.value: code for code, evidence in enumerate(UseEvidence)}
REPEAT_CODES: Mapping[str, int] = {repeat.value: code for code, repeat in enumerate(Repeat)}
ASSIST_DIMENSIONS = (*DIMENSIONS, "assist_queue", "agent", "adviser")
ASSIST_COLUMNS: Mapping[str, np.dtype[Any]] = {
    **CUT_COLUMNS,
    "agent_sentiment_micro": COLUMNS["agent_sentiment_micro"],
    **dict.fromkeys(("assist_queue", "agent", "adviser"), np.dtype("<u4")),
    "conversation_key": np.dtype("<i8"),
    "handled_ms": np.dtype("<i8"),  # of a conversation: all time with agents
    "use_ms": np.dtype("<i8"),  # of a suggestion: until it was used
    "num_shown": np.dtype("<u4"),  # of a conversation: suggestions in it
    **dict.fromkeys(("kind", "evidence", "repeat"), np.dtype("u1")),
}


class AssistRow(NamedTuple):
    """One conversation that a person served, or one suggestion in it."""

    conversation_key: int
    ended_ms: int
    bot: str
    channel: str
    workstream: str
    queue: str
    topic: str
    reason: str
    outcome: str | None
    resolution: str | None
    is_test: bool
    assist_queue: str  # of a conversation that of the first person who served it, as is `agent`
    agent: str
    adviser: str = ""
    kind: int = SERVED
    evidence: str = UseEvidence.NONE
    repeat: str = Repeat.NONE
    use_ms: int | None = None
    handled_ms: int | None = None
    agent_sentiment_micro: int | None = None
    num_shown: int = 0


_OF_BOTH = AssistRow._fields[: AssistRow._fields.index("adviser")]


def assists_of_day(connection: Connection, day: int, bots: Sequence[str] = ()) -> list[PackedDay]:
    """The packs of one UTC day, from the conversations that ended on it."""
    start_ms, end_ms = day * DAY_MS, (day + 1) * DAY_MS
    chosen = Selection(start_ms=start_ms, end_ms=end_ms, bots=tuple(bots), bots_only=False, include_tests=True)
    suggested = suggestion_rows(
        connection,
        closed_conversations(Selection(bots=tuple(bots), bots_only=False, include_tests=True)),
        start_ms=start_ms,
        end_ms=end_ms,
    )
    return pack_assists(day, assist_rows(served_rows(connection, closed_conversations(chosen)), suggested))


def assist_rows(served: Iterable[Any], suggested: Sequence[Any]) -> list[AssistRow]:
    """A row for each conversation, from the sessions of people in it, in order, and one for each suggestion."""
    shown = Counter(row.conversation_key for row in suggested)
    found = [_conversation(list(sessions), shown) for _, sessions in groupby(served, key=lambda row: row.conversation_key)]
    return [*found, *_suggestions(suggested)]


def pack_assists(day: int, rows: Iterable[AssistRow]) -> list[PackedDay]:
    """The packs of what ended on `day`."""
    return pack_by_bot(day, rows, ASSIST_COLUMNS, ASSIST_DIMENSIONS, _coded)


def _conversation(sessions: Sequence[Any], shown: Mapping[int, int]) -> AssistRow:
    first = sessions[0]
    times = [session.duration_ms for session in sessions]
    return AssistRow(
        **_named(first, _OF_BOTH),
        handled_ms=None if None in times else sum(times),
        agent_sentiment_micro=first.agent_sentiment_micro,
        num_shown=shown.get(first.conversation_key, 0),
    )


def _suggestions(rows: Iterable[Any]) -> Iterator[AssistRow]:
    own = (*_OF_BOTH, "adviser", "evidence", "repeat", "use_ms")
    return (AssistRow(**_named(row, own), kind=FATE_CODES[row.fate]) for row in rows)


def _named(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _coded(values: Values) -> Values:
    """What stands in the columns for what is known of conversations and suggestions."""
    return {
        "outcome": [OUTCOME_CODES[value] for value in values["outcome"]],
        "resolution": [RESOLUTION_CODES[value] for value in values["resolution"]],
        "flags": [Flag.TEST * test for test in values["is_test"]],
        "agent_sentiment_micro": [NO_SCORE if value is None else value for value in values["agent_sentiment_micro"]],
        **{name: [NO_TIME if value is None else value for value in values[name]] for name in ("handled_ms", "use_ms")},
        **{name: values[name] for name in ("conversation_key", "num_shown", "kind")},
        "evidence": [EVIDENCE_CODES[value] for value in values["evidence"]],
        "repeat": [REPEAT_CODES[value] for value in values["repeat"]],
    }
