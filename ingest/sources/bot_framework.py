"""Bot Framework transcripts: files that the Emulator, Chatdown or a bot's transcript logger wrote.

Read are a flat array of activities, an object with a `transcript` or an `activities` array, and a single activity (the JS
FileTranscriptStore writes one file each). Folder and file names say nothing here: the conversation is named by the activities.
"""

from __future__ import annotations

from typing import Any

from ingest.errors import RecordError
from ingest.events import Normalised, Problem, RawRecord
from ingest.sources.activity_schema import conversation_of
from ingest.sources.arrays import read_array
from ingest.sources.wire_json import parse

NAME = "bot_framework"


def normalise(record: RawRecord, *, source: str = NAME, is_pushed: bool = False) -> Normalised:
    """What a file or a posted body says."""
    try:
        value = parse(record.body)
        return read(value, source=source, whole=record.body, received_ms=record.received_ms, is_pushed=is_pushed)
    except RecordError as error:
        return Normalised(problems=[Problem(str(error), record.body)])


def read(
    value: Any, *, source: str = NAME, whole: bytes = b"", received_ms: int | None = None, is_pushed: bool = False
) -> Normalised:
    """What a parsed file says; `whole` is the file, to keep with what is wrong with all of it."""
    name = conversation_of(value) if isinstance(value, dict) else ""
    items = activities_in(value)
    return read_array(
        items, source=source, default_conversation_id=name, whole=whole, received_ms=received_ms, is_pushed=is_pushed
    )


def activities_in(value: Any) -> list[Any]:
    """The activities that `value` wraps. RecordError where it is no transcript."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        for wrapper in ("transcript", "activities"):
            if isinstance(value.get(wrapper), list):
                found: list[Any] = value[wrapper]
                return found
        if isinstance(value.get("type"), str):
            return [value]
    raise RecordError("not a Bot Framework transcript: neither activities nor an object that wraps them")
