"""Copilot Studio's sessions CSV: one row a session, its transcript in one field, its outcome in another.

The file gives one time for the whole session, so all of its activities stand at it, in the order of the transcript. Messages are
numbered "1", "2", …: the row has no ids for them.
"""

from __future__ import annotations

import re
from typing import Any

from ingest.errors import RecordError
from ingest.sources.csv_tables import column, columns

_TRANSCRIPT, _BEGAN = "chattranscript", "startdatetime"  # columns, as their names are compared
# Semicolons within messages are not escaped; "; Bot says: " is what parts them.
_SPEAKER = re.compile(r"(?:^|;\s+)(User|Bot) says: ")
_OUTCOMES = frozenset({"resolved", "escalated", "abandoned", "unengaged"})
# As spreadsheets write it: 11/24/2025 4:00:00 PM, 24.11.2025 16:00.
_SPREADSHEET_TIME = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}),?\s+(\d{1,2}):(\d\d)(?::(\d\d))?(?:\s*([AP])\.?\s?M\.?)?", re.ASCII | re.IGNORECASE
)
_MONTHS = 12


def is_session_table(value: list[Any]) -> bool:
    """Whether `value` is rows of that file."""
    if not value or not isinstance(value[0], dict) or not any(len(name) >= len(_TRANSCRIPT) for name in value[0]):
        return False  # most JSON, told at a glance
    return {"sessionid", _TRANSCRIPT} <= columns([value[0]])


def days_come_first(rows: list[Any]) -> bool:
    """Whether a spreadsheet put the day before the month: one of its dates has to be read so."""
    found = (_SPREADSHEET_TIME.fullmatch(column(row, _BEGAN).strip()) for row in rows if isinstance(row, dict))
    return any(int(time[1]) > _MONTHS for time in found if time)


def read_session(row: Any, *, is_day_first: bool = False) -> tuple[str, list[dict[str, Any]]]:
    """The session's id, and what happened in it as activities. RecordError where it has no id."""
    row = {name: value for name, value in row.items() if isinstance(value, str)} if isinstance(row, dict) else {}
    session_id = column(row, "sessionid")
    if not session_id:
        raise RecordError("the row has no session id")
    at = _time(column(row, _BEGAN).strip(), is_day_first=is_day_first)
    activities = [_message(number, speaker, text, at) for number, (speaker, text) in enumerate(_turns(row), start=1)]
    if topic := column(row, "topicname"):
        value = {"intentTitle": topic, "intentId": column(row, "topicid")}
        activities.append(_trace("topic", "IntentRecognition", value, at))
    outcome = column(row, "sessionoutcome")
    if outcome.lower() in _OUTCOMES:
        # The file does not say whether the customer confirmed a resolution, so none is claimed.
        implied = {"impliedSuccess": True} if outcome.lower() == "resolved" else {}
        said = {"outcome": outcome, **implied, **_rating(row), "row": _other_columns(row)}
        activities.append(_trace("outcome", "SessionInfo", said, at))
    if not activities:
        raise RecordError("the row has neither a transcript nor a known outcome")
    return session_id, activities


def _turns(row: dict[str, str]) -> list[tuple[str, str]]:
    parts = _SPEAKER.split(column(row, _TRANSCRIPT).strip())[1:]
    turns = list(zip(parts[::2], parts[1::2], strict=True))
    if turns:
        speaker, last = turns[-1]
        turns[-1] = (speaker, last.removesuffix(";"))
    elif first := column(row, "initialusermessage"):
        turns = [("User", first)]
    return turns


def _message(number: int, speaker: str, text: str, at: str) -> dict[str, Any]:
    role = "bot" if speaker == "Bot" else "customer"
    return {"type": "message", "id": str(number), "timestamp": at, "from": {"id": role, "role": role}, "text": text}


def _trace(trace_id: str, value_type: str, value: dict[str, Any], at: str) -> dict[str, Any]:
    sender = {"id": "", "role": "bot"}
    return {"type": "trace", "id": trace_id, "timestamp": at, "from": sender, "valueType": value_type, "value": value}


def _rating(row: dict[str, str]) -> dict[str, str]:
    """The answer to the satisfaction survey and what was written beside it, in files that have these columns."""
    said = {"csatScore": column(row, "csatscore", "csat"), "csatComment": column(row, "csatcomment", "comments", "comment")}
    return {name: text for name, text in said.items() if text}


def _other_columns(row: dict[str, str]) -> dict[str, str]:
    """The row but for its transcript, so that columns unknown here are kept."""
    return {name: value for name, value in row.items() if name.lower() != _TRANSCRIPT}


def _time(text: str, *, is_day_first: bool) -> str:
    """ISO text as it is; a spreadsheet's spelling turned into it, both UTC, as the portal says. Before dots, the day is first."""
    found = _SPREADSHEET_TIME.fullmatch(text)
    if not found:
        return text
    first, sign, second, year, hour, minute, seconds, half = found.groups()
    day, month = (first, second) if is_day_first or sign == "." else (second, first)
    hours = int(hour) % 12 + (12 if half.upper() == "P" else 0) if half else int(hour)
    return f"{year}-{month:0>2}-{day:0>2}T{hours:02}:{minute}:{seconds or '00'}Z"
