"""What is said of a metric: its definition, what it counts out of what, its unit, which way is good, and where it is from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MetricKind(StrEnum):
    """How a metric is counted."""

    COUNT = "count"
    RATIO = "ratio"
    DURATION = "duration"
    SCORE = "score"


class Better(StrEnum):
    """Which way is good."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Unit(StrEnum):
    """What a value is measured in."""

    CONVERSATIONS = "conversations"
    STAYS = "stays in a queue"
    SUGGESTIONS = "suggestions"
    SHARE = "share, 0–1"
    SECONDS = "seconds"
    POLARITY = "polarity, −1…1"
    RATING = "survey answer, 1–5"
    EFFORT = "survey answer, 1–7"
    POINTS = "points, −100…100"
    TURNS = "customer's messages"
    PACE = "words a minute"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. `empty` is its value where there is nothing to count: 0 for a count, None ("–") for everything else."""

    key: str
    label: str
    definition: str
    kind: MetricKind
    numerator: str
    denominator: str
    unit: Unit
    grain: str
    better: Better
    empty: int | None
    source: str
    is_estimate: bool = False


def count(
    key: str,
    label: str,
    definition: str,
    numerator: str = "",
    *,
    grain: str,
    source: str,
    unit: Unit = Unit.CONVERSATIONS,
    better: Better = Better.NEITHER,
    empty: int | None = 0,
    is_estimate: bool = False,
) -> Metric:
    """How many. What is counted is its label, where nothing else is said."""
    counted = numerator or label.lower()
    return Metric(key, label, definition, MetricKind.COUNT, counted, "", unit, grain, better, empty, source, is_estimate)


def rate(
    key: str,
    label: str,
    definition: str,
    numerator: str,
    denominator: str,
    better: Better = Better.NEITHER,
    *,
    grain: str,
    source: str,
) -> Metric:
    """A share of something counted."""
    of = numerator, denominator
    return Metric(key, label, definition, MetricKind.RATIO, *of, Unit.SHARE, grain, better, None, source)


def duration(
    key: str,
    label: str,
    definition: str,
    numerator: str,
    denominator: str,
    better: Better = Better.LOWER,
    *,
    grain: str,
    source: str,
    unit: Unit = Unit.SECONDS,
) -> Metric:
    """How long something took, on average and by percentiles."""
    of = numerator, denominator
    return Metric(key, label, definition, MetricKind.DURATION, *of, unit, grain, better, None, source)


def score(
    key: str,
    label: str,
    definition: str,
    numerator: str,
    denominator: str,
    *,
    unit: Unit,
    grain: str,
    source: str,
    better: Better = Better.HIGHER,
    is_estimate: bool = False,
) -> Metric:
    """A mean of values on a scale."""
    of = numerator, denominator
    return Metric(key, label, definition, MetricKind.SCORE, *of, unit, grain, better, None, source, is_estimate)
