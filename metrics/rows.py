"""Rows of packed days as columns: one array a column, words as numbers; in order of their end, so that any span is a slice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntFlag
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from store.queues.records import StayEnd
from store.records import Outcome, Resolution
from store.surveys.records import SurveyKind
from store.voice.reads import MEASURES

Value = TypeVar("Value")
Ints = NDArray[Any]  # whole numbers of any width
Mask = NDArray[np.bool_]

DIMENSIONS = ("channel", "workstream", "queue", "topic", "reason")
STAGES = ("bot_sentiment_micro", "waiting_sentiment_micro", "agent_sentiment_micro")
# How many rows each has of what is exported one row a session, a message …
COUNTS = ("num_sessions", "num_messages", "num_stays", "num_fallbacks")
NO_TIME = -1
NO_SCORE = -(2**31)
NO_TURNS = 2**32 - 1
NO_CONTACT = 2**32 - 1  # also beside a next contact so late that no figure asks for it
OUTCOME_CODES: dict[str | None, int] = {None: 0} | {outcome.value: code for code, outcome in enumerate(Outcome, 1)}
RESOLUTION_CODES: dict[str | None, int] = {None: 0} | {resolution.value: code for code, resolution in enumerate(Resolution, 1)}

# What stands for no value, in columns that may have none.
MISSING = {
    **dict.fromkeys(("bot_ms", "wait_ms"), NO_TIME),
    **dict.fromkeys(("sentiment_micro", "csat_micro", *STAGES), NO_SCORE),
    **dict.fromkeys(("wasted_turns", "contact_ms"), NO_TURNS),
}

# What is kept of one conversation.
COLUMNS: Mapping[str, np.dtype[Any]] = {
    name: np.dtype(kind)
    for name, kind in {
        "ended_ms": "<u4",  # packed, from the beginning of its UTC day; in rows since the epoch
        "bot_ms": "<i8",
        "sentiment_micro": "<i4",
        "csat_micro": "<i4",
        "num_scored": "<u4",
        "wait_ms": "<i8",
        "contact_ms": "<u4",  # from the end to the customer's next contact
        "bot_turns": "<u4",
        "wasted_turns": "<u4",
        **dict.fromkeys(STAGES, "<i4"),
        **dict.fromkeys(DIMENSIONS, "<u4"),
        "outcome": "u1",
        "resolution": "u1",
        "flags": "u1",
        "conversation_key": "<i8",
        **dict.fromkeys(COUNTS, "<u4"),
    }.items()
}

# What parts of a conversation are cut by; of each kind of part its own stands beside it.
CUT_COLUMNS = {name: COLUMNS[name] for name in ("ended_ms", *DIMENSIONS, "outcome", "resolution", "flags")}
# What is kept of one stay in a queue.
STAY_DIMENSIONS = (*DIMENSIONS, "stay_queue")
STAY_COLUMNS: Mapping[str, np.dtype[Any]] = {
    **CUT_COLUMNS,
    "stay_queue": np.dtype("<u4"),
    "conversation_key": np.dtype("<i8"),
    "waited_ms": np.dtype("<i8"),
    "stay_end": np.dtype("u1"),
}
# What is kept of one call whose source says when something was spoken; words of a call are counted, times in milliseconds.
SPEECH_DIMENSIONS = (*DIMENSIONS, "call_agent", "call_queue")
SPEECH_COLUMNS: Mapping[str, np.dtype[Any]] = {
    **CUT_COLUMNS,
    "conversation_key": np.dtype("<i8"),
    **dict.fromkeys(("call_agent", "call_queue"), np.dtype("<u4")),
    **dict.fromkeys((f"speech_{name}" for name in MEASURES), np.dtype("<i8")),
}
STAY_CODES: dict[str, int] = {end.value: code for code, end in enumerate(StayEnd)}


# What is kept of one survey.
SURVEY_DIMENSIONS = (*DIMENSIONS, "asked_by")
SURVEY_COLUMNS: Mapping[str, np.dtype[Any]] = {
    **CUT_COLUMNS,
    "asked_by": np.dtype("<u4"),
    "answer_micro": np.dtype("<i4"),
    "conversation_key": np.dtype("<i8"),
    "survey": np.dtype("u1"),
    "has_comment": np.dtype("u1"),
    "counts": np.dtype("u1"),
}
SURVEY_CODES: dict[str, int] = {kind.value: code for code, kind in enumerate(SurveyKind)}


class Flag(IntFlag):
    """What is true of a conversation, a bit each."""

    TEST = 1
    CSAT_REQUESTED = 2
    KNOWN = 4  # its customer
    ENGAGED = 8
    SUSPECT = 16
    ACCEPTED = 32  # by an agent
    FALLBACK = 64  # the bot did not understand at least once
    PEOPLE = 128  # no bot took part


class Lazy(dict[str, Value], Generic[Value]):
    """Values by name, each made when it is first asked for."""

    def __init__(self, make: Callable[[str], Value]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> Value:
        made = self[name] = self._make(name)
        return made


class Words:
    """Numbers for the words of each dimension. A word keeps its number, so rows made at different times fit together."""

    def __init__(self, dimensions: Iterable[str] = ("bot", *DIMENSIONS)) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, dict[str, int]] = {name: {} for name in dimensions}

    def codes(self, dimension: str, words: Iterable[str]) -> list[int]:
        """The numbers of these words; one that was not known gets the next."""
        known = self._known[dimension]
        with self._lock:
            return [known.setdefault(word, len(known)) for word in words]

    def listed(self) -> dict[str, list[str]]:
        """The words of each dimension, by their numbers."""
        with self._lock:
            return {dimension: list(known) for dimension, known in self._known.items()}


class _Found(NamedTuple):
    """What was found of the first rows, so many: where some are, and what was measured in an outcome."""

    num_rows: int
    places: Mapping[str, Ints]
    measured: Mapping[tuple[str, str], tuple[Ints, Ints]]


class Rows:
    """Closed conversations, earliest end first: one array a column, made when first asked for; words as places in `words`.

    `parts` are what the rows were put together from.
    """

    def __init__(
        self, length: int, columns: Callable[[str], Ints], words: Mapping[str, Sequence[str]], *, parts: Sequence[Rows] = ()
    ) -> None:
        self._length = length
        self.parts = parts
        self.columns = Lazy(columns)
        self.words = words
        self._places: dict[str, Ints] = {}
        self._present: dict[str, list[str]] = {}
        self._measured: dict[tuple[str, str], tuple[Ints, Ints]] = {}
        self._taken: tuple[Rows, Ints] | None = None  # the rows that these are some of, and where they are there
        self._before = _Found(0, {}, {})

    def __len__(self) -> int:
        return self._length

    def where(self, *masks: Mask) -> Rows:
        """Those rows for which all of `masks` hold."""
        if not masks:
            return self
        places = np.flatnonzero(masks[0] if len(masks) == 1 else np.logical_and.reduce(masks))
        if len(places) and places[-1] - places[0] + 1 == len(places):
            return self.part(int(places[0]), int(places[-1]) + 1)
        return self._at(places)

    def _at(self, places: Ints) -> Rows:
        rows = Rows(len(places), lambda name: self.columns[name][places], self.words)
        rows._taken = self, places
        return rows

    def part(self, first: int, last: int) -> Rows:
        """The rows from place `first` up to, and without, `last`; nothing is copied."""
        if first == 0 and last == self._length:
            return self
        if self._taken is not None:  # of whom not all is to be taken for a part
            rows, places = self._taken
            return rows._at(places[first:last])
        return Rows(last - first, lambda name: self.columns[name][first:last], self.words)

    def between(self, start_ms: int | None, end_ms: int | None) -> Rows:
        """Those that ended in a half-open span."""
        if start_ms is None and end_ms is None:
            return self
        ended = self.columns["ended_ms"]
        first = 0 if start_ms is None else int(np.searchsorted(ended, start_ms))
        last = self._length if end_ms is None else int(np.searchsorted(ended, end_ms))
        return self.part(first, max(first, last))

    def has(self, flag: Flag) -> Mask:
        """Of which rows this is true."""
        found: Mask = self.columns["flags"] & np.uint8(flag) != 0
        return found

    def among(self, dimension: str, values: Iterable[str]) -> Mask:
        """Which rows have one of these words."""
        wanted = set(values)
        is_wanted = np.array([word in wanted for word in self.words[dimension]], dtype=bool)
        found: Mask = is_wanted[self.columns[dimension]]
        return found

    def present(self, dimension: str) -> list[str]:
        """The words that rows have, in no order."""
        if dimension not in self._present and self.parts:  # most of which have told it before
            self._present[dimension] = list({word for part in self.parts for word in part.present(dimension)})
        if dimension not in self._present:
            words = self.words[dimension]
            counts = np.bincount(self.columns[dimension], minlength=len(words)).tolist()
            self._present[dimension] = [word for word, count in zip(words, counts, strict=True) if count]
        return self._present[dimension]

    def go_on_from(self, before: Rows) -> None:
        """Have what was found of `before`, which are the first of these rows; of the others it is looked for when it is asked."""
        self._before = _Found(len(before), dict(before._places), dict(before._measured))

    def places(self, outcome: str) -> Ints:
        """Where the rows with this outcome are."""
        return self._where(outcome, "outcome", lambda codes: codes == OUTCOME_CODES[outcome])

    def unscored(self, column: str) -> Ints:
        """Where the rows are that have no score in this column."""
        return self._where(f"no {column}", column, lambda values: values == NO_SCORE)

    def scored(self, column: str) -> Ints:
        """Where the rows are that have a score in this column."""
        return self._where(column, column, lambda values: values != NO_SCORE)

    def measured(self, column: str, outcome: str) -> tuple[Ints, Ints]:
        """Where the rows with this outcome are that have a value in this column, and their values, as narrow as they fit."""
        if (column, outcome) not in self._measured:
            every = places = self.places(outcome)
            before = self._before.measured.get((column, outcome))
            if before is not None:
                places = places[np.searchsorted(places, self._before.num_rows) :]
            values = self.columns[column][places]
            if column in MISSING:
                known = np.flatnonzero(values != MISSING[column])
                places, values = places[known], values[known]
            if not len(values) or values.max() <= np.iinfo(np.int32).max:
                values = values.astype(np.int32)
            if before is not None:
                places, values = _behind(before[0], places), _behind(before[1], values)
            self._measured[column, outcome] = every if len(places) == len(every) else places, values
        return self._measured[column, outcome]

    def _where(self, name: str, column: str, is_meant: Callable[[Ints], Mask]) -> Ints:
        if name not in self._places:
            before = self._before.places.get(name)
            first = 0 if before is None else self._before.num_rows
            found = np.flatnonzero(is_meant(self.columns[column][first:])) + first
            self._places[name] = found if before is None else _behind(before, found)
        return self._places[name]


def _behind(before: Ints, more: Ints) -> Ints:
    return np.concatenate((before, more)) if len(more) else before


def is_one_of(codes: Ints, wanted: Iterable[int]) -> Mask:
    """Which codes are among some few: np.isin, but quicker for so few."""
    found: Mask = np.zeros(len(codes), dtype=np.bool_)
    for code in wanted:
        found |= codes == code
    return found


def places_in(rows: Rows, others: Rows) -> Ints:
    """Of each of `others`, which name a conversation, the place of that conversation in `rows`; -1 where it is not there."""
    ended, keys = rows.columns["ended_ms"], rows.columns["conversation_key"]
    place = np.searchsorted(ended, others.columns["ended_ms"])
    found: Ints = np.full(len(others), -1, dtype=np.int64)
    left = np.arange(len(others))
    while len(left):  # several can end at one moment: as often as the most that do
        left = left[place[left] < len(ended)]
        left = left[ended[place[left]] == others.columns["ended_ms"][left]]
        is_it = keys[place[left]] == others.columns["conversation_key"][left]
        found[left[is_it]] = place[left[is_it]]
        left = left[~is_it]
        place[left] += 1
    return found
