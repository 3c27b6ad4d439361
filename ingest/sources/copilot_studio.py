"""Copilot Studio transcripts: the content JSON, exported rows of Dataverse's `conversationtranscript`, the portal's sessions CSV.

A file shows by its content which of them it is. A test canvas snapshot looks like the content JSON, and is marked as a test.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ingest.errors import RecordError
from ingest.events import Normalised, Problem, RawRecord
from ingest.sources.activity_schema import conversation_of
from ingest.sources.arrays import read_array
from ingest.sources.csv_tables import looks_like_json, read_table
from ingest.sources.portal_sessions import days_come_first, is_session_table, read_session
from ingest.sources.rows import read_rows
from ingest.sources.transcript_rows import is_row, is_row_table, read_row
from ingest.sources.wire_json import parse
from store.records import Marks

NAME = "copilot_studio"


def normalise(record: RawRecord, *, source: str = NAME) -> Normalised:
    """What an exported file says."""
    try:
        value = parse(record.body) if looks_like_json(record.body) else read_table(record.body)
        return read(value, source=source, whole=record.body)
    except RecordError as error:
        return Normalised(problems=[Problem(str(error), record.body)])


def read(value: Any, *, source: str = NAME, whole: bytes = b"") -> Normalised:
    """What a parsed file says: JSON, or the rows of a table as objects."""
    if isinstance(value, dict):
        if isinstance(value.get("activities"), list):
            return _read_activities(value["activities"], source=source, whole=whole, conversation_id=conversation_of(value))
        if isinstance(value.get("value"), list) and any(is_row(row) for row in value["value"]):
            return _read_rows(value["value"], source=source, whole=whole)
        if is_session_table([value]):
            return _read_sessions([value], source=source, whole=whole)
        if is_row(value):
            return _read_rows([value], source=source, whole=whole)
    if isinstance(value, list):
        if is_session_table(value):
            return _read_sessions(value, source=source, whole=whole)
        if is_row_table(value):
            return _read_rows(value, source=source, whole=whole)
        return _read_activities(value, source=source, whole=whole)
    raise RecordError("not a Copilot Studio transcript: neither activities, nor exported rows")


def _read_rows(rows: list[Any], *, source: str, whole: bytes) -> Normalised:
    """Rows of one conversation name the same id, and so become one thread."""
    return read_rows(rows, partial(_read_transcript, source=source), whole=whole)


def _read_transcript(row: Any, whole: bytes, *, source: str) -> Normalised:
    transcript = read_row(row)
    return _read_activities(
        transcript.activities,
        source=source,
        whole=whole,
        conversation_id=transcript.conversation_id,
        marks=Marks(bot_id=transcript.bot_id, bot_name=transcript.bot_name),
    )


def _read_activities(
    items: list[Any], *, source: str, whole: bytes, conversation_id: str = "", marks: Marks | None = None
) -> Normalised:
    marks = marks or Marks()
    marks.is_test = any(is_canvas_tracing(item) for item in items)
    return read_array(items, source=source, default_conversation_id=conversation_id, marks=marks, whole=whole)


def is_canvas_tracing(item: Any) -> bool:
    """Whether it is what the authoring canvas writes to follow a test, and no real conversation has."""
    return isinstance(item, dict) and (item.get("name") == "DialogTracing" or item.get("valueType") == "DialogTracingInfo")


def _read_sessions(rows: list[Any], *, source: str, whole: bytes) -> Normalised:
    is_day_first = days_come_first(rows)
    return read_rows(rows, partial(_read_session, source=source, is_day_first=is_day_first), whole=whole)


def _read_session(row: Any, whole: bytes, *, source: str, is_day_first: bool) -> Normalised:
    session_id, activities = read_session(row, is_day_first=is_day_first)
    return read_array(activities, source=source, default_conversation_id=session_id, marks=Marks(has_times=False), whole=whole)
