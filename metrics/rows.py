"""Rows of packed days as columns: each column is read out of the packs, and each kind of word looked up, when it is asked for.

Most questions need a few of them; reading all would take longer than counting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import IntFlag
from typing import Any, Generic, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from metrics.windows import DAY_MS
from store.history import PackedDay

Value = TypeVar("Value")
Ints = NDArray[Any]  # whole numbers of any width
Mask = NDArray[np.bool_]

DIMENSIONS = ("channel", "workstream", "queue", "topic", "reason")
STAGES = ("bot_sentiment_micro", "waiting_sentiment_micro", "agent_sentiment_micro")
NO_TIME = -1
NO_SCORE = -(2**31)
NO_TURNS = 2**32 - 1
NO_CONTACT = 2**32 - 1  # also beside a next contact so late that no figure asks for it

# What stands for no value, in columns that may have none.
MISSING = {
    **dict.fromkeys(("bot_ms", "wait_ms"), NO_TIME),
    **dict.fromkeys(("sentiment_micro", "csat_micro", *STAGES), NO_SCORE),
    **dict.fromkeys(("wasted_turns", "contact_ms"), NO_TURNS),
}

# One conversation. The end is counted from the beginning of its UTC day.
ROW = np.dtype(
    [
        ("ended_ms", "<u4"),
        ("bot_ms", "<i8"),
        ("sentiment_micro", "<i4"),
        ("csat_micro", "<i4"),
        ("num_scored", "<u4"),
        ("wait_ms", "<i8"),
        ("contact_ms", "<u4"),  # from the end to the customer's next contact
        ("bot_turns", "<u4"),
        ("wasted_turns", "<u4"),
        *((name, "<i4") for name in STAGES),
        *((name, "<u4") for name in DIMENSIONS),
        ("outcome", "u1"),
        ("resolution", "u1"),
        ("flags", "u1"),
    ]
)


class Flag(IntFlag):
    """What is true of a conversation, a bit each."""

    TEST = 1
    CSAT_REQUESTED = 2
    KNOWN = 4  # its customer
    ENGAGED = 8
    SUSPECT = 16
    ACCEPTED = 32  # by an agent


class Lazy(dict[str, Value], Generic[Value]):
    """Values by name, each made when it is first asked for."""

    def __init__(self, make: Callable[[str], Value]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> Value:
        made = self[name] = self._make(name)
        return made


class Rows:
    """Rows of many days: one array a column, words as numbers into `words`."""

    def __init__(self, length: int, columns: Callable[[str], Ints], words: Lazy[list[str]]) -> None:
        self._length = length
        self.columns = Lazy(columns)
        self.words = words

    def __len__(self) -> int:
        return self._length

    def where(self, *masks: Mask) -> Rows:
        """Those rows for which all of `masks` hold."""
        if not masks:
            return self
        mask = masks[0] if len(masks) == 1 else np.logical_and.reduce(masks)
        places = np.flatnonzero(mask)
        if len(places) == self._length:
            return self
        return Rows(len(places), lambda name: self.columns[name][places], self.words)

    def has(self, flag: Flag) -> Mask:
        """Of which rows this is true."""
        found: Mask = self.columns["flags"] & int(flag) != 0
        return found

    def codes(self, dimension: str, values: Iterable[str]) -> list[int]:
        """The numbers that stand for these words; words that never occur have none."""
        wanted = set(values)
        return [code for code, word in enumerate(self.words[dimension]) if word in wanted]


def joined(packs: Sequence[PackedDay]) -> Rows:
    """Packs as one table; each pack's own numbers for words become numbers that hold for all."""
    parts = [pack.body.partition(b"\n") for pack in packs]
    packed = np.frombuffer(b"".join([body for _, _, body in parts]), dtype=ROW)
    lengths = np.array([pack.num_rows for pack in packs], dtype=np.int64)
    headers: list[dict[str, list[str]]] = []

    def own_words(dimension: str) -> list[list[str]]:
        if dimension == "bot":
            return [[pack.bot] for pack in packs]
        if not headers:
            headers.extend(orjson.loads(header) for header, _, _ in parts)
        return [header[dimension] for header in headers]

    def numbered(dimension: str) -> list[str]:
        known: dict[str, None] = {}
        for own in own_words(dimension):
            known.update(dict.fromkeys(own))
        return list(known)

    words: Lazy[list[str]] = Lazy(numbered)

    def column(name: str) -> Ints:
        if name == "ended_ms":
            days = np.array([pack.day for pack in packs], dtype=np.int64)
            ended: Ints = np.repeat(days * DAY_MS, lengths) + packed[name]
            return ended
        if name != "bot" and name not in DIMENSIONS:
            return np.ascontiguousarray(packed[name])
        codes = {word: code for code, word in enumerate(words[name])}
        own = own_words(name)
        translated = np.array([codes[word] for each in own for word in each], dtype=np.int64)
        if name == "bot":
            return np.repeat(translated, lengths)
        sizes = np.array([len(each) for each in own], dtype=np.int64)
        found: Ints = translated[packed[name] + np.repeat(np.cumsum(sizes) - sizes, lengths)]
        return found

    return Rows(len(packed), column, words)
