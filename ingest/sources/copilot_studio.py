"""Copilot Studio transcripts: the content JSON, exported rows of Dataverse's `conversationtranscript`, the portal's sessions CSV.

A file shows by its content which of them it is. A test canvas snapshot looks like the content JSON, and is marked as a test.
"""

from __future__ import annotations

from typing import Any

from ingest.errors import RecordError
from ingest.events import Normalised, Problem, RawRecord
from ingest.sources.arrays import join_threads, read_array
from ingest.sources.csv_tables import looks_like_json, read_table
from ingest.sources.portal_sessions import is_session_table, read_session
from ingest.sources.transcript_rows import TranscriptRow, is_row, is_row_table, read_row
from ingest.sources.wire_json import canonical, parse
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
            return _read_activities(value["activities"], source=source, whole=whole)
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
    result = Normalised()
    for row in rows:
        body = whole
        try:
            row, body = canonical(row)
            transcript = read_row(row)
            read_one = _read_transcript(transcript, source=source, whole=body)
        except RecordError as error:
            result.problems.append(Problem(str(error), body))
            continue
        result.threads.extend(read_one.threads)
        result.problems.extend(read_one.problems)
    result.threads = join_threads(result.threads)
    return result


def _read_transcript(row: TranscriptRow, *, source: str, whole: bytes) -> Normalised:
    return _read_activities(
        row.activities,
        source=source,
        whole=whole,
        conversation_id=row.conversation_id,
        marks=Marks(bot_id=row.bot_id, bot_name=row.bot_name),
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
    result = Normalised()
    for row in rows:
        body = whole
        try:
            row, body = canonical(row)
            session_id, activities = read_session(row)
        except RecordError as error:
            result.problems.append(Problem(str(error), body))
            continue
        marks = Marks(has_times=False)
        one = read_array(activities, source=source, default_conversation_id=session_id, marks=marks, whole=body)
        result.threads.extend(one.threads)
        result.problems.extend(one.problems)
    result.threads = join_threads(result.threads)
    return result
