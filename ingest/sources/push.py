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


def stamped(payload: dict[str, Any] | list[Any], received_at: datetime) -> bytes:
    """`payload` as compact JSON. A conversation in it that names no time at all happens now: it gets the time of receipt.

    Where some of its activities have a time, the others take theirs from their place in the array, as they do in a file.
    Raises RecordError where it is nested too deeply.
    """
    activities = [item for item in activities_in(payload) if isinstance(item, dict)]
    named = {conversation_of(item) for item in activities} - {""}
    inherited = named.pop() if len(named) == 1 else ""
    timed = {conversation_of(item) or inherited for item in activities if _names_a_time(item)}
    received = received_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for item in activities:
        if (conversation_of(item) or inherited) not in timed:
            item["timestamp"] = received
    try:
        return orjson.dumps(payload)
    except orjson.JSONEncodeError as error:
        raise RecordError("nested too deeply to be read") from error


def _names_a_time(activity: dict[str, Any]) -> bool:
    try:
        return stamp_of(activity) is not None
    except RecordError:  # it does, an impossible one; the reading says so
        return True
