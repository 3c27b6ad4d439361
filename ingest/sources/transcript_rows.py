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


@dataclass(frozen=True, slots=True)
class TranscriptRow:
    """What one row holds; several rows of one conversation name the same id."""

    conversation_id: str
    bot_id: str
    bot_name: str
    activities: list[Any]


def is_row(value: Any) -> bool:
    """Whether `value` is such a row as JSON."""
    if not isinstance(value, dict) or isinstance(value.get("type"), str):
        return False
    plain = columns([value])
    return "content" in plain and bool(plain & {"metadata", "conversationtranscriptid", "conversationstarttime", "schematype"})


def is_row_table(value: list[Any]) -> bool:
    """Whether `value` is a list of such rows."""
    return any(is_row(row) for row in value)


def read_row(row: Any) -> TranscriptRow:
    """The row taken apart. RecordError where its content is no transcript."""
    if not is_row(row):
        raise RecordError("not a row of conversation transcripts")
    content = column(row, "content")
    try:
        value = parse_text(content) if isinstance(content, str) and content else content
    except RecordError as error:
        raise RecordError(f"the row's content is {error}") from error  # of the file it would mean that it is cut off
    activities = value.get("activities") if isinstance(value, dict) else value
    if not isinstance(activities, list):
        raise RecordError("the row's content holds no activities")
    metadata = as_object(column(row, "metadata"))
    bot_id = word(metadata.get("BotId"))
    return TranscriptRow(
        conversation_id=_conversation_id(row, bot_id),
        bot_id=bot_id,
        bot_name=word(metadata.get("BotName")),
        activities=activities,
    )


def _conversation_id(row: dict[str, Any], bot_id: str) -> str:
    """The first part of the name, which is conversation_bot or conversation_bot_batch; else the row's own id."""
    name = word(column(row, "name", "conversationtranscript"))
    if bot_id and f"_{bot_id}" in name:
        return name.rpartition(f"_{bot_id}")[0]
    if found := _NAME.fullmatch(name):
        return found["conversation"]
    return name or word(column(row, "conversationtranscriptid"))
