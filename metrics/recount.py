"""The report counted a second time, from rows of table `conversation`, by plain Python that shares no code with `report`."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import sqrt
from statistics import NormalDist, fmean, median
from typing import Any
from zoneinfo import ZoneInfo

JsonObject = dict[str, Any]
Key = tuple[str | None, ...]
Contacts = dict[tuple[str, str], list[int]]


def recount(
    rows: Sequence[Mapping[Any, Any]],
    by: tuple[str, ...],
    tz: str,
    *,
    include_tests: bool,
    now_ms: int | None = None,
    stays: Iterable[Mapping[Any, Any]] = (),
    promises: Mapping[str, int] | None = None,
    contacts: Iterable[Mapping[Any, Any]] | None = None,
) -> list[JsonObject]:
    """What `report` should say of these conversations and stays, which are all there are; `contacts` came after them, too."""
    of_conversation: dict[int, list[Mapping[Any, Any]]] = defaultdict(list)
    for stay in stays:
        of_conversation[stay["conversation_key"]].append(stay)
    began = _contacts(rows if contacts is None else contacts)
    groups: dict[Key, list[Mapping[Any, Any]]] = {} if by else {(): []}
    zone = ZoneInfo(tz)
    for row in rows:
        took_part = row["outcome"] is not None or (row["ended_ms"] is None and row["deciding_session"] is not None)
        if row["is_bot"] or (include_tests and row["is_test"] and took_part):
            groups.setdefault(tuple(_word(row, name, zone) for name in by), []).append(row)
    keys = sorted(groups, key=lambda key: tuple((word is None, str(word)) for word in key))
    return [
        dict(zip(by, key, strict=True))
        | _figures(groups[key])
        | _more_figures(groups[key])
        | _returns(groups[key], began, now_ms)
        | _queues(
            [stay for row in groups[key] if row["ended_ms"] is not None for stay in of_conversation[row["conversation_key"]]],
            promises or {},
        )
        for key in keys
    ]


def _contacts(rows: Iterable[Mapping[Any, Any]]) -> Contacts:
    """When each customer began a conversation in which they wrote."""
    found: Contacts = defaultdict(list)
    for row in rows:
        if row["customer_id"] and not row["is_test"] and row["num_customer_messages"] > 0:
            found[row["source"], row["customer_id"]].append(row["started_ms"])
    return {customer: sorted(began) for customer, began in found.items()}


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
        "average_sentiment": _mean(scores, len(closed)),
    }


def _more_figures(rows: list[Mapping[Any, Any]]) -> JsonObject:
    closed = [row for row in rows if row["ended_ms"] is not None]
    resolved = [row for row in closed if row["outcome"] == "resolved"]
    escalated = [row for row in closed if row["outcome"] == "escalated"]
    engaged = [row for row in closed if row["is_engaged"]]
    rated = [row["csat_micro"] for row in closed if row["csat_micro"] is not None]
    asked = sum(1 for row in closed if row["csat_requested"] or row["csat_micro"] is not None)
    waits = sorted(row["wait_ms"] for row in escalated if row["wait_ms"] is not None)
    return {
        **{word: sum(1 for row in resolved if row["resolution"] == word) for word in ("confirmed", "implied", "assumed")},
        "suspect_resolutions": sum(1 for row in closed if row["is_suspect"]),
        "engaged": len(engaged),
        "resolution_rate_engaged": _rate(len(resolved), len(engaged)),
        "escalation_rate_engaged": _rate(sum(1 for row in engaged if row["outcome"] == "escalated"), len(engaged)),
        "resolution_rate_all": _rate(len(resolved), len(rows)),
        "escalation_rate_all": _rate(len(escalated), len(rows)),
        "never_accepted_rate": _rate(sum(1 for row in escalated if row["accepted_ms"] is None), len(escalated)),
        "escalation_turns": _spread([row["bot_turns"] for row in escalated]),
        "wasted_turns": _spread([row["wasted_turns"] for row in escalated if row["wasted_turns"] is not None]),
        "wait_after_escalation": _spread([wait / 1000 for wait in waits]) | {"longest": waits[-1] / 1000 if waits else None},
        **{
            figure: _mean([row[column] for row in closed if row[column] is not None], len(closed))
            for figure, column in (
                ("sentiment_with_bot", "bot_sentiment_micro"),
                ("sentiment_waiting", "waiting_sentiment_micro"),
                ("sentiment_with_agent", "agent_sentiment_micro"),
            )
        },
        "csat": _mean(rated, asked),
        "csat_response_rate": _rate(len(rated), asked),
        "csat_satisfied_rate": _rate(sum(1 for value in rated if value >= 4_000_000), len(rated)),
    }


def _queues(stays: list[Mapping[Any, Any]], promises: Mapping[str, int]) -> JsonObject:
    for_people = [stay for stay in stays if stay["end"] and stay["accepted_by"] != "bot"]
    accepted = [stay for stay in for_people if stay["end"] == "accepted"]
    abandoned = sum(1 for stay in for_people if stay["end"] == "abandoned")
    waits = [(stay["accepted_ms"] - stay["entered_ms"]) / 1000 for stay in accepted]
    soon = sum(1 for stay, wait in zip(accepted, waits, strict=True) if wait <= promises.get(stay["queue"], 20))
    return {
        "offered": len(for_people),
        "accepted": len(accepted),
        "abandoned_in_queue": abandoned,
        "service_level": _rate(soon, len(accepted)),
        "queue_abandonment": _rate(abandoned, abandoned + len(accepted)),
        "speed_to_answer": _spread(waits),
    }


def _returns(rows: list[Mapping[Any, Any]], contacts: Contacts, now_ms: int | None) -> JsonObject:
    known = [row for row in rows if row["outcome"] == "resolved" and row["customer_id"]]
    found: JsonObject = {}
    for days in (1, 3, 7, 30):
        span = timedelta(days=days) // timedelta(milliseconds=1)
        mature = [row for row in known if now_ms is None or now_ms - row["ended_ms"] >= span]
        came_back = 0
        for row in mature:
            began = contacts.get((row["source"], row["customer_id"]), [])
            place = bisect_right(began, row["ended_ms"])
            came_back += place < len(began) and began[place] - row["ended_ms"] < span
        found[f"durable_resolution_{days}"] = _rate(len(mature) - came_back, len(mature))
        found[f"repeat_contact_{days}"] = _rate(came_back, len(mature))
        found[f"mature_resolutions_{days}"] = _rate(len(mature), len(known))
    return found


def _mean(micro: list[int], of: int) -> JsonObject:
    value = float(Fraction(sum(micro), 1_000_000 * len(micro))) if micro else None
    return {"value": value, "scored": len(micro), "n": of}


def _rate(hits: int, of: int) -> JsonObject:
    if of == 0:
        return {"value": None, "numerator": hits, "denominator": 0, "low": None, "high": None}
    z, share = NormalDist().inv_cdf(0.975), hits / of
    # The two solutions of (p − share)² = z² p (1 − p) / n.
    a, b, c = 1 + z * z / of, -2 * share - z * z / of, share * share
    root = sqrt(max(0.0, b * b - 4 * a * c))
    return {"value": share, "numerator": hits, "denominator": of, "low": (-b - root) / (2 * a), "high": (-b + root) / (2 * a)}


def _times(rows: list[Mapping[Any, Any]]) -> JsonObject:
    return _spread([row["bot_ms"] / 1000 for row in rows if row["bot_ms"] is not None])


def _spread(values: list[float]) -> JsonObject:
    ranked = sorted(values)
    if not ranked:
        return {"mean": None, "median": None, "p90": None, "n": 0}
    place = Fraction(9, 10) * (len(ranked) - 1)
    below, above = ranked[int(place)], ranked[min(int(place) + 1, len(ranked) - 1)]
    p90 = below + float(place - int(place)) * (above - below)
    return {"mean": fmean(ranked), "median": median(ranked), "p90": p90, "n": len(ranked)}
