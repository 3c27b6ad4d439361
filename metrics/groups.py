"""Which group each row is in, and what is added up by group, in whole numbers."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from metrics.rows import Ints, Mask

# Numbers that lie this close together are counted in a table instead of being sorted.
DENSE_SPAN = 1 << 20
# Whole numbers up to this are exact in floating point too, and adding them that way is quicker.
EXACT = 2**53
# Rows that are less than one in so many are picked out to be counted; of more, all are gone through.
FEW = 4
# Rows that are counted in one go: what counting copies of them stays in the processor's own memory.
AT_ONCE = 1 << 16
# Runs shorter than this are not gone through one by one: starting on each would take longer than all their rows.
SHORT_RUN = 1_000


class Groups:
    """Rows in groups 0 … size − 1."""

    def __init__(self, numbers: Ints, size: int) -> None:
        self._numbers = numbers.astype(np.min_scalar_type(size), copy=False)  # most of the time goes into moving numbers about
        self.size = size

    @property
    def numbers(self) -> Ints:
        """The number of each row's group."""
        return self._numbers

    @cached_property
    def _lengths(self) -> Ints:
        return _counted(self.numbers, self.size)

    def at(self, places: Ints) -> Groups:
        """The groups of the rows at these places, which are in order."""
        return Groups(self._numbers[places], self.size)

    def lengths(self) -> Ints:
        """How many rows each group has."""
        return self._lengths

    def counted(self, mask: Mask) -> Ints:
        """Of how many rows of each group this is true."""
        if np.count_nonzero(mask) * FEW < len(mask):
            return _counted(self.numbers[np.flatnonzero(mask)], self.size)
        return self.by_code(mask.view(np.uint8), 2)[:, 1]

    def by_code(self, codes: Ints, num_codes: int) -> Ints:
        """How often each group has each code below `num_codes`: a row of counts a group."""
        size = self.size * num_codes
        kind = np.min_scalar_type(size)
        combined = self.numbers.astype(kind) * kind.type(num_codes) + codes.astype(kind, copy=False)
        return _counted(combined, size).reshape(self.size, num_codes)

    def sums(self, values: Ints) -> Ints:
        """The sum of each group's values, exact."""
        if not _adds_exactly(values):
            totals = np.zeros(self.size, dtype=np.int64)
            np.add.at(totals, self.numbers, values)
            return totals
        return _counted(self.numbers, self.size, values).astype(np.int64)

    def quantiles(self, values: Ints) -> tuple[Ints, ...]:
        """Of each group's values, none negative: how many, their sum, twice the median, ten times the p90, and the largest."""
        lengths = self.lengths()
        if not len(values):
            return (lengths,) * 5
        starts = np.cumsum(lengths) - lengths
        ranked = self._ranked(values)
        last = np.maximum(lengths - 1, 0)
        median = ranked(starts + last // 2) + ranked(starts + (last + 1) // 2)
        place, rest = np.divmod(9 * last, 10)
        p90 = ranked(starts + place) * (10 - rest) + ranked(starts + np.minimum(place + 1, last)) * rest
        is_there = lengths > 0
        return lengths, ranked.sums(starts, lengths), median * is_there, p90 * is_there, ranked(starts + last) * is_there

    def _ranked(self, values: Ints) -> _Ranked:
        """The values by group, then by size. One number holds both where it can: sorting numbers is quickest."""
        span = int(values.max()) + 1
        if span * self.size >= 2**62:
            return _Ranked(values[np.lexsort((values, self.numbers))], 0)
        kind = _narrowest(span * self.size)
        return _Ranked(np.sort(self.numbers.astype(kind, copy=False) * kind(span) + values.astype(kind, copy=False)), span)


class Runs(Groups):
    """Groups whose rows stand together, in order: of each from one of `edges` up to the next. Most is told without numbers."""

    def __init__(self, edges: Ints) -> None:
        self._edges = edges
        self.size = len(edges) - 1

    @classmethod
    def of_all(cls, length: int) -> Runs:
        """All rows, so many, in one group."""
        return cls(np.array([0, length]))

    @cached_property
    def numbers(self) -> Ints:
        return np.repeat(np.arange(self.size), self.lengths())

    def at(self, places: Ints) -> Runs:
        return Runs(np.searchsorted(places, self._edges))

    def lengths(self) -> Ints:
        return np.diff(self._edges)

    def counted(self, mask: Mask) -> Ints:
        if self._are_short:
            return self.sums(mask.view(np.uint8))
        return np.array([np.count_nonzero(mask[first:last]) for first, last in pairwise(self._edges.tolist())])

    def by_code(self, codes: Ints, num_codes: int) -> Ints:
        if self._are_short:
            return super().by_code(codes, num_codes)
        return np.array([_counted(codes[first:last], num_codes) for first, last in pairwise(self._edges.tolist())])

    def sums(self, values: Ints) -> Ints:
        if self._are_short:
            return _sums_of_runs(values, self._edges[:-1], self.lengths())
        return np.array([values[first:last].sum(dtype=np.int64) for first, last in pairwise(self._edges.tolist())])

    def _ranked(self, values: Ints) -> _Ranked:
        if self._are_short:
            return super()._ranked(values)
        values = values.astype(_narrowest(int(values.max()) + 1))
        for first, last in pairwise(self._edges.tolist()):
            values[first:last].sort()
        return _Ranked(values, 0)

    @property
    def _are_short(self) -> bool:
        return self.size > 1 and int(self._edges[-1]) < self.size * SHORT_RUN


class _Ranked:
    """Sorted values, with what their group adds to them. What lies behind the last one is the last one."""

    def __init__(self, values: Ints, span: int) -> None:
        self._values = values
        self._span = span

    def __call__(self, places: Ints) -> Ints:
        found = self._values[np.minimum(places, len(self._values) - 1)].astype(np.int64)
        return found % self._span if self._span else found

    def sums(self, starts: Ints, lengths: Ints) -> Ints:
        """Of each group, which begins at a place and has so many values, their sum."""
        # What a sum may run over by, taking away what the group adds brings back.
        return _sums_of_runs(self._values, starts, lengths) - np.arange(len(starts)) * self._span * lengths


def _sums_of_runs(values: Ints, starts: Ints, lengths: Ints) -> Ints:
    """The sums of runs that follow each other, from each of `starts` up to the next, and of the last to the end."""
    found = np.zeros(len(starts), dtype=np.int64)
    is_there = lengths > 0
    if is_there.any():
        found[is_there] = np.add.reduceat(values, starts[is_there], dtype=np.int64)
    return found


def _counted(numbers: Ints, size: int, values: Ints | None = None) -> Ints:
    """How often there is each of the numbers below `size`, or the sum of its values: np.bincount, so many at a time."""
    found: Ints = np.zeros(size, dtype=np.int64 if values is None else np.float64)
    at_once = max(AT_ONCE, size)
    for at in range(0, len(numbers), at_once):
        part = None if values is None else values[at : at + at_once]
        found += np.bincount(numbers[at : at + at_once], weights=part, minlength=size)
    return found


def numbered(values: Ints) -> tuple[Ints, Ints]:
    """The different values, ascending, and of each its number among them: np.unique, but without sorting where it can."""
    lowest = int(values.min())
    span = int(values.max()) - lowest + 1
    if span > DENSE_SPAN:
        found, numbers = np.unique(values, return_inverse=True)
        return found, numbers.astype(np.int64)
    present = np.bincount(values - lowest, minlength=span) > 0
    return np.flatnonzero(present) + lowest, (np.cumsum(present) - 1)[values - lowest]


def _narrowest(end: int) -> type[np.signedinteger[Any]]:
    """What holds numbers below `end`: half as wide is sorted in half the time."""
    return np.int32 if end < 2**31 else np.int64


def _adds_exactly(values: Ints) -> bool:
    """Whether adding them up in floating point is exact: certain of few small ones, of others looked up."""
    bits = 8 * values.dtype.itemsize
    if len(values) << bits < EXACT:
        return True
    return len(values) * max(int(values.max()), -int(values.min())) < EXACT
