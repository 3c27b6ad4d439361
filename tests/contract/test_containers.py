"""Whatever a transcript is written in or wrapped by, it says the same."""

from __future__ import annotations

import base64
import codecs
import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from ingest.events import Normalised, RawRecord
from ingest.sources import detect
from tests.contract.test_sources import DATA

ROWS: list[dict[str, Any]] = json.loads((DATA / "copilot_studio" / "rows.json").read_bytes())["value"]
COLUMNS = ("content", "conversationstarttime", "metadata", "name", "conversationtranscriptid", "schematype")
GERMAN = ("Inhalt", "Startzeit der Unterhaltung", "Metadaten", "Bezeichnung", "Unterhaltungstranskript", "Schematyp")


def read(body: bytes) -> Normalised:
    """What a file with this body says."""
    return detect.read(RawRecord("a file", body)).normalised


def said(normalised: Normalised) -> list[Any]:
    """What it comes to: each thread with its bot and its activities, as they are known."""
    return sorted(
        (thread.source, thread.external_id, thread.marks.bot_id, [(item.identity, item.version) for item in thread.activities])
        for thread in normalised.threads
    )


def table(columns: tuple[str, ...] = COLUMNS, *, delimiter: str = ",", end: str = "\r\n", ascii_only: bool = True) -> str:
    """The rows as a spreadsheet has them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow(columns)
    for row in ROWS:
        content = json.dumps(json.loads(row["content"]), ensure_ascii=ascii_only, indent=1)
        writer.writerow([content if name == "content" else row.get(name, "") for name in COLUMNS])
    return text.getvalue()


def lines(values: list[Any], end: str = "\n", **options: Any) -> str:
    """JSON lines."""
    return "".join(json.dumps(value, **options) + end for value in values)


EXPECTED = said(read(json.dumps(ROWS).encode()))
VARIANTS: dict[str, bytes] = {
    "UTF-16 with a mark": json.dumps(ROWS, ensure_ascii=False).encode("utf-16"),
    "UTF-32 with a mark": codecs.BOM_UTF32_LE + json.dumps(ROWS, ensure_ascii=False).encode("utf-32-le"),
    "JSON lines": lines(ROWS).encode(),
    "JSON lines with CRLF and an empty one": (lines(ROWS, "\r\n") + "\r\n").encode(),
    "one value after the other": lines(ROWS, indent=2).encode(),
    "NaN, as Python writes what is missing": json.dumps([{**row, "statecode": float("nan")} for row in ROWS]).encode(),
    "another answer of a web service": json.dumps({"d": {"results": ROWS}}).encode(),
    "the output of a flow": json.dumps({"statusCode": 200, "body": {"value": ROWS}}).encode(),
    "JSON in a text in JSON": json.dumps({"body": json.dumps({"value": ROWS})}).encode(),
    "content written as a text twice": json.dumps([{**row, "content": json.dumps(row["content"])} for row in ROWS]).encode(),
    "commas": table().encode(),
    "semicolons, and sep=; before": ("sep=;\r\n" + table(delimiter=";")).encode("utf-8-sig"),
    "tabs in UTF-16, as Excel's Unicode text": table(delimiter="\t").encode("utf-16"),
    "columns in German": table(GERMAN, delimiter=";").encode("utf-8-sig"),
    "the code page of Western Windows": table(GERMAN, delimiter=";", ascii_only=False).encode(
        "cp1252", errors="xmlcharrefreplace"
    ),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_rows_say_the_same_however_they_are_written(variant: str) -> None:
    normalised = read(VARIANTS[variant])

    assert normalised.problems == []
    assert said(normalised) == EXPECTED


def activities(conversation: str) -> list[dict[str, Any]]:
    """Two messages of a conversation."""
    around = {"type": "message", "channelId": "webchat", "conversation": {"id": conversation}}
    return [
        {**around, "id": "1", "timestamp": "2026-03-02T09:00:00Z", "from": {"id": "ann", "role": "user"}, "text": "Grüße"},
        {**around, "id": "2", "timestamp": "2026-03-02T09:00:05Z", "from": {"id": "desk", "role": "bot"}, "text": "Hello"},
    ]


WRAPPERS: dict[str, Callable[[list[list[dict[str, Any]]]], str]] = {
    "a list of arrays": json.dumps,
    "a list of transcripts": lambda found: json.dumps([{"transcript": each} for each in found]),
    "a line for each activity": lambda found: lines([item for each in found for item in each]),
    "a line for each transcript": lambda found: lines([{"activities": each} for each in found]),
    "an object of conversations": lambda found: json.dumps({"exported": {"all": {str(n): each for n, each in enumerate(found)}}}),
}


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_transcripts_are_found_in_whatever_wraps_them(wrapper: str) -> None:
    normalised = read(WRAPPERS[wrapper]([activities("first"), activities("second")]).encode())

    assert normalised.problems == []
    assert [(thread.source, thread.external_id, len(thread.activities)) for thread in normalised.threads] == [
        ("bot_framework", "first", 2),
        ("bot_framework", "second", 2),
    ]


def test_a_named_kind_finds_its_own_within_a_wrapper() -> None:
    wrapped = RawRecord("a file", json.dumps({"exported": [activities("first")]}).encode())

    assert detect.read(wrapped, source="hr", kind="bot_framework").normalised.threads[0].source == "hr"
    assert detect.read(wrapped, source="hr", kind="omnichannel").normalised.problems != []


def test_a_wrapper_may_name_the_conversation() -> None:
    items = [{name: value for name, value in item.items() if name != "conversation"} for item in activities("")]

    named = [read(json.dumps({"conversationId": "abc", wrapper: items}).encode()) for wrapper in ("activities", "transcript")]
    each = read(json.dumps([{**item, "conversationId": "abc"} for item in items]).encode())

    assert [thread.external_id for found in (*named, each) for thread in found.threads] == ["abc"] * 3


def test_what_is_none_among_wrapped_transcripts_is_named_and_the_others_are_read() -> None:
    broken = [*activities("second"), {"text": "no type"}]
    normalised = read(lines([{"activities": activities("first")}, {"other": 1}, {"activities": broken}]).encode())

    assert [thread.external_id for thread in normalised.threads] == ["first", "second"]
    assert [(problem.place, problem.reason, problem.body) for problem in normalised.problems] == [
        ("element 2", "not a known transcript format: it holds no activities", b'{"other":1}'),
        ("element 3, element 3", "not an activity: it has no type", b'{"text":"no type"}'),
    ]


def test_what_only_says_type_is_not_taken_for_an_activity_within_something_else() -> None:
    columns = [{"name": "timestamp", "type": "datetime"}, {"name": "message", "type": "string"}]
    normalised = read(json.dumps({"tables": [{"name": "PrimaryResult", "columns": columns, "rows": []}]}).encode())

    assert [problem.reason for problem in normalised.problems] == ["not a known transcript format: it holds no activities"]


def test_a_line_that_is_no_json_is_named_and_the_others_are_read() -> None:
    body = lines(activities("first")).replace("\n", '\n{"type": "message", "te\n', 1)
    normalised = read(body.encode())

    assert [(problem.reason, problem.place, problem.body) for problem in normalised.problems] == [
        ("the line is not JSON", "line 2", b'{"type": "message", "te')
    ]
    assert [len(thread.activities) for thread in normalised.threads] == [2]


def test_a_row_that_cannot_be_read_is_named_by_the_line_it_begins_on() -> None:
    first, *_ = ROWS
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["name", "content", "metadata"])
    for content in (json.dumps(json.loads(first["content"]), indent=1), '{"activities":[', "[1]"):
        writer.writerow(["a name\nof two lines", content, first["metadata"]])
    num_lines = json.dumps(json.loads(first["content"]), indent=1).count("\n") + 2
    normalised = read(text.getvalue().encode())

    assert [(problem.place, problem.reason) for problem in normalised.problems] == [
        (f"line {num_lines + 2}", "the row's content is not JSON"),
        (f"line {num_lines + 4}", "not an activity: not an object"),
    ]


def test_an_element_that_cannot_be_read_is_named_by_its_place() -> None:
    normalised = read(json.dumps([*activities("first"), 5]).encode())

    assert [(problem.place, problem.reason) for problem in normalised.problems] == [
        ("element 3", "not an activity: not an object")
    ]


def test_an_empty_file_is_said_to_be_empty() -> None:
    assert [problem.reason for problem in read(b" \r\n").problems] == ["the file is empty"]


def test_a_content_that_a_spreadsheet_cut_off_says_so() -> None:
    content = json.dumps({"activities": activities("first") * 200})[:32_767]
    normalised = read(json.dumps([{"content": content, "metadata": "{}"}]).encode())

    assert [problem.reason for problem in normalised.problems] == [
        "the row's content is cut off: a spreadsheet keeps no more of it"
    ]


MESSAGES = json.loads((DATA / "omnichannel" / "messages.json").read_bytes())
BODY = base64.b64encode(json.dumps(MESSAGES).encode()).decode()
WORK_ITEM = "5ba69c2c-40b5-4af2-bd76-a94c10bd4f43"


def note(**changed: Any) -> dict[str, Any]:
    """A row of notes that holds the messages."""
    around = {"_msdyn_liveworkitemidid_value": WORK_ITEM}
    return {"objecttypecode": "msdyn_transcript", "documentbody": BODY, "objectid_msdyn_transcript": around} | changed


def csv_of(row: dict[str, Any]) -> bytes:
    """One row as CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([list(row), list(row.values())])
    return text.getvalue().encode()


NOTES: dict[str, bytes] = {
    "base64 in lines": json.dumps(note(documentbody="\r\n".join(BODY[at : at + 76] for at in range(0, len(BODY), 76)))).encode(),
    "no base64": json.dumps(note(documentbody=json.dumps(MESSAGES))).encode(),
    "no text": json.dumps(note(documentbody=MESSAGES)).encode(),
    "the transcript around its notes": json.dumps([
        {"_msdyn_liveworkitemidid_value": WORK_ITEM, "msdyn_transcript_Annotations": [note(objectid_msdyn_transcript=None)]}
    ]).encode(),
    "a table that was joined": csv_of({
        "Dokument": BODY, "Art": "msdyn_transcript", "objectid_msdyn_transcript._msdyn_liveworkitemidid_value": WORK_ITEM
    }),
}  # fmt: skip


@pytest.mark.parametrize("variant", NOTES)
def test_notes_say_the_same_however_they_hold_their_transcript(variant: str) -> None:
    expected, normalised = read(json.dumps(note()).encode()), read(NOTES[variant])

    assert normalised.problems == []
    assert said(normalised) == said(expected)
    assert [thread.marks.work_items for thread in normalised.threads] == [[WORK_ITEM]]
