"""The report counted a second time, from rows of table `conversation`, by plain Python that shares no code with `report`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import sqrt
from statistics import NormalDist, fmean, median
from typing import Any
from zoneinfo import ZoneInfo

JsonObject = dict[str, Any]
Key = tuple[str | None, ...]


def recount(rows: Iterable[Mapping[Any, Any]], by: tuple[str, ...], tz: str, *, include_tests: bool) -> list[JsonObject]:
    """What `report` should say of these conversations."""
    groups: dict[Key, list[Mapping[Any, Any]]] = {} if by else {(): []}
    zone = ZoneInfo(tz)
    for row in rows:
        took_part = row["outcome"] is not None or (row["ended_ms"] is None and row["deciding_session"] is not None)
        if row["is_bot"] or (include_tests and row["is_test"] and took_part):
            groups.setdefault(tuple(_word(row, name, zone) for name in by), []).append(row)
    keys = sorted(groups, key=lambda key: tuple((word is None, str(word)) for word in key))
    return [dict(zip(by, key, strict=True)) | _figures(groups[key]) for key in keys]


def _word(row: Mapping[Any, Any], name: str, zone: ZoneInfo) -> str | None:
    if name not in ("hour", "day", "week", "month"):
        return row[name] or None
    at_ms = row["started_ms"] if row["ended_ms"] is None else row["ended_ms"]
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).astimezone(zone)
    if name == "hour":
        return local.replace(minute=0, second=0, microsecond=0).isoformat(timespec="minutes")
    return local.strftime({"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m"}[name])


def _figures(rows: list[Mapping[Any, Any]]) -> JsonObject:
    closed = [row for row in rows if row["ended_ms"] is not None]
    of = {word: [row for row in closed if row["outcome"] == word] for word in ("resolved", "escalated", "abandoned", "other")}
    num = {word: len(found) for word, found in of.items()}
    scores = [row["sentiment_micro"] for row in closed if row["sentiment_micro"] is not None]
    return {
        "bot_conversations": len(rows),
        "closed": len(closed),
        **num,
        "resolution_rate": _rate(num["resolved"], len(closed)),
        "escalation_rate": _rate(num["escalated"], len(closed)),
        "abandonment_rate": _rate(num["abandoned"], len(closed)),
        "deflection_rate": _rate(num["resolved"] + num["abandoned"], len(closed)),
        "resolution_time": _times(of["resolved"]),
        "escalation_time": _times(of["escalated"]),
        "average_sentiment": {
            "value": float(Fraction(sum(scores), 1_000_000 * len(scores))) if scores else None,
            "scored": len(scores),
            "n": len(closed),
        },
    }


def _rate(hits: int, of: int) -> JsonObject:
    if of == 0:
        return {"value": None, "numerator": hits, "denominator": 0, "low": None, "high": None}
    z, share = NormalDist().inv_cdf(0.975), hits / of
    # The two solutions of (p − share)² = z² p (1 − p) / n.
    a, b, c = 1 + z * z / of, -2 * share - z * z / of, share * share
    root = sqrt(max(0.0, b * b - 4 * a * c))
    return {"value": share, "numerator": hits, "denominator": of, "low": (-b - root) / (2 * a), "high": (-b + root) / (2 * a)}


def _times(rows: list[Mapping[Any, Any]]) -> JsonObject:
    seconds = sorted(row["bot_ms"] / 1000 for row in rows if row["bot_ms"] is not None)
    if not seconds:
        return {"mean": None, "median": None, "p90": None, "n": 0}
    place = Fraction(9, 10) * (len(seconds) - 1)
    below, above = seconds[int(place)], seconds[min(int(place) + 1, len(seconds) - 1)]
    p90 = below + float(place - int(place)) * (above - below)
    return {"mean": fmean(seconds), "median": median(seconds), "p90": p90, "n": len(seconds)}
