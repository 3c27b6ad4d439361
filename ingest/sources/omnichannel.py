"""Omnichannel transcripts: the messages that Dynamics 365 keeps of a conversation, bare or in rows of Dataverse's `annotation`.

A message is written here as the activity that it is, with everything that it says beside. What fields and tags mean is as
Microsoft's page on downloading transcripts has it; who is who, where that leaves it open, is in `omnichannel_senders`.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from ingest.errors import RecordError
from ingest.events import Normalised, Problem, RawRecord
from ingest.sources.arrays import read_array
from ingest.sources.csv_tables import column, column_ending, columns, looks_like_json, read_table
from ingest.sources.omnichannel_senders import Senders, is_control, tags_of
from ingest.sources.rows import read_rows
from ingest.sources.senders import word
from ingest.sources.wire_json import as_object, parse, parse_text
from ingest.sources.wording import without_markup
from store.records import Marks

NAME = "omnichannel"

_OF_TRANSCRIPT = "msdyn_transcript"  # of what a row's note is; those of attachments are another's
# Columns as `column` looks for them: without signs.
_WORK_ITEMS = ("msdynliveworkitemididvalue", "msdynliveworkitemidid")
_TRANSCRIPT_IDS = ("objectidvalue", "objectid", "annotationid")
_NOTES = "msdyn_transcript_Annotations"  # how Dataverse calls the notes of a transcript
_SHORTEST_BODY = 40
_HOLDERS = ("value", "messages")
_ELEMENT = re.compile(r"\s*<(\w{1,60})>")
_TARGET = re.compile(r"<target>([^<]{1,200})</target>")
_MEMBERS = {"addmember": "membersAdded", "deletemember": "membersRemoved"}
_LINE = re.compile(r" *\\\\ *")  # how line breaks are written
_CHANNEL = "ChannelId-"


@dataclass(frozen=True, slots=True)
class _Transcript:
    conversation_id: str
    work_item: str
    messages: list[Any]


def is_transcript(value: Any) -> bool:
    """Whether it is messages, or rows of notes that hold some."""
    return any(map(_is_message, _listed(value))) or is_note_table(_listed(value))


def is_note_table(rows: list[Any]) -> bool:
    """Whether these are rows of `annotation`: by their columns, or, in whatever language these are named, by the body in one."""
    return any(map(_is_note, rows))


def _is_note(row: Any) -> bool:
    if not isinstance(row, dict) or isinstance(row.get("type"), str):
        return False
    return {"documentbody", "objecttypecode"} <= columns([row]) or any(map(_is_body, row.values()))


def normalise(record: RawRecord, *, source: str = NAME) -> Normalised:
    """What a file says."""
    try:
        value = parse(record.body) if looks_like_json(record.body) else read_table(record.body)
        return read(value, source=source, whole=record.body)
    except RecordError as error:
        return Normalised(problems=[Problem(str(error), record.body)])


def read(value: Any, *, source: str = NAME, whole: bytes = b"") -> Normalised:
    """What a parsed file says; `whole` is the file, to keep with what is wrong with all of it."""
    if not is_transcript(value):
        raise RecordError("not an Omnichannel transcript: it holds neither messages nor notes with transcripts")
    rows = _listed(value)
    if not is_note_table(rows):
        return _read_messages(_Transcript("", "", rows), source=source, whole=whole)
    return read_rows(rows, partial(_read_row, source=source), whole=whole)


def _read_row(row: Any, whole: bytes, *, source: str) -> Normalised:
    return Normalised() if _is_of_attachment(row) else _read_messages(_read_note(row), source=source, whole=whole)


def _listed(value: Any) -> list[Any]:
    """The messages or rows of a file: a list of them, one, or an answer of the Web API that holds them."""
    if isinstance(value, dict):
        held = next((value[name] for name in _HOLDERS if isinstance(value.get(name), list)), None)
        value = [value] if held is None else held
    if not isinstance(value, list) or not any(isinstance(row, dict) and _NOTES in row for row in value):
        return value if isinstance(value, list) else []
    return [note for row in value for note in _notes_of(row)]


def _notes_of(row: Any) -> list[Any]:
    """The notes that a row of transcripts was asked for with, each with that row; any other row as it is."""
    notes = row.get(_NOTES) if isinstance(row, dict) else None
    if not isinstance(notes, list):
        return [row]
    around = {name: value for name, value in row.items() if name != _NOTES}
    return [note | {"objectid_msdyn_transcript": around} if isinstance(note, dict) else note for note in notes]


def _is_message(item: Any) -> bool:
    if not isinstance(item, dict) or isinstance(item.get("type"), str) or not isinstance(item.get("content"), str):
        return False
    return "from" in item and not {"contentType", "createdDateTime", "isControlMessage"}.isdisjoint(item)


def _is_of_attachment(row: Any) -> bool:
    return isinstance(row, dict) and word(column(row, "objecttypecode")) not in ("", _OF_TRANSCRIPT)


def _read_note(row: Any) -> _Transcript:
    """A row taken apart. RecordError where it holds no transcript."""
    body = (column(row, "documentbody") or next(filter(_is_body, row.values()), "")) if isinstance(row, dict) else ""
    if not body:
        raise RecordError("the note holds no transcript")
    messages = _listed(_read_body(body) if isinstance(body, str) else body)
    if not any(map(_is_message, messages)):
        raise RecordError("the note holds no messages")
    around = (row, as_object(row.get("objectid_msdyn_transcript")))
    work_item = next((found for each in around if (found := word(column_ending(each, *_WORK_ITEMS)))), "")
    return _Transcript(work_item or word(column(row, *_TRANSCRIPT_IDS)), work_item.strip("{} ").lower(), messages)


def _read_body(body: str) -> Any:
    """The messages that a note's body spells: in base64, in lines or in one, or as they are."""
    try:
        is_plain = body.lstrip()[:1] in ("[", "{")
        return parse_text(body) if is_plain else parse(base64.b64decode("".join(body.split()), validate=True))
    except (binascii.Error, ValueError) as error:
        raise RecordError("the note's body is not written in base64") from error
    except RecordError as error:
        raise RecordError(f"the note's transcript is {error}") from error


