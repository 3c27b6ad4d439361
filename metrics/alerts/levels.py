"""Levels with hysteresis, and a reading that is held against them: a value, or a span of time that grows by itself."""

from __future__ import annotations

import math
from dataclasses import dataclass

from metrics.alerts.rules import Direction
from metrics.need import Band

RANK = {Band.NORMAL: 0, Band.AT_RISK: 1, Band.CRITICAL: 2}


@dataclass(frozen=True, slots=True)
class Levels:
    """Where a value gets bad, and where it is good again. The gap between the two holds between critical and at risk, too."""

    at_risk: float | None
    critical: float | None
    clears_at: float | None = None  # None: as soon as the mildest level is left
    direction: Direction = Direction.ABOVE

    @property
    def mildest(self) -> float:
        """The level that is reached first."""
        level = self.at_risk if self.at_risk is not None else self.critical
        if level is None:
            raise ValueError("levels without a level")
        return level

    def of(self, band: Band) -> float | None:
        """The level of a band."""
        return self.critical if band is Band.CRITICAL else self.at_risk

    def is_beyond(self, level: float | None, value: float) -> bool:
        """Whether `value` is at a level or on its bad side."""
        if level is None:
            return False
        return value >= level if self.direction is Direction.ABOVE else value <= level

    def is_clear(self, value: float) -> bool:
        """Whether an alert that stands is over."""
        return self._is_left(self.mildest, value)

    def is_eased(self, value: float) -> bool:
        """Whether a critical alert is only at risk now."""
        return self.at_risk is not None and self.critical is not None and self._is_left(self.critical, value)

    def _is_left(self, level: float, value: float) -> bool:
        if self.clears_at is None:
            return not self.is_beyond(level, value)
        border = level - (self.mildest - self.clears_at)
        # Borders are sums of fractions: what people would call equal must be.
        near = math.isclose(value, border, rel_tol=0, abs_tol=1e-9)
        return near or (value < border if self.direction is Direction.ABOVE else value > border)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule sees of one subject: a value, or the moment since which seconds are counted; neither: nothing is known."""

    levels: Levels
    value: float | None = None
    grows_since_ms: int | None = None
    until_ms: int | None = None  # from then on it reads otherwise, though nothing happens: look again
    queue: str = ""  # where, for the sentence
    word: str = ""  # what of the rule's words was said, likewise

    def at(self, now_ms: int) -> float | None:
        """The value at a moment."""
        if self.grows_since_ms is None:
            return self.value
        return max(now_ms - self.grows_since_ms, 0) / 1000

    def crossing_ms(self, level: float | None, now_ms: int) -> int | None:
        """Since when it has been beyond a level, as far as it tells; None where it is not."""
        value = self.at(now_ms)
        if value is None or level is None or not self.levels.is_beyond(level, value):
            return None
        return now_ms if self.grows_since_ms is None else self._reaches_ms(level)

    def will_cross_ms(self, level: float | None) -> int | None:
        """When it reaches a level by growing."""
        return None if self.grows_since_ms is None or level is None else self._reaches_ms(level)

    def _reaches_ms(self, level: float) -> int:
        return (self.grows_since_ms or 0) + math.ceil(level * 1000)
