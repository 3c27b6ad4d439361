"""Where it hurts: how far each topic moves a rate of the whole, beside how often it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.figures import Rate, Totals
from metrics.filters import Filters
from metrics.report import count
from store.engine import Store


@dataclass(frozen=True, slots=True)
class Impact:
    """One topic ("": without one). `points`: the overall rate less the rate without this topic's conversations."""

    topic: str
    totals: Totals
    rate: Rate
    points: float | None  # None where nothing is left without it


def topic_impact(store: Store, filters: Filters, metric: str) -> Sequence[Impact]:
    """Every topic, the one that raises the rate most first."""
    by_topic = count(store, filters, ("topic",), wanted=(metric, "average_sentiment", "wait_after_escalation"))
    rates: dict[str, Rate] = {key[0] or "": getattr(totals, metric) for key, totals in by_topic.items()}
    numerator, denominator = (sum(getattr(rate, part) for rate in rates.values()) for part in ("numerator", "denominator"))
    found = [
        Impact(topic, by_topic[topic or None,], rate, _points(Rate(numerator, denominator), rate))
        for topic, rate in rates.items()
    ]
    return sorted(found, key=lambda each: (each.points is None, -(each.points or 0.0), each.topic))


def _points(whole: Rate, part: Rate) -> float | None:
    rest = Rate(whole.numerator - part.numerator, whole.denominator - part.denominator)
    return None if whole.value is None or rest.value is None else whole.value - rest.value
