"""Which group each row is in, and what is added up by group, in whole numbers."""

from __future__ import annotations

import numpy as np

from metrics.rows import Ints, Mask

# Numbers that lie this close together are counted in a table instead of being sorted.
DENSE_SPAN = 1 << 20
# Whole numbers up to this are exact in floating point too, and adding them that way is quicker.
EXACT = 2**53
# Rows that are less than one in so many are picked out to be counted; of more, all are gone through.
FEW = 4


class Groups:
    """Rows in groups 0 … size − 1. Without `numbers` all are in the one group there is."""

    def __init__(self, numbers: Ints | None, size: int) -> None:
        self._numbers = numbers
        self.size = size

    def at(self, places: Ints) -> Groups:
        """The groups of the rows at these places."""
        return Groups(None if self._numbers is None else self._numbers[places], self.size)

    def numbers(self, values: Ints) -> Ints:
        """The number of each row's group; `values` are of the rows."""
        return np.zeros(len(values), dtype=np.int64) if self._numbers is None else self._numbers.astype(np.int64, copy=False)

    def lengths(self, values: Ints) -> Ints:
        """How many rows each group has; `values` are theirs."""
        if self._numbers is None:
            return np.array([len(values)])
        return np.bincount(self._numbers, minlength=self.size)

    def counted(self, mask: Mask) -> Ints:
        """Of how many rows of each group this is true."""
        count = np.count_nonzero(mask)
        if self._numbers is None:
            return np.array([count])
        if count * FEW < len(mask):
            return np.bincount(self._numbers[np.flatnonzero(mask)], minlength=self.size)
        return self.by_code(mask.view(np.uint8), 2)[:, 1]

    def by_code(self, codes: Ints, num_codes: int) -> Ints:
        """How often each group has each code below `num_codes`: a row of counts a group."""
        if self._numbers is None:
            return np.bincount(codes, minlength=num_codes).reshape(1, num_codes)
        counts = np.bincount(self._numbers * num_codes + codes, minlength=self.size * num_codes)
        return counts.reshape(self.size, num_codes)

    def sums(self, values: Ints) -> Ints:
        """The sum of each group's values, exact."""
        if self._numbers is None:
            return np.array([values.sum(dtype=np.int64)])
        largest = max(int(values.max(initial=0)), -int(values.min(initial=0)))
        if len(values) * largest >= EXACT:
            totals = np.zeros(self.size, dtype=np.int64)
            np.add.at(totals, self._numbers, values)
            return totals
        return np.bincount(self._numbers, weights=values, minlength=self.size).astype(np.int64)

    def quantiles(self, values: Ints) -> tuple[Ints, ...]:
        """Of each group's values, none negative: how many, their sum, twice the median, ten times the p90, and the largest."""
        lengths = self.lengths(values)
        if not len(values):
            return (lengths,) * 5
        starts = np.cumsum(lengths) - lengths
        ranked = self._ranked(values)
        last = np.maximum(lengths - 1, 0)
        median = ranked(starts + last // 2) + ranked(starts + (last + 1) // 2)
        place, rest = np.divmod(9 * last, 10)
        p90 = ranked(starts + place) * (10 - rest) + ranked(starts + np.minimum(place + 1, last)) * rest
        is_there = lengths > 0
        return lengths, self.sums(values), median * is_there, p90 * is_there, ranked(starts + last) * is_there

    def _ranked(self, values: Ints) -> _Ranked:
        """The values by group, then by size. One number holds both where it can: sorting numbers is quickest."""
        span = int(values.max()) + 1
        if self._numbers is None:
            return _Ranked(np.sort(values), 0)
        if span * self.size >= 2**62:
            return _Ranked(values[np.lexsort((values, self._numbers))].astype(np.int64), 0)
        return _Ranked(np.sort(self._numbers * span + values), span)


class _Ranked:
    """Sorted values, with what their group adds to them. What lies behind the last one is the last one."""

    def __init__(self, values: Ints, span: int) -> None:
        self._values = values
        self._span = span

    def __call__(self, places: Ints) -> Ints:
        found = self._values[np.minimum(places, len(self._values) - 1)].astype(np.int64)
        return found % self._span if self._span else found


def numbered(values: Ints) -> tuple[Ints, Ints]:
    """The different values, ascending, and of each its number among them: np.unique, but without sorting where it can."""
    lowest = int(values.min())
    span = int(values.max()) - lowest + 1
    if span > DENSE_SPAN:
        found, numbers = np.unique(values, return_inverse=True)
        return found, numbers.astype(np.int64)
    present = np.bincount(values - lowest, minlength=span) > 0
    return np.flatnonzero(present) + lowest, (np.cumsum(present) - 1)[values - lowest]
