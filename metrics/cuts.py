"""How rows are told apart: by words and by buckets of time, each group with its key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import prod

import numpy as np

from metrics.groups import Groups, Runs, numbered
from metrics.rows import OUTCOME_CODES, Ints, Rows
from metrics.windows import Grain, buckets, runs_of

Key = tuple[str | None, ...]
Names = Callable[[Sequence[int]], list[Key]]

WORDS = ("bot", "channel", "queue", "topic", "workstream", "reason")
BY_STAY = "stay_queue"  # of stays alone
BY_CALL = ("call_agent", "call_queue")  # of calls alone
BY_ASSIST = ("assist_queue", "agent", "adviser")  # of conversations that people served, and suggestions in them
BY_ASKED = "asked_by"  # of surveys alone
BY_OUTCOME = "outcome"
# Where there may be more groups than a row in so many, they are numbered without gaps: of each many things are counted.
DENSE = 8


def grouped(rows: Rows, by: Sequence[str], tz: str) -> tuple[Groups, Names]:
    """The groups of rows, and what groups are called, by their numbers."""
    if not by:
        return Runs.of_all(len(rows)), lambda numbers: [()] * len(numbers)
    if len(by) == 1 and by[0] in tuple(Grain):
        runs = _runs(rows, Grain(by[0]), tz)
        if runs is not None:
            edges, names = runs
            return Runs(edges), lambda numbers: [(names[number],) for number in numbers]
    numbers, labels = _combined(rows, by, tz)
    size = prod(map(len, labels))
    if size * DENSE <= len(rows):
        return Groups(numbers, size), lambda wanted: _keys(np.array(wanted, dtype=np.int64), labels)
    found, numbers = numbered(numbers)
    return Groups(numbers, len(found)), lambda wanted: _keys(found[np.array(wanted, dtype=np.int64)], labels)


def in_order(keys: Iterable[Key]) -> list[Key]:
    """Ascending, null last."""
    known = list(keys)
    words = sorted({word for key in known for word in key}, key=lambda word: (word is None, word or ""))
    rank = {word: place for place, word in enumerate(words)}
    return sorted(known, key=lambda key: tuple(map(rank.__getitem__, key)))


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
    runs = _runs(rows, Grain(name), tz)
    if runs is not None:
        edges, names = runs
        return np.repeat(np.arange(len(names)), np.diff(edges)), list(names)
    moments = buckets(rows.columns["ended_ms"], Grain(name), tz)
    found, codes = numbered(moments.codes)
    return codes, [moments.label(int(code)) for code in found]


def _runs(rows: Rows, grain: Grain, tz: str) -> tuple[Ints, list[str]] | None:
    """Where the rows of each bucket of time begin, and of the last end, and what buckets are called.

    None where they are not known so, or where the clock came back to a bucket that it had left.
    """
    ended = rows.columns["ended_ms"]
    runs = runs_of(int(ended[0]), int(ended[-1]), grain, tz)
    if runs is None or not (np.diff(runs[1].codes) > 0).all():
        return None
    starts, moments = runs
    edges = np.concatenate(([0], np.searchsorted(ended, starts[1:]), [len(ended)]))
    return edges, [moments.label(code) for code in moments.codes.tolist()]


def _keys(codes: Ints, labels: Sequence[list[str | None]]) -> list[Key]:
    parts: list[list[str | None]] = []
    for names in reversed(labels):
        codes, rest = np.divmod(codes, len(names))
        parts.append([names[place] for place in rest.tolist()])
    return list(zip(*reversed(parts), strict=True))
