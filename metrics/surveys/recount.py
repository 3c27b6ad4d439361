"""Surveys counted a second time, from their rows, by plain Python that shares no code with `counting`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

Figures = dict[str, Any]
LEAST_AND_MOST = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7), "prr": (0, 1)}


def recount_surveys(
    rows: Iterable[Mapping[Any, Any]], survey: str, whose: str, by: str, tz: str, *, include_tests: bool
) -> dict[str, Figures]:
    """Of each group how many were asked and answered, the sum of the answers, and how many gave each."""
    conversations: dict[int, list[Mapping[Any, Any]]] = defaultdict(list)
    for row in rows:
        if row["survey"] == survey and row["ended_ms"] is not None and (include_tests or not row["is_test"]):
            conversations[row["conversation_key"]].append(row)
    found: dict[str, Figures] = {}
    least, most = LEAST_AND_MOST[survey]
    for own in conversations.values():
        is_of_bot = own[0]["outcome"] is not None
        if whose != "all" and is_of_bot != (whose == "bots"):
            continue
        answered = [row for row in sorted(own, key=lambda each: each["number"]) if row["answer_micro"] is not None]
        shown = answered[-1] if answered else max(own, key=lambda each: each["number"])
        figures = found.setdefault(
            _word(shown, by, ZoneInfo(tz)),
            {"asked": 0, "answered": 0, "sum": Fraction(0), **{str(each): 0 for each in range(least, most + 1)}},
        )
        figures["asked"] += 1
        if answered:
            answer = Fraction(shown["answer_micro"], 1_000_000)
            figures["answered"] += 1
            figures["sum"] += answer
            figures[str(floor(answer))] += 1
    return found


def _word(row: Mapping[Any, Any], by: str, zone: ZoneInfo) -> str:
    if by not in ("day", "week", "month"):
        return str(row[by] or "") if by else ""
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=row["ended_ms"])).astimezone(zone)
    return local.strftime({"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m"}[by])
