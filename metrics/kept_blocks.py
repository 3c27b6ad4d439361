"""Which blocks of packed days a process has in memory, and which of them have been packed anew since."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import Generic, TypeVar

from store.day_packs import newest_packing, packed_since
from store.engine import Connection

Block = TypeVar("Block")


class Blocks(Generic[Block]):
    """By number, of all that have days, `block_days` each; None: not read yet."""

    def __init__(self, block_days: int) -> None:
        self._days = block_days
        self._newest = 0
        self.read: dict[int, Block | None] = {}

    def follow(self, connection: Connection) -> Collection[int] | None:
        """Drop what has been packed anew, and say which. None: the snapshot is older than what is kept: it must be read apart."""
        newest = newest_packing(connection)
        if newest < self._newest:
            return None
        changed: set[int] = set()
        if newest > self._newest:
            changed = {self.of(day) for day in packed_since(connection, self._newest)}
            self.read.update(dict.fromkeys(changed))
            self._newest = newest
        return changed

    def of(self, day: int) -> int:
        """The number of the block that a day is in."""
        return day // self._days

    def numbers(self, first: int | None, last: int | None) -> tuple[int, ...]:
        """Those that have days from `first` to `last`."""
        low = None if first is None else self.of(first)
        high = None if last is None else self.of(last)
        return tuple(
            number for number in sorted(self.read) if (low is None or low <= number) and (high is None or number <= high)
        )

    def missing(self, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
        """The first and the last day of each run of blocks that are not read yet."""
        unread = [number for number in numbers if self.read[number] is None]
        for _, run in groupby(enumerate(unread), key=lambda each: each[1] - each[0]):
            members = [number for _, number in run]
            yield members[0] * self._days, (members[-1] + 1) * self._days - 1
