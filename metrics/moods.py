"""How customers felt at the end, by level, and between the stages of one conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from metrics.closed import closed_rows
from metrics.filters import Filters
from metrics.levels import BORDERS, LEVELS
from metrics.rows import NO_SCORE
from store.engine import Store


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
    counts = np.bincount(np.searchsorted(BORDERS, known, side="right"), minlength=len(LEVELS)).tolist()
    return Moods(dict(zip(LEVELS, counts, strict=True)), len(scores) - len(known))
