"""How rows are told apart: by words and by buckets of time, each group with its key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import numpy as np

from metrics.groups import Groups, numbered
from metrics.rows import OUTCOME_CODES, Ints, Rows
from metrics.windows import Grain, buckets, runs_of, spread

Key = tuple[str | None, ...]

WORDS = ("bot", "channel", "queue", "topic", "workstream", "reason")
BY_STAY = "stay_queue"  # of stays alone
BY_CALL = ("call_agent", "call_queue")  # of calls alone
BY_ASSIST = ("assist_queue", "agent", "adviser")  # of conversations that people served, and suggestions in them
BY_ASKED = "asked_by"  # of surveys alone
BY_OUTCOME = "outcome"
# Where there may be more groups than a row in so many, they are numbered without gaps: of each many things are counted.
DENSE = 8


def grouped(rows: Rows, by: Sequence[str], tz: str) -> tuple[Groups, Callable[[int], Key]]:
    """The groups of rows, and what each is called."""
    if not by:
        return Groups(None, 1), lambda _number: ()
    numbers, labels = _combined(rows, by, tz)
    size = prod(map(len, labels))
    if size * DENSE <= len(rows):
        return Groups(numbers, size), lambda number: _key(number, labels)
    found, numbers = numbered(numbers)
    return Groups(numbers, len(found)), lambda number: _key(int(found[number]), labels)


def count_groups(rows: Rows, by: Sequence[str], tz: str) -> int:
    """How many groups these are."""
    return len(np.unique(_combined(rows, by, tz)[0])) if len(rows) else 0


def _combined(rows: Rows, by: Sequence[str], tz: str) -> tuple[Ints, list[list[str | None]]]:
    """Of each row one number for what it has under all keys, and the names that each key has."""
    numbers: Ints = np.zeros(0, dtype=np.int64)
    labels: list[list[str | None]] = []
    for place, name in enumerate(by):
        codes, names = _codes(rows, name, tz)
        labels.append(names)
        numbers = numbers * len(names) + codes if place else codes.astype(np.int64, copy=False)
    return numbers, labels


def _codes(rows: Rows, name: str, tz: str) -> tuple[Ints, list[str | None]]:
    """Of each row the number of its group under one key, and what the numbers stand for."""
    if name in (*WORDS, BY_STAY, BY_ASKED, *BY_CALL, *BY_ASSIST):
        return rows.columns[name], [word or None for word in rows.words[name]]
    if name == BY_OUTCOME:
        return rows.columns[name], list(OUTCOME_CODES)
    ended = rows.columns["ended_ms"]
    runs = runs_of(int(ended[0]), int(ended[-1]), Grain(name), tz)
    if runs is None:
        moments = buckets(ended, Grain(name), tz)
        found, codes = numbered(moments.codes)
    else:
        starts, moments = runs
        found, run_codes = numbered(moments.codes)
        codes = spread(run_codes, starts, ended)
    return codes, [moments.label(int(code)) for code in found]


def _key(code: int, labels: Sequence[list[str | None]]) -> Key:
    words: list[str | None] = []
    for names in reversed(labels):
        code, rest = divmod(code, len(names))
        words.append(names[rest])
    return tuple(reversed(words))