def _is_body(value: Any) -> bool:
    """Whether it is an array of objects in base64, by its beginning."""
    if not isinstance(value, str) or len(value) < _SHORTEST_BODY or value[:1] != "W":
        return False
    try:
        begins = base64.b64decode(value[:_SHORTEST_BODY], validate=True)
    except (binascii.Error, ValueError):
        return False
    return begins[:1] == b"[" and begins[1:].lstrip()[:1] == b"{"


def _read_messages(transcript: _Transcript, *, source: str, whole: bytes) -> Normalised:
    senders = Senders([item for item in transcript.messages if _is_message(item)])
    channel = _channel(transcript.messages)
    activities = [_activity(item, senders, channel) if _is_message(item) else item for item in transcript.messages]
    marks = Marks(work_items=[transcript.work_item] if transcript.work_item else [])
    name = transcript.conversation_id
    return read_array(activities, source=source, default_conversation_id=name, marks=marks, whole=whole)


def _activity(message: dict[str, Any], senders: Senders, channel: str) -> dict[str, Any]:
    """The message as an activity; what it says in words of its own stays beside."""
    at = message.get("createdDateTime") or message.get("created") or message.get("id")  # an id is the time, too
    activity = message | {"timestamp": at, "channelId": channel}
    if isinstance(message.get("culture"), str):
        activity["locale"] = message["culture"]
    if is_control(message):
        return activity | _control(message["content"])
    activity["type"] = "messageDelete" if message.get("deleted") is True else "message"
    activity["from"], is_internal = senders.of(message)
    activity["text"] = _text(message)
    return activity | ({"channelData": {"tags": "private"}} if is_internal else {})


def _channel(messages: list[Any]) -> str:
    """What a tag says of the channel, the same in whatever order they come."""
    tags = {tag for message in messages if _is_message(message) for tag in tags_of(message) if tag.startswith(_CHANNEL)}
    return min(tags, default=_CHANNEL + NAME).removeprefix(_CHANNEL)


def _control(content: str) -> dict[str, Any]:
    """Who came and left; of anything else what it is called."""
    element = _ELEMENT.match(content)
    name = element[1] if element else ""
    sender = {"id": "", "name": "", "role": "system"}
    if (members := _MEMBERS.get(name)) is None:
        return {"type": "event", "name": name, "from": sender}
    return {"type": "conversationUpdate", members: [{"id": target} for target in _TARGET.findall(content)], "from": sender}


def _text(message: dict[str, Any]) -> str:
    text: str = message["content"]
    if word(message.get("contentType")).lower().endswith("html"):
        text = without_markup(text)
    return _LINE.sub("\n", text)
