"""Exported rows of Dataverse's table `conversationtranscript`: the conversation, the bot and the activities that each holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ingest.errors import RecordError
from ingest.sources.csv_tables import column, columns
from ingest.sources.senders import word
from ingest.sources.wire_json import as_object, parse_text

_NAME = re.compile(r"(?P<conversation>.+)_(?P<bot>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?:_[^_]*)?")

_CONTENT = re.compile(r"""[\s"]{0,20}\{\s{0,20}\\?"activities\\?"\s{0,20}:""")
_MOST_LAYERS = 3
_CELLS = (32_766, 32_767)  # the characters that spreadsheets keep of a cell


@dataclass(frozen=True, slots=True)
class TranscriptRow:
    """What one row holds; several rows of one conversation name the same id."""

    conversation_id: str
    bot_id: str
    bot_name: str
    activities: list[Any]


def is_row(value: Any) -> bool:
    """Whether `value` is such a row as JSON: by its columns, or, in whatever language these are named, by the content in one."""
    if not isinstance(value, dict) or isinstance(value.get("type"), str):
        return False
    plain = columns([value])
    if "content" in plain and plain & {"metadata", "conversationtranscriptid", "conversationstarttime", "schematype"}:
        return True
    return any(map(_is_content, value.values()))


def is_row_table(value: list[Any]) -> bool:
    """Whether `value` is a list of such rows."""
    return any(is_row(row) for row in value)


def read_row(row: Any) -> TranscriptRow:
    """The row taken apart. RecordError where its content is no transcript."""
    if not is_row(row):
        raise RecordError("not a row of conversation transcripts")
    activities = _activities(column(row, "content") or next(filter(_is_content, row.values()), ""))
    metadata = as_object(column(row, "metadata")) or next(filter(_is_metadata, map(as_object, row.values())), {})
    bot_id = word(metadata.get("BotId"))
    return TranscriptRow(
        conversation_id=_conversation_id(row, bot_id),
        bot_id=bot_id,
        bot_name=word(metadata.get("BotName")),
        activities=activities,
    )


def _is_metadata(value: dict[str, Any]) -> bool:
    return "BotId" in value


def _is_content(value: Any) -> bool:
    return isinstance(value, str) and _CONTENT.match(value) is not None


def _activities(content: Any) -> list[Any]:
    """What the content holds; some tools have written the JSON as a text in JSON once more."""
    value = content
    try:
        for _ in range(_MOST_LAYERS):
            value = parse_text(value) if isinstance(value, str) and value else value
    except RecordError as error:
        # Of the file it would mean that it is cut off.
        is_cut = len(content) in _CELLS
        why = "cut off: a spreadsheet keeps no more of it" if is_cut else str(error)
        raise RecordError(f"the row's content is {why}") from error
    activities = value.get("activities") if isinstance(value, dict) else value
    if not isinstance(activities, list):
        raise RecordError("the row's content holds no activities")
    return activities


def _conversation_id(row: dict[str, Any], bot_id: str) -> str:
    """The first part of the name, which is conversation_bot or conversation_bot_batch; else the row's own id."""
    name = word(column(row, "name", "conversationtranscript"))
    if not name:
        name = next((word(value) for value in row.values() if isinstance(value, str) and _NAME.fullmatch(value)), "")
    if bot_id and f"_{bot_id}" in name:
        return name.rpartition(f"_{bot_id}")[0]
    if found := _NAME.fullmatch(name):
        return found["conversation"]
    return name or word(column(row, "conversationtranscriptid"))
