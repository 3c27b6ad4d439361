"""What is posted: one Bot Framework activity, an array of them, or either wrapped as in a file; read as a file would be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from ingest.errors import RecordError
from ingest.events import Normalised, Page, RawRecord
from ingest.sources import bot_framework
from ingest.sources.activity_schema import conversation_of, stamp_of
from ingest.sources.wire_json import parse

ORIGIN = "push from"  # and by whom: the origin of what is posted
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
        """The same reading as that of a file, so that one activity by both ways is one; but it has to name its conversation."""
        return bot_framework.normalise(record, source=self.name, is_pushed=True)


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


def bodies(payload: dict[str, Any] | list[Any]) -> list[tuple[bytes, int]]:
    """`payload` as the records that it is written by, each with its number of activities. Raises RecordError: nested too deeply.

    A long array is cut, so that other senders get their turn between its parts; not where its elements depend on each other.
    """
    activities = activities_in(payload)
    try:
        if len(activities) <= MOST_TOGETHER or not _all_stand_alone(activities):
            return [(orjson.dumps(payload), max(1, len(activities)))]
        parts = [activities[at : at + MOST_TOGETHER] for at in range(0, len(activities), MOST_TOGETHER)]
        return [(orjson.dumps(part), len(part)) for part in parts]
    except orjson.JSONEncodeError as error:
        raise RecordError("nested too deeply to be read") from error


def _all_stand_alone(items: list[Any]) -> bool:
    """Whether reading each needs nothing of the array around it; what is no activity at all needs nothing either.

    One without a time takes it from the others of its conversation, and from the receipt where none of them has one.
    """
    activities = [item for item in items if isinstance(item, dict)]
    timed = {conversation_of(item): False for item in activities}
    untimed = set()
    for item in activities:
        if _names_a_time(item):
            timed[conversation_of(item)] = True
        else:
            untimed.add(conversation_of(item))
    return "" not in timed and not any(timed[conversation] for conversation in untimed)


def _names_a_time(activity: dict[str, Any]) -> bool:
    try:
        return stamp_of(activity) is not None
    except RecordError:  # it does, an impossible one; the reading says so
        return True
