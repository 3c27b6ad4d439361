"""From which value a live figure is at risk, and from which it is critical: for the floor, and for queues that differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from metrics.catalogue import find_metric
from metrics.metric import Better
from metrics.need import Band

ORDER = (Band.NORMAL, Band.AT_RISK, Band.CRITICAL)


@dataclass(frozen=True, slots=True)
class Limits:
    """The first value that is at risk and the first that is critical, in the way that is bad for the metric."""

    at_risk: float
    critical: float


DEFAULT_LIMITS: Mapping[str, Limits] = MappingProxyType(
    {"waiting": Limits(5, 10), "live_sentiment": Limits(-0.1, -0.3), "low_sentiment": Limits(5, 10)}
)


@dataclass(frozen=True, slots=True)
class Bands:
    """The limits of every live metric that has some; what is not said for a queue is as for the floor."""

    limits: Mapping[str, Limits] = field(default_factory=lambda: DEFAULT_LIMITS)
    by_queue: Mapping[str, Mapping[str, Limits]] = field(default_factory=dict)

    def limits_of(self, key: str, queue: str = "") -> Limits | None:
        """The limits of a metric in this queue; None where it has none."""
        return self.by_queue.get(queue, {}).get(key) or self.limits.get(key)

    def band(self, key: str, value: float | None, queue: str = "") -> Band:
        """The band of a value. Nothing to count is normal."""
        limits = self.limits_of(key, queue)
        if limits is None or value is None:
            return Band.NORMAL
        sign = -1 if find_metric(key).better is Better.HIGHER else 1
        if value * sign >= limits.critical * sign:
            return Band.CRITICAL
        return Band.AT_RISK if value * sign >= limits.at_risk * sign else Band.NORMAL


def worst(bands: Iterable[Band]) -> Band:
    """The worst of these; normal where there are none."""
    return max(bands, key=ORDER.index, default=Band.NORMAL)


def limits_from(values: Mapping[str, tuple[float, float]]) -> dict[str, Limits]:
    """Limits by metric from pairs: at risk from, critical from."""
    return {key: Limits(*pair) for key, pair in values.items()}
