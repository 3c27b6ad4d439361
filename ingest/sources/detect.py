"""Which format a record has, where nobody says so: by its content alone; and reading it in that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.errors import RecordError
from ingest.events import Normalised, Page, Problem, RawRecord
from ingest.sources import azure_conversation, azure_speech_batch, bot_framework, copilot_studio, omnichannel
from ingest.sources.csv_tables import looks_like_json, read_table
from ingest.sources.portal_sessions import is_session_table
from ingest.sources.transcript_rows import is_row_table
from ingest.sources.wire_json import parse

FORMATS = (bot_framework.NAME, copilot_studio.NAME, azure_speech_batch.NAME, azure_conversation.NAME, omnichannel.NAME)
UNKNOWN = "not a known transcript format"
UNKNOWN_SOURCE = "unknown"  # what records of no known format are kept under


@dataclass(frozen=True, slots=True)
class OpenedRecord:
    """A record that has been read already, as the source of itself: whoever asks it to normalise does not parse it again."""

    name: str
    normalised: Normalised

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """None: the record is at hand."""
        return iter(())

    def normalise(self, record: RawRecord) -> Normalised:
        """What was read."""
        return self.normalised


def read(record: RawRecord, *, source: str = "", kind: str = "", is_pushed: bool = False) -> OpenedRecord:
    """The record read in the format that its content shows; its source is called `source`, or else by the format's name.

    A `kind`, the name of a format, says which it is; so does a `source` that is called by a format's name.
    """
    try:
        if record.unreadable:
            raise RecordError(record.unreadable)
        value = _open(record.body)
        kind = kind or (source if source in FORMATS else _format_of(value))
        return OpenedRecord(source or kind, _read(value, kind, source or kind, record, is_pushed=is_pushed))
    except RecordError as error:
        return OpenedRecord(source or UNKNOWN_SOURCE, Normalised(problems=[Problem(str(error), record.body)]))


def _read(value: Any, kind: str, source: str, record: RawRecord, *, is_pushed: bool) -> Normalised:
    match kind:
        # What Azure writes may name no time at all: a call stands then where its file was last written.
        case azure_speech_batch.NAME:
            return azure_speech_batch.read(value, source=source, whole=record.body, received_ms=record.received_ms)
        case azure_conversation.NAME:
            return azure_conversation.read(value, source=source, whole=record.body, received_ms=record.received_ms)
        case omnichannel.NAME:
            return omnichannel.read(value, source=source, whole=record.body)
        case copilot_studio.NAME:
            return copilot_studio.read(value, source=source, whole=record.body)
        case _:
            received_ms = record.received_ms if is_pushed else None
            return bot_framework.read(value, source=source, whole=record.body, received_ms=received_ms, is_pushed=is_pushed)


def _open(body: bytes) -> Any:
    if looks_like_json(body):
        return parse(body)
    table = read_table(body)
    if is_session_table(table) or is_row_table(table) or omnichannel.is_note_table(table):
        return table
    raise RecordError(f"{UNKNOWN}: its columns are those of no transcript")


def _format_of(value: Any) -> str:
    is_list = isinstance(value, list)
    rows = value if is_list else [value]
    if is_session_table(rows):
        return copilot_studio.NAME
    if not (is_list and all(map(_is_activity, rows))) and (found := _other_format_of(value, rows)):
        return found
    try:
        activities = bot_framework.activities_in(value)
    except RecordError as error:
        raise RecordError(f"{UNKNOWN}: it holds no activities") from error
    if activities and not any(map(_is_activity, activities)):
        raise RecordError(f"{UNKNOWN}: none of its elements is an activity")
    is_content = isinstance(value, dict) and "activities" in value
    is_copilots = any(map(_is_exported, activities)) or (is_content and any(map(_is_canvas, activities)))
    return copilot_studio.NAME if is_copilots else bot_framework.NAME


def _other_format_of(value: Any, rows: list[Any]) -> str:
    """The format of what is no list of activities; "" where it is none of these either."""
    if is_row_table(rows):
        return copilot_studio.NAME
    if isinstance(value, dict) and isinstance(value.get("value"), list) and is_row_table(value["value"]):
        return copilot_studio.NAME
    if omnichannel.is_transcript(value):
        return omnichannel.NAME
    if azure_speech_batch.is_transcription(value):
        return azure_speech_batch.NAME
    return azure_conversation.NAME if azure_conversation.is_conversation(value) else ""


def _is_activity(item: Any) -> bool:
    """Whether it says of which type of activity it is: what does is nothing else, which need not be looked for then."""
    return isinstance(item, dict) and isinstance(item.get("type"), str)


def _is_exported(item: Any) -> bool:
    """Whether it is spelled as only Copilot Studio's exports are: numbered roles, epoch times.

    Its traces are no sign: a bot may send them over Bot Framework too, and the rest of that conversation is in other files.
    """
    if not isinstance(item, dict):
        return False
    sender = item.get("from")
    return (isinstance(sender, dict) and type(sender.get("role")) is int) or type(item.get("timestamp")) is int


def _is_canvas(item: Any) -> bool:
    """Whether the authoring canvas wrote it."""
    return isinstance(item, dict) and (item.get("channelId") == "pva-studio" or copilot_studio.is_canvas_tracing(item))
