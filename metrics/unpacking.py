"""How packs are read: the columns of many at once, and words by numbers that hold for all of them instead of each pack's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import orjson

from metrics.rows import Ints, Words
from store.day_packs import PackedDay


class Unpacked:
    """Packs, in the order of their rows: `columns` as they were packed, words by their numbers in `words`."""

    def __init__(
        self, packs: Sequence[PackedDay], kinds: Mapping[str, np.dtype[Any]], dimensions: Sequence[str], words: Words
    ) -> None:
        self._packs = packs
        self._places = [pack.body.index(b"\n") + 1 for pack in packs]
        self.headers = [orjson.loads(pack.body[:place]) for pack, place in zip(packs, self._places, strict=True)]
        self.lengths: Ints = np.array([pack.num_rows for pack in packs], dtype=np.int64)
        self.columns = dict(self._columns(kinds))
        for name in dimensions:
            self.columns[name] = self.numbered([header[name] for header in self.headers], self.columns[name], words, name)

    def __len__(self) -> int:
        return int(self.lengths.sum())

    @property
    def days(self) -> Ints:
        """The day of each row."""
        return np.repeat(np.array([pack.day for pack in self._packs], dtype=np.int64), self.lengths)

    def numbered(self, own: Sequence[Sequence[Any]], codes: Ints, words: Words, name: str, lengths: Ints | None = None) -> Ints:
        """`codes` are places in each pack's own words, so many of each pack; the numbers of these in `words`."""
        sizes = np.array([len(each) for each in own], dtype=np.int64)
        numbers = np.array(words.codes(name, [word for each in own for word in each]), dtype=np.uint32)
        found: Ints = numbers[codes + np.repeat(np.cumsum(sizes) - sizes, self.lengths if lengths is None else lengths)]
        return found

    def tails(self) -> list[bytes]:
        """What stands behind the columns of each pack."""
        return list(self._slices(self._width, None))

    def _columns(self, kinds: Mapping[str, np.dtype[Any]]) -> Iterator[tuple[str, Ints]]:
        self._width = 0
        for name, kind in kinds.items():
            # Joining bytes is quicker than joining arrays of them.
            yield name, np.frombuffer(b"".join(self._slices(self._width, self._width + kind.itemsize)), kind)
            self._width += kind.itemsize

    def _slices(self, first: int, last: int | None) -> Iterator[bytes]:
        """The bytes of each pack from so many a row up to so many."""
        for pack, place in zip(self._packs, self._places, strict=True):
            yield pack.body[place + first * pack.num_rows : None if last is None else place + last * pack.num_rows]
