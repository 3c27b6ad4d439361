"""What a metric is worth for one group: whole-number sums as stored, divided last. A zero denominator gives no value, never 0."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from metrics.intervals import newcombe, wilson

MICRO = 1_000_000
JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share, with what it is a share of and how sure it is."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """Between 0 and 1."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 %, by Wilson's formula."""
        return wilson(self.numerator, self.denominator)

    def change_interval(self, before: Rate) -> tuple[float, float] | None:
        """95 %, of this less `before`, by Newcombe's formula."""
        return newcombe(self.numerator, self.denominator, before.numerator, before.denominator)

    def as_json(self) -> JsonObject:
        """As the report prints it."""
        low, high = self.interval or (None, None)
        return {"value": self.value, "numerator": self.numerator, "denominator": self.denominator, "low": low, "high": high}


@dataclass(frozen=True, slots=True)
class Times:
    """Durations of one group, exact: the median and the p90 are kept as the whole numbers they are a half and a tenth of."""

    n: int = 0
    sum_ms: int = 0
    median_ms_x2: int = 0
    p90_ms_x10: int = 0

    @property
    def mean_seconds(self) -> float | None:
        return self.sum_ms / (self.n * 1000) if self.n else None

    @property
    def median_seconds(self) -> float | None:
        return self.median_ms_x2 / 2_000 if self.n else None

    @property
    def p90_seconds(self) -> float | None:
        """By linear interpolation between the two nearest (numpy's default, type 7 of Hyndman and Fan)."""
        return self.p90_ms_x10 / 10_000 if self.n else None

    def as_json(self) -> JsonObject:
        """As the report prints it, in seconds."""
        return {"mean": self.mean_seconds, "median": self.median_seconds, "p90": self.p90_seconds, "n": self.n}


@dataclass(frozen=True, slots=True)
class Score:
    """The mean of something that not every conversation has."""

    sum_micro: int = 0
    scored: int = 0
    n: int = 0

    @property
    def value(self) -> float | None:
        return self.sum_micro / (self.scored * MICRO) if self.scored else None

    def as_json(self) -> JsonObject:
        """As the report prints it."""
        return {"value": self.value, "scored": self.scored, "n": self.n}


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything counted of one group of bot conversations."""

    open: int = 0
    closed: int = 0
    resolved: int = 0
    confirmed: int = 0
    implied: int = 0
    assumed: int = 0
    escalated: int = 0
    abandoned: int = 0
    other: int = 0
    positive: int = 0
    neutral: int = 0
    negative: int = 0
    scored_messages: int = 0
    csat_satisfied: int = 0
    resolution_time: Times = field(default_factory=Times)
    escalation_time: Times = field(default_factory=Times)
    average_sentiment: Score = field(default_factory=Score)
    csat: Score = field(default_factory=Score)  # n: how many were asked

    @property
    def bot_conversations(self) -> int:
        return self.closed + self.open

    @property
    def resolution_rate(self) -> Rate:
        return Rate(self.resolved, self.closed)

    @property
    def escalation_rate(self) -> Rate:
        return Rate(self.escalated, self.closed)

    @property
    def abandonment_rate(self) -> Rate:
        return Rate(self.abandoned, self.closed)

    @property
    def deflection_rate(self) -> Rate:
        return Rate(self.resolved + self.abandoned, self.closed)

    @property
    def csat_response_rate(self) -> Rate:
        return Rate(self.csat.scored, self.csat.n)

    def as_json(self) -> JsonObject:
        """One object of `report --format json`, without the keys of its group."""
        counts = ("bot_conversations", "closed", "resolved", "escalated", "abandoned", "other")
        figures = (
            *("resolution_rate", "escalation_rate", "abandonment_rate", "deflection_rate"),
            *("resolution_time", "escalation_time", "average_sentiment"),
        )
        return {key: getattr(self, key) for key in counts} | {key: getattr(self, key).as_json() for key in figures}
