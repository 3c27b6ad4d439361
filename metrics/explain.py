"""Why a conversation has its outcome: the rule, the activity that decided, its sessions, and the sentiment as it went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metrics.exports.cells import iso_time
from metrics.levels import level_name
from metrics.sentiment import MICRO, live_sentiment
from store.claims import claims_of
from store.engine import Store
from store.history import packable_row
from store.queues.reads import service_levels, stays_of
from store.reads import find_conversation, parts_of, transcript
from store.records import Activity, Kind
from store.voice.reads import speech_of

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """One conversation as stored, all of one snapshot: its row, its activities in order, and the rows of its parts by table."""

    row: Mapping[Any, Any]
    activities: Sequence[Activity]
    parts: Mapping[str, Sequence[Mapping[Any, Any]]]
    claims: Sequence[Mapping[Any, Any]]  # every one there has been, oldest first
    packable: Any | None  # what figures are counted from; None while it is open
    stays: Sequence[Any]  # likewise, what figures of queues are
    speech: Mapping[Any, Any] | None  # what figures of calls are, open or not; None where nothing says when it was spoken
    promises: Mapping[str, int]  # within how many seconds queues are to be answered, where they say it


def read_conversation(store: Store, conversation_id: str, *, source: str | None = None) -> Reading | None:
    """The conversation of this id, or the one that a thread of this id was joined to; None where there is none."""
    with store.read() as connection:
        found = find_conversation(connection, conversation_id, source_name=source)
        if found is None:
            return None
        key = found["conversation_key"]
        activities = transcript(connection, key, found["root_key"])
        return Reading(
            row=found,
            activities=activities,
            parts=parts_of(connection, key),
            claims=claims_of(connection, found),
            packable=packable_row(connection, key),
            stays=stays_of(connection, key),
            speech=speech_of(connection, key),
            promises=service_levels(connection),
        )


def with_sentiment(activities: Sequence[Activity]) -> Iterator[tuple[Activity, int | None]]:
    """Each activity with what the conversation's sentiment was after it (millionths)."""
    scores: list[int] = []
    for item in activities:
        if item.sentiment_micro is not None:
            scores.append(item.sentiment_micro)
        yield item, live_sentiment(scores)


def explain(store: Store, conversation_id: str, *, source: str | None = None) -> JsonObject | None:
    """Everything that decided one conversation's figures; None where there is no such conversation."""
    reading = read_conversation(store, conversation_id, source=source)
    if reading is None:
        return None
    found = reading.row
    copied = ("source", "channel", "workstream", "bot", "queue", "escalation_queue", "topic", "state", "is_bot", "is_test")
    decided = ("closed_by", "outcome", "resolution", "reason")
    return (
        {"conversation_id": found["conversation_id"]}
        | {name: found[name] for name in copied}
        | {"started_at": iso_time(found["started_ms"]), "ended_at": _time(found["ended_ms"])}
        | {name: found[name] for name in decided}
        | {
            "deciding_activity": _deciding(reading.activities, found["deciding_identity"]),
            "deciding_session": found["deciding_session"],
            "bot_seconds": None if found["bot_ms"] is None else found["bot_ms"] / 1000,
            "sentiment": _sentiment(found["sentiment_micro"], found["num_scored"]),
            "sessions": [_session(row) for row in reading.parts["session"]],
            "taken_on": [_claim(row) for row in reading.claims],
            "messages": _messages(reading.activities),
        }
    )


def _deciding(activities: Sequence[Activity], identity: int | None) -> JsonObject | None:
    for item in activities:
        if item.identity == identity:
            return _said(item) | {"kind": item.kind.value, "wire_type": item.wire_type}
    return None


def _said(item: Activity) -> JsonObject:
    return {
        "activity_id": item.activity_id,
        "at": iso_time(item.at_ms),
        "role": item.role.value,
        "sender": item.sender_name or item.sender_id,
        "text": item.text,
    }


def _messages(activities: Sequence[Activity]) -> list[JsonObject]:
    """Every message, with its own score and what the conversation's sentiment was after it."""
    return [
        _said(item) | {"score": _share(item.sentiment_micro), "sentiment_after": _share(after)}
        for item, after in with_sentiment(activities)
        if item.kind is Kind.MESSAGE
    ]


def _session(row: Any) -> JsonObject:
    return {
        "session": row["number"],
        "handler": row["handler"],
        "mode": row["mode"],
        "name": row["name"],
        "queue": row["queue"],
        "started_at": iso_time(row["started_ms"]),
        "ended_at": iso_time(row["ended_ms"]),
        "seconds": None if row["duration_ms"] is None else row["duration_ms"] / 1000,
        "end": row["end"],
    }


def _claim(row: Any) -> JsonObject:
    return {
        "by": row["viewer_name"],
        "from": row["taken_from"] or None,
        "taken_at": iso_time(row["taken_ms"]),
        "released_at": _time(row["released_ms"]),
        "ended_by": row["ended_by"] or None,
    }


def _sentiment(micro: int | None, scored: int) -> JsonObject:
    return {"value": _share(micro), "level": None if micro is None else level_name(micro), "scored_messages": scored}


def _share(micro: int | None) -> float | None:
    return None if micro is None else micro / MICRO


def _time(at_ms: int | None) -> str | None:
    return None if at_ms is None else iso_time(at_ms)
