"""What is posted: one Bot Framework activity, an array of them, or either wrapped as in a file; read as a file would be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from ingest.errors import RecordError
from ingest.events import Normalised, Page, RawRecord
from ingest.sources import bot_framework
from ingest.sources.activity_schema import conversation_of, stamp_of
from ingest.sources.wire_json import parse

# Activities that one record of a cut array holds: what is written within some ten milliseconds.
MOST_TOGETHER = 200


@dataclass(slots=True)
class PushSource:
    """Posted activities, under the name that the sender chose."""

    name: str = bot_framework.NAME

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """None: what is posted comes by itself."""
        return iter(())

    def normalise(self, record: RawRecord) -> Normalised:
        """The same reading as that of a file, so that one activity by both ways is one."""
        return bot_framework.normalise(record, source=self.name)


def read_payload(body: bytes) -> dict[str, Any] | list[Any]:
    """The object or array that `body` is. Raises RecordError."""
    payload = parse(body)
    if not isinstance(payload, dict | list):
        raise RecordError("neither an activity (a JSON object) nor an array of them")
    return payload


def activities_in(payload: dict[str, Any] | list[Any]) -> list[Any]:
    """The activities in `payload`."""
    try:
        return bot_framework.activities_in(payload)
    except RecordError:  # an object that is none; it goes its way all the same, and is kept as rejected
        return []


def bodies(payload: dict[str, Any] | list[Any], received_at: datetime) -> list[tuple[bytes, int]]:
    """`payload` as the records that it is written by, each with its number of activities. Raises RecordError: nested too deeply.

    A long array is cut, so that other senders get their turn between its parts; not where its elements depend on each other.
    """
    activities = activities_in(payload)
    _stamp([item for item in activities if isinstance(item, dict)], received_at)
    try:
        if len(activities) <= MOST_TOGETHER or not all(_stands_alone(item) for item in activities):
            return [(orjson.dumps(payload), max(1, len(activities)))]
        parts = [activities[at : at + MOST_TOGETHER] for at in range(0, len(activities), MOST_TOGETHER)]
        return [(orjson.dumps(part), len(part)) for part in parts]
    except orjson.JSONEncodeError as error:
        raise RecordError("nested too deeply to be read") from error


def _stamp(activities: list[dict[str, Any]], received_at: datetime) -> None:
    """A conversation that names no time at all happens now: its activities get the time of receipt.

    Where some of its activities have a time, the others take theirs from their place in the array, as they do in a file.
    """
    named = {conversation_of(item) for item in activities} - {""}
    inherited = named.pop() if len(named) == 1 else ""
    timed = {conversation_of(item) or inherited for item in activities if _names_a_time(item)}
    received = received_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for item in activities:
        if (conversation_of(item) or inherited) not in timed:
            item["timestamp"] = received


def _stands_alone(item: Any) -> bool:
    """Whether reading it needs nothing of the array around it; what is no activity at all needs nothing either."""
    return not isinstance(item, dict) or (conversation_of(item) != "" and _names_a_time(item))


def _names_a_time(activity: dict[str, Any]) -> bool:
    try:
        return stamp_of(activity) is not None
    except RecordError:  # it does, an impossible one; the reading says so
        return True
