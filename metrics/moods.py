"""How customers felt at the end, by level, and between the stages of one conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from metrics.filters import Filters, Range
from metrics.levels import LEVELS, NEUTRAL_MICRO, PLAIN_MICRO, SLIGHT_MICRO
from metrics.report import closed_rows
from metrics.rows import NO_SCORE
from store.engine import Store

# Where one level ends and the next begins, from worst to best: the first whole number of the better one.
_BORDERS = (-PLAIN_MICRO, -SLIGHT_MICRO, -NEUTRAL_MICRO, NEUTRAL_MICRO + 1, SLIGHT_MICRO + 1, PLAIN_MICRO + 1)


@dataclass(frozen=True, slots=True)
class Moods:
    """How many closed conversations ended at each level, and how many have no score."""

    levels: Mapping[str, int]
    unscored: int

    @property
    def scored(self) -> int:
        return sum(self.levels.values())


def moods(store: Store, filters: Filters) -> Moods:
    """The end sentiment of closed bot conversations, by level from worst to best."""
    with store.read() as connection:
        scores = closed_rows(connection, filters).columns["sentiment_micro"]
    known = scores[scores != NO_SCORE]
    counts = np.bincount(np.searchsorted(_BORDERS, known, side="right"), minlength=len(LEVELS)).tolist()
    return Moods(dict(zip(LEVELS, counts, strict=True)), len(scores) - len(known))


def range_of(level: str) -> Range:
    """The scores that a level names, as a range of end sentiment."""
    edges = (None, *_BORDERS, None)
    place = LEVELS.index(level)
    return "sentiment_micro", edges[place], edges[place + 1]
