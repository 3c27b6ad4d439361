"""Figures of calls counted a second time, from the stored rows, by plain Python that shares no code with `questions`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from statistics import fmean, median
from typing import Any
from zoneinfo import ZoneInfo

JsonObject = dict[str, Any]
Row = Mapping[Any, Any]


def recount_calls(rows: Iterable[Row], by: str, tz: str) -> dict[str, JsonObject]:
    """By agent, queue, bot, channel or day ("": all in one) what the figures should be; of closed calls that are no tests."""
    groups: dict[str, list[Row]] = {} if by else {"": []}
    for row in rows:
        if row["ended_ms"] is not None and not row["is_test"]:
            groups.setdefault(_word(row, by, tz), []).append(row)
    return {word: _figures(members) for word, members in groups.items()}


def _word(row: Row, by: str, tz: str) -> str:
    if by == "day":
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=row["ended_ms"])
        return moment.astimezone(ZoneInfo(tz)).strftime("%Y-%m-%d")
    return str(row[by]) if by else ""


def _figures(rows: list[Row]) -> JsonObject:
    def total(name: str) -> int:
        return sum(row[name] for row in rows)

    def share(name: str, whole: int) -> JsonObject:
        value = total(name) / whole if whole else None
        calls = sum(1 for row in rows if row[name] > 0)
        return {"value": value, "seconds": total(name) / 1000, "of_seconds": whole / 1000, "calls": calls}

    def pace(side: str) -> JsonObject:
        words, spoken = total(f"{side}_words"), total(f"{side}_ms")
        calls = sum(1 for row in rows if row[f"{side}_words"] > 0)
        return {"value": words / spoken * 60_000 if spoken else None, "words": words, "seconds": spoken / 1000, "calls": calls}

    talk = total("customer_ms") + total("bot_ms") + total("agent_ms")
    return {
        "calls": len(rows),
        "talk_share_customer": share("customer_ms", talk),
        "talk_share_bot": share("bot_ms", talk),
        "talk_share_agent": share("agent_ms", talk),
        "silence_share": share("silence_ms", total("silence_ms") + total("spoken_ms")),
        "longest_silence": _spread([row["longest_silence_ms"] for row in rows if row["longest_silence_ms"] > 0]),
        "overlap_share": share("overlap_ms", total("spoken_ms")),
        "held_calls": sum(1 for row in rows if row["num_holds"] > 0),
        "hold_time": _spread([row["hold_ms"] for row in rows if row["hold_ms"] > 0]),
        "call_length": _spread([row["span_ms"] for row in rows]),
        **{f"pace_{side}": pace(side) for side in ("customer", "bot", "agent")},
    }


def _spread(values: list[int]) -> JsonObject:
    ranked = sorted(value / 1000 for value in values)
    if not ranked:
        return {"mean": None, "median": None, "p90": None, "n": 0}
    place = 0.9 * (len(ranked) - 1)
    below, above = ranked[int(place)], ranked[min(int(place) + 1, len(ranked) - 1)]
    p90 = below + (place - int(place)) * (above - below)
    return {"mean": fmean(ranked), "median": median(ranked), "p90": p90, "n": len(ranked)}
