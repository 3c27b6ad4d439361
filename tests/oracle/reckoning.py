"""What `report --format json` must print of known conversations. Each convention that could be chosen otherwise is here, once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, fsum, sqrt
from typing import Any

from .truth import Truth
from .zones import bucket

Z95 = 1.959963984540054
UNITS = ("hour", "day", "week", "month")
NOWHERE = ("queue", "topic")  # dimensions that no composed conversation has a value for


@dataclass(frozen=True)
class Question:
    """What is asked of a report. The window is half-open."""

    by: tuple[str, ...] = ()
    zone: str = "UTC"
    since_ms: int | None = None
    until_ms: int | None = None
    include_tests: bool = False
    bot: str | None = None
    channel: str | None = None


def wilson(numerator: int, denominator: int) -> tuple[float, float] | tuple[None, None]:
    """The 95 % interval of a share."""
    if not denominator:
        return None, None
    share, square = numerator / denominator, Z95 * Z95
    middle = share + square / (2 * denominator)
    reach = Z95 * sqrt(share * (1 - share) / denominator + square / (4 * denominator**2))
    whole = 1 + square / denominator
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


def quantile(values: Iterable[float], share: float) -> float:
    """By linear interpolation between the two nearest ranks."""
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    low, high = ranked[floor(place)], ranked[ceil(place)]
    return low + (high - low) * (place - floor(place))


def moment(truth: Truth) -> int:
    """A closed conversation counts when it ended, an open one when it began."""
    return truth.started_ms if truth.is_open else truth.ended_ms


def report(truths: Iterable[Truth], question: Question) -> list[dict[str, Any]]:
    """The whole report: one object, or one per group that has conversations, in order."""
    groups: dict[tuple[str | None, ...], list[Truth]] = {}
    for truth in truths:
        if _asked_for(truth, question):
            groups.setdefault(tuple(_value(truth, name, question.zone) for name in question.by), []).append(truth)
    if not question.by:
        groups = groups or {(): []}
    ordered = sorted(groups, key=lambda values: [(value is None, value or "") for value in values])
    return [dict(zip(question.by, values, strict=True)) | _figures(groups[values]) for values in ordered]


def _asked_for(truth: Truth, question: Question) -> bool:
    at_ms = moment(truth)
    return (
        truth.is_bot
        and (question.include_tests or not truth.is_test)
        and (question.since_ms is None or question.since_ms <= at_ms)
        and (question.until_ms is None or at_ms < question.until_ms)
        and question.bot in (None, truth.bot)
        and question.channel in (None, truth.channel)
    )


def _value(truth: Truth, name: str, zone: str) -> str | None:
    if name in UNITS:
        return bucket(moment(truth), name, zone)
    return None if name in NOWHERE else {"bot": truth.bot, "channel": truth.channel}[name]


def _figures(truths: list[Truth]) -> dict[str, Any]:
    closed = [truth for truth in truths if not truth.is_open]
    count = {word: sum(truth.outcome == word for truth in closed) for word in ("resolved", "escalated", "abandoned", "other")}
    return {
        "bot_conversations": len(truths),
        "closed": len(closed),
        **count,
        "resolution_rate": _rate(count["resolved"], len(closed)),
        "escalation_rate": _rate(count["escalated"], len(closed)),
        "abandonment_rate": _rate(count["abandoned"], len(closed)),
        "deflection_rate": _rate(count["resolved"] + count["abandoned"], len(closed)),
        "resolution_time": _times([truth.bot_ms for truth in closed if truth.outcome == "resolved"]),
        "escalation_time": _times([truth.bot_ms for truth in closed if truth.outcome == "escalated"]),
        "average_sentiment": _sentiment(closed),
    }


def _rate(numerator: int, denominator: int) -> dict[str, Any]:
    low, high = wilson(numerator, denominator)
    value = numerator / denominator if denominator else None
    return {"value": value, "numerator": numerator, "denominator": denominator, "low": low, "high": high}


def _times(spans_ms: list[int]) -> dict[str, Any]:
    if not spans_ms:
        return {"mean": None, "median": None, "p90": None, "n": 0}
    return {
        "mean": sum(spans_ms) / len(spans_ms) / 1_000,
        "median": quantile(spans_ms, 0.5) / 1_000,
        "p90": quantile(spans_ms, 0.9) / 1_000,
        "n": len(spans_ms),
    }


def _sentiment(closed: list[Truth]) -> dict[str, Any]:
    scores = [truth.sentiment for truth in closed if truth.sentiment is not None]
    return {"value": fsum(scores) / len(scores) if scores else None, "scored": len(scores), "n": len(closed)}
