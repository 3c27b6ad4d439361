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
