"""Suggestions counted a second time, from rows, by plain Python that shares no code with `counting`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, median, stdev
from typing import Any

JsonObject = dict[str, Any]
Row = Mapping[Any, Any]


def recount_suggestions(
    conversations: Iterable[Row], sessions: Iterable[Row], suggestions: Iterable[Row], *, include_tests: bool
) -> dict[str, Any]:
    """What is counted of all of history: by agent and bot, how many were reached, and both sides of the comparison by queue."""
    closed = {
        row["conversation_key"]: row
        for row in conversations
        if row["ended_ms"] is not None and (include_tests or not row["is_test"])
    }
    people: dict[int, list[Row]] = defaultdict(list)
    for session in sessions:
        if session["conversation_key"] in closed:
            people[session["conversation_key"]].append(session)
    shown: dict[int, list[Row]] = defaultdict(list)
    for row in suggestions:
        if row["conversation_key"] in closed:
            shown[row["conversation_key"]].append(row)
    rows = [row for found in shown.values() for row in found]
    return {
        "all": _figures(rows) | {"reached": sum(1 for key in people if shown.get(key)), "served": len(people)},
        "by agent": {name: _figures([row for row in rows if row["agent"] == name]) for name in {row["agent"] for row in rows}},
        "by bot": {name: _figures([row for row in rows if row["bot"] == name]) for name in {row["bot"] for row in rows}},
        "handle time": _sides(people, shown, lambda key: _handled(people[key])),
        "sentiment": _sides(people, shown, lambda key: _felt(closed[key])),
    }


def _figures(rows: Sequence[Row]) -> JsonObject:
    used = [row for row in rows if row["fate"] == "used"]
    times = [row["use_ms"] / 1000 for row in used if row["use_ms"] is not None]
    return {
        "shown": len(rows),
        "conversations": len({row["conversation_key"] for row in rows}),
        "used": len(used),
        "by event": sum(1 for row in used if row["evidence"] in ("event", "both")),
        "by words": sum(1 for row in used if row["evidence"] in ("words", "both")),
        "exact": sum(1 for row in used if row["repeat"] == "exact"),
        "dismissed": sum(1 for row in rows if row["fate"] == "dismissed"),
        "ignored": sum(1 for row in rows if row["fate"] == "ignored"),
        "time to use": median(times) if times else None,
    }


def _sides(people: Mapping[int, Sequence[Row]], shown: Mapping[int, Sequence[Row]], value: Any) -> JsonObject:
    found: dict[str, list[float]] = defaultdict(list)
    for key, sessions in people.items():
        measured = value(key)
        if measured is not None:
            found[f"{sessions[0]['queue']}: {'with' if shown.get(key) else 'without'}"].append(measured)
    return {
        name: {"n": len(each), "mean": fmean(each), "sd": stdev(each) if len(each) > 1 else None} for name, each in found.items()
    }


def _handled(sessions: Sequence[Row]) -> float | None:
    times = [session["duration_ms"] for session in sessions]
    return None if None in times else sum(times) / 1000


def _felt(row: Row) -> float | None:
    score = row["agent_sentiment_micro"]
    return None if score is None else float(score) / 1_000_000
