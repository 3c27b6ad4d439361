"""What a browser is told of one open conversation: plain JSON, text only as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from live.console import ConsoleLinks
from metrics.channels import channel_label
from metrics.levels import LEVELS, level_rank
from metrics.names import undirected
from metrics.need import Need, Targets, need
from metrics.places import queue_of
from metrics.sentiment import live_sentiment
from store.records import State, link_name

# Names come from outside and may be of any length; a cell shows this many characters at most.
MAX_TEXT = 160
LINE_POINTS = 16

_NOT_PLAIN = str.maketrans({code: " " for code in range(32)})


def row_payload(
    row: Mapping[str, Any], *, line: Sequence[float], wants: Need, targets: Targets, console: ConsoleLinks, num_watching: int = 0
) -> dict[str, Any]:
    """One row of the floor."""
    care = {"claimed_by": plain(row.get("claimed_by")), "num_watching": num_watching}
    return {**_who(row), **_clocks(row, targets), **_feeling(row, line), **_wants(wants), **care, **_elsewhere(row, console)}


def needs_payload(row: Mapping[str, Any], *, now_ms: int, targets: Targets) -> dict[str, Any]:
    """What the floor says of one conversation's need and clock; nothing once it has ended."""
    if row["ended_ms"] is not None:
        return {}
    clocks = _clocks(row, targets)
    wants = _wants(need(row, now_ms=now_ms, targets=targets))
    return {**wants, "since_ms": clocks["since_ms"], "target_s": clocks["target_s"]}


def _who(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": str(row["conversation_key"]),  # as text: JavaScript's numbers end at 53 bits
        "id": row["conversation_id"],
        "link": link_name(row["source"], row["conversation_id"]),
        "customer": plain(row["customer_name"] or row["customer_id"]),
        "channel": plain(row["channel"]),
        "channel_label": plain(channel_label(row["channel"])),
        "queue": plain(queue_of(row)),
        "bot": plain(row["bot"]),
        "workstream": plain(row["workstream"]),
        "topic": plain(row["topic"]),
        "source": plain(row["source"]),
        "state": str(row["state"]),
        "handler": plain(row["handler_name"]),
    }


def _clocks(row: Mapping[str, Any], targets: Targets) -> dict[str, Any]:
    waits = row["state"] == State.WAITING
    return {
        "started_ms": row["started_ms"],
        "since_ms": since_ms(row),
        "last_ms": row["last_ms"],
        "target_s": targets.wait_for(queue_of(row)) if waits else None,
    }


def _feeling(row: Mapping[str, Any], line: Sequence[float]) -> dict[str, Any]:
    score = row["sentiment_micro"]
    rank = None if score is None else level_rank(score)
    return {
        "sentiment": None if score is None else round(score / 1_000_000, 3),
        "level": "" if rank is None else LEVELS[rank],
        "rank": rank,
        "num_scored": row["num_scored"],
        "line": list(line),
    }


def _wants(wants: Need) -> dict[str, Any]:
    return {"need": wants.score, "band": str(wants.band), "reasons": list(wants.reasons)}


def _elsewhere(row: Mapping[str, Any], console: ConsoleLinks) -> dict[str, Any]:
    link = console.link(row["source"], row["conversation_id"])
    return {"console": link} if link else {}


def plain(text: str | None) -> str:
    """One line of text of a bearable length, such as JSON can carry."""
    if not text:
        return ""
    text = undirected(text)
    short = text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
    return short.translate(_NOT_PLAIN).encode("utf-8", "replace").decode()


def since_ms(row: Mapping[str, Any]) -> int:
    """Since when whoever has the conversation has it; waiting counts from the request for a human."""
    begins = {
        State.WAITING: row["escalated_ms"],
        State.WITH_AGENT: row["accepted_ms"] or row["escalated_ms"],
        State.WRAP_UP: row["last_ms"],
    }
    return int(begins.get(row["state"]) or row["started_ms"])


def sentiment_line(scores: Sequence[int]) -> list[float]:
    """The live sentiment after each of the last scored messages, −1…1."""
    ends = range(max(1, len(scores) - LINE_POINTS + 1), len(scores) + 1)
    return [round((live_sentiment(scores[:end]) or 0) / 1_000_000, 2) for end in ends]
