"""Which format a record has, where nobody says so: by its content alone; and reading it in that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ingest.errors import RecordError
from ingest.events import Normalised, Page, Problem, RawRecord
from ingest.sources import azure_conversation, azure_speech_batch, bot_framework, copilot_studio, omnichannel
from ingest.sources.arrays import join_threads
from ingest.sources.csv_tables import looks_like_json, read_table
from ingest.sources.evidence import ACTIVITY_TYPES
from ingest.sources.portal_sessions import is_session_table
from ingest.sources.transcript_rows import is_row_table
from ingest.sources.utterances import spelled
from ingest.sources.wire_json import parse, parse_lines, parse_row, parse_text

FORMATS = (bot_framework.NAME, copilot_studio.NAME, azure_speech_batch.NAME, azure_conversation.NAME, omnichannel.NAME)
UNKNOWN = "not a known transcript format"
UNKNOWN_SOURCE = "unknown"  # what records of no known format are kept under
_DEEPEST = 6  # how far transcripts are looked for in what is none


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


@dataclass(frozen=True, slots=True)
class _Part:
    """A transcript in a record, and where in it; without a kind, one that nobody knows."""

    value: Any
    kind: str
    place: str = ""


def read(record: RawRecord, *, source: str = "", kind: str = "", is_pushed: bool = False) -> OpenedRecord:
    """The record read in the format that its content shows; its source is called `source`, or else by the format's name.

    A `kind`, the name of a format, says which it is; so does a `source` that is called by a format's name.
    """
    try:
        if record.unreadable:
            raise RecordError(record.unreadable)
        value, problems = _open(record.body)
        parts = _parts(value, kind or (source if source in FORMATS else ""))
        found = [_read_part(part, source, record, is_pushed=is_pushed) for part in parts]
        return OpenedRecord(source or parts[0].kind or UNKNOWN_SOURCE, _joined(found, problems))
    except RecordError as error:
        return OpenedRecord(source or UNKNOWN_SOURCE, Normalised(problems=[Problem(str(error), record.body)]))


def _read_part(part: _Part, source: str, record: RawRecord, *, is_pushed: bool) -> Normalised:
    """A part, read; what is wrong with one of several is said of that one alone."""
    if not part.place:
        return _read(part.value, part.kind, source or part.kind, record, is_pushed=is_pushed)
    try:
        if not part.kind:
            raise RecordError(f"{UNKNOWN}: it holds no activities")
        found = _read(part.value, part.kind, source or part.kind, record, is_pushed=is_pushed)
    except RecordError as error:
        found = Normalised(problems=[Problem(str(error), spelled(part.value, record.body))])
    return replace(found, problems=[problem.within(part.place) for problem in found.problems])


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


def _open(body: bytes) -> tuple[Any, list[Problem]]:
    """What is in it, and the lines of it that nobody can read."""
    if looks_like_json(body):
        try:
            return parse(body), []
        except RecordError as error:
            return _open_lines(body, error)
    table = read_table(body)
    if is_session_table(table) or is_row_table(table) or omnichannel.is_note_table(table):
        return table, []
    raise RecordError(f"{UNKNOWN}: its columns are those of no transcript")


def _open_lines(body: bytes, error: RecordError) -> tuple[list[Any], list[Problem]]:
    """What is no JSON as a whole may be JSON line by line, or value after value."""
    if (lines := parse_lines(body)) is not None:
        values, faults = lines
        return values, [Problem("the line is not JSON", line, f"line {number}") for number, line in faults]
    try:
        return parse_row(body), []
    except RecordError:
        raise error from None


def _joined(found: list[Normalised], problems: list[Problem]) -> Normalised:
    if len(found) == 1 and not problems:
        return found[0]
    threads = join_threads([thread for each in found for thread in each.threads])
    return Normalised(threads, [*problems, *(problem for each in found for problem in each.problems)])


def _parts(value: Any, kind: str) -> list[_Part]:
    """The transcripts in `value`: itself, or, where it is none, those that it wraps in any way."""
    try:
        found = _format_of(value)
    except RecordError:
        parts = _parts_of_list(value, kind) if isinstance(value, list) else list(_wrapped(value, kind, "a part of it"))
        if not any(part.kind for part in parts):
            if not kind:
                raise
            return [_Part(value, kind)]
        return parts
    return [_Part(value, kind or found)]


def _parts_of_list(values: list[Any], kind: str) -> list[_Part]:
    """Those that its elements are or wrap; an element that holds none has no kind, and is none the less there."""
    parts: list[_Part] = []
    for number, each in enumerate(values, start=1):
        place = f"element {number}"
        parts.extend(list(_wrapped([each], kind, place)) or [_Part(each, "", place)])
    return parts


def _wrapped(value: Any, kind: str, place: str, depth: int = 1) -> Iterator[_Part]:
    """The outermost transcripts within a value, also where they are JSON in a text."""
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        inner = _unspelled(each)
        if (name := _format_within(inner)) and (not kind or name == kind):
            yield _Part(inner, name, place)
        elif not name and depth < _DEEPEST:
            yield from _wrapped(inner, kind, place, depth + 1)


def _unspelled(value: Any) -> Any:
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return parse_text(value)
    except RecordError:
        return None


def _format_within(value: Any) -> str:
    """The format of a part; "" where it is none, or only might be: much that is no activity says of which type it is."""
    if not value or not isinstance(value, dict | list):
        return ""
    try:
        name = _format_of(value)
    except RecordError:
        return ""
    try:
        activities = bot_framework.activities_in(value)
    except RecordError:
        return name
    return name if name not in (bot_framework.NAME, copilot_studio.NAME) or any(map(_is_surely_activity, activities)) else ""


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


def _is_surely_activity(item: Any) -> bool:
    is_known = _is_activity(item) and item["type"].lower() in ACTIVITY_TYPES
    return is_known and not {"from", "timestamp", "conversation"}.isdisjoint(item)


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
