"""Copilot Studio's exports: rows, traces, the portal's sessions, the test canvas."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from ingest.events import Normalised, RawRecord, ThreadInput
from ingest.sources import bot_framework, copilot_studio, detect
from ingest.sources.times import read_stamp
from store.records import Activity, Kind, Verdict, WireRole

DATA = Path(__file__).resolve().parent.parent / "data" / "copilot_studio"
AT_MS = 1772442000000


def normalised(name: str) -> Normalised:
    """One of our own files, read."""
    return copilot_studio.normalise(RawRecord(name, (DATA / name).read_bytes()))


def of_kind(thread: ThreadInput, kind: Kind) -> list[Activity]:
    return [activity for activity in thread.activities if activity.kind is kind]


def trace(value_type: str, value: Any, **fields: Any) -> Activity:
    """One trace read alone."""
    item = {
        "type": "trace",
        "id": "t",
        "timestamp": 1772442000,
        "from": {"id": "", "role": 0},
        "valueType": value_type,
        "value": value,
    }
    (thread,) = copilot_studio.read({"activities": [item | fields]}).threads
    return thread.activities[0]


# Rows


def test_rows_of_one_conversation_are_one_thread_with_both_verdicts() -> None:
    first, second = normalised("rows.json").threads

    assert (first.external_id, second.external_id) == ("loan-1", "loan-2")
    assert [activity.detail and activity.detail["outcome"] for activity in of_kind(first, Kind.VERDICT)] == [
        Verdict.RESOLVED,
        Verdict.ESCALATED,
    ]
    assert len({activity.identity for activity in first.activities}) == len(first.activities)


def test_row_names_its_bot_and_is_no_test() -> None:
    marks = normalised("rows.json").threads[0].marks

    assert (marks.bot_name, marks.bot_id) == ("Loan helper", "11111111-2222-3333-4444-555555555555")
    assert not marks.is_test


def test_epoch_seconds_and_milliseconds_are_read_and_roles_are_numbers() -> None:
    hello, question = of_kind(normalised("rows.json").threads[0], Kind.MESSAGE)[:2]

    assert (hello.at_ms, hello.wire_role) == (AT_MS + 1000, WireRole.BOT)
    assert (question.at_ms, question.wire_role) == (AT_MS + 5250, WireRole.USER)


def test_rows_as_csv_read_like_rows_as_json() -> None:
    rows = json.loads((DATA / "rows.json").read_bytes())["value"]
    table = io.StringIO()
    writer = csv.DictWriter(table, fieldnames=rows[0])
    writer.writerow({name: {"conversationstarttime": "Conversation Start Time"}.get(name, name.title()) for name in rows[0]})
    writer.writerows(rows)

    read = copilot_studio.normalise(RawRecord("rows.csv", table.getvalue().encode("utf-8-sig")))

    assert read == normalised("rows.json")


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"value": rows}], ids=["list", "page"])
def test_rows_in_every_wrapping_read_the_same(wrap: Any) -> None:
    rows = json.loads((DATA / "rows.json").read_bytes())["value"]

    assert copilot_studio.read(wrap(rows)) == normalised("rows.json")
    assert [thread.external_id for thread in copilot_studio.read(rows[2]).threads] == ["loan-2"]


@pytest.mark.parametrize("content", ["{", "[]x", "7", '{"other": 1}', None])
def test_unreadable_row_is_a_problem_and_the_others_are_read(content: Any) -> None:
    rows = json.loads((DATA / "rows.json").read_bytes())["value"]

    read = copilot_studio.read([rows[0], rows[1] | {"content": content}, rows[2]])

    assert [thread.external_id for thread in read.threads] == ["loan-1", "loan-2"]
    assert [json.loads(problem.body)["name"] for problem in read.problems] == [rows[1]["name"]]


@pytest.mark.parametrize(
    ("name", "metadata", "expected"),
    [
        ("conv_7_bot-9_b2", '{"BotId":"bot-9"}', "conv_7"),
        ("conv_11111111-2222-3333-4444-555555555555", "{}", "conv"),
        ("conv_11111111-2222-3333-4444-555555555555_3", None, "conv"),
        ("something else", "broken", "something else"),
        (None, None, "row-1"),
    ],
)
def test_conversation_is_the_first_part_of_a_rows_name(name: Any, metadata: Any, expected: str) -> None:
    content = json.dumps({"activities": [{"type": "message", "id": "1", "timestamp": 1772442000, "text": "x"}]})
    row = {"name": name, "metadata": metadata, "content": content, "conversationtranscriptid": "row-1"}

    assert [thread.external_id for thread in copilot_studio.read([row]).threads] == [expected]


# Traces


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"outcome": "Resolved", "type": "Engaged", "impliedSuccess": False}, {"outcome": Verdict.RESOLVED, "implied": False}),
        ({"outcome": "Resolved", "impliedSuccess": "True"}, {"outcome": Verdict.RESOLVED, "implied": True}),
        (
            {"outcome": "HandOff", "outcomeReason": "AgentTransferRequestedByUser"},
            {"outcome": Verdict.ESCALATED, "reason": "asked by customer"},
        ),
        (
            {"outcome": "HandOff", "outcomeReason": "AgentTransferFromQuestionMaxAttempts"},
            {"outcome": Verdict.ESCALATED, "reason": "bot gave up"},
        ),
        (
            {"outcome": "HandOff", "outcomeReason": "AgentTransferConfiguredByAuthor"},
            {"outcome": Verdict.ESCALATED, "reason": "author's rule"},
        ),
        ({"outcome": "HandOff", "outcomeReason": "SystemError"}, {"outcome": Verdict.ESCALATED, "reason": "failure"}),
        ({"outcome": "Abandoned", "type": "Unengaged"}, {"outcome": Verdict.UNENGAGED}),
        ({"outcome": "None", "outcomeReason": "NoError"}, {"outcome": Verdict.UNENGAGED}),
        ({"outcome": "Novelty"}, {"outcome": Verdict.UNKNOWN}),
        (
            {"outcome": "Abandoned", "startTimeUtc": "2026-03-02T09:00:00Z", "endTimeUtc": "soon"},
            {"outcome": Verdict.ABANDONED, "started_ms": AT_MS},
        ),
    ],
)
def test_session_info_is_the_platforms_verdict(value: dict[str, Any], expected: dict[str, Any]) -> None:
    activity = trace("SessionInfo", value)

    assert (activity.kind, activity.detail) == (Kind.VERDICT, expected)


@pytest.mark.parametrize(
    ("value_type", "value", "expected"),
    [
        ("IntentRecognition", {"intentTitle": "Lost card"}, (Kind.TOPIC, {"name": "Lost card", "system": False})),
        ("IntentRecognition", {"intentTitle": "Start over"}, (Kind.TOPIC, {"name": "Start over", "system": True})),
        (
            "IntentRecognition",
            {"intentScore": {"properties": {"Title": "X", "Type": "SystemTopic"}}},
            (Kind.TOPIC, {"name": "X", "system": True}),
        ),
        (
            "DialogRedirect",
            {"targetDialogId": "crx_bot.topic.ConversationStart"},
            (Kind.TOPIC, {"name": "ConversationStart", "system": True}),
        ),
        ("DialogRedirect", {"targetDialogId": "7", "targetDialogType": "Topic"}, (Kind.TOPIC, {"name": "7", "system": False})),
        ("DialogRedirect", {}, (Kind.OTHER, None)),
        ("UnknownIntent", {"userQuery": "?"}, (Kind.FALLBACK, None)),
        ("CSATSurveyRequest", {"type": "x"}, (Kind.SURVEY_REQUEST, {"survey": "csat"})),
        ("CSATSurveyResponse", {"response": "4"}, (Kind.SURVEY_ANSWER, {"survey": "csat", "value": 4})),
        ("CSATSurveyResponse", {"response": "great"}, (Kind.OTHER, None)),
        ("CSATSurveyResponse", {"response": 9}, (Kind.OTHER, None)),
        ("PRRSurveyRequest", {}, (Kind.SURVEY_REQUEST, {"survey": "prr"})),
        ("PRRSurveyResponse", {"response": "True"}, (Kind.SURVEY_ANSWER, {"survey": "prr", "value": "yes"})),
        ("PRRSurveyResponse", {"response": False}, (Kind.SURVEY_ANSWER, {"survey": "prr", "value": "no"})),
        ("VariableAssignment", {"name": "T", "newValue": "x", "type": "global"}, (Kind.CONTEXT, {"variables": {"T": "x"}})),
        (
            "VariableAssignment",
            {"name": "T", "newValue": {"a": 1}, "type": "global"},
            (Kind.CONTEXT, {"variables": {"T": '{"a":1}'}}),
        ),
        (
            "VariableAssignment",
            {"name": "Phone", "newValue": "0123 4567890", "type": "global"},
            (Kind.CONTEXT, {"variables": {"Phone": "***7890"}}),
        ),
        (
            "VariableAssignment",
            {"name": "T", "newValue": "x" * 900, "type": "global"},
            (Kind.CONTEXT, {"variables": {"T": "x" * 500}}),
        ),
        ("VariableAssignment", {"name": "System.T", "newValue": "x", "type": "global"}, (Kind.OTHER, None)),
        ("VariableAssignment", {"name": "T", "newValue": "x", "type": "local", "id": "Topic.T"}, (Kind.OTHER, None)),
        ("HandOff", {}, (Kind.OTHER, None)),
        ("GPTAnswer", {"gptAnswerState": "x"}, (Kind.OTHER, None)),
        ("SessionInfo", None, (Kind.OTHER, None)),
        ("SessionInfo", {"outcome": None, "type": "Engaged"}, (Kind.OTHER, None)),
        ("SessionInfo", {"type": "Unengaged"}, (Kind.VERDICT, {"outcome": Verdict.UNENGAGED})),
    ],
)
def test_traces(value_type: str, value: Any, expected: tuple[Kind, Any]) -> None:
    activity = trace(value_type, value)

    assert (activity.kind, activity.detail) == expected


def test_trace_is_known_by_its_name_where_it_has_no_value_type() -> None:
    assert trace("", {"response": "5"}, valueType=None, name="CSATSurveyResponse").kind is Kind.SURVEY_ANSWER


def test_traces_are_read_in_plain_bot_framework_streams_too() -> None:
    item = {"type": "trace", "timestamp": "2026-03-02T09:00:00Z", "valueType": "UnknownIntent", "conversation": {"id": "c"}}

    assert bot_framework.read([item]).threads[0].activities[0].kind is Kind.FALLBACK


def test_conversation_info_marks_tests_and_names_the_language() -> None:
    item = {
        "type": "trace",
        "timestamp": 1772442000,
        "valueType": "ConversationInfo",
        "value": {"isDesignMode": True, "locale": "de-DE"},
    }

    (thread,) = copilot_studio.read({"activities": [item]}).threads

    assert thread.marks.is_test
    assert thread.activities[0].locale == "de-DE"


def test_canvas_tracing_marks_a_test() -> None:
    message = {
        "type": "message",
        "id": "1",
        "timestamp": "2026-03-02T09:00:00Z",
        "from": {"role": "user", "id": "u"},
        "text": "x",
    }
    tracing = {"type": "event", "id": "2", "name": "DialogTracing", "valueType": "DialogTracingInfo"}

    assert copilot_studio.read({"activities": [message, tracing]}).threads[0].marks.is_test
    assert not copilot_studio.read({"activities": [message]}).threads[0].marks.is_test


# The portal's sessions


def test_portal_sessions_are_threads_without_times_of_their_own() -> None:
    card, human, hello = normalised("sessions.csv").threads

    assert [thread.external_id for thread in (card, human, hello)] == ["s-1", "s-2", "s-3"]
    assert not card.marks.has_times
    assert [(item.activity_id, item.wire_role.value, item.text) for item in of_kind(card, Kind.MESSAGE)] == [
        ("1", "customer", "Where is my card?"),
        ("2", "bot", "It was sent; it takes a week."),
        ("3", "customer", "Thanks"),
    ]
    assert {item.at_ms for item in card.activities} == {AT_MS}


def test_portal_outcomes_are_verdicts_and_a_resolution_is_only_implied() -> None:
    verdicts = [of_kind(thread, Kind.VERDICT)[0].detail for thread in normalised("sessions.csv").threads]

    assert verdicts == [
        {"outcome": Verdict.RESOLVED, "implied": True},
        {"outcome": Verdict.ESCALATED},
        {"outcome": Verdict.UNENGAGED},
    ]


def test_portal_topics_tell_the_systems_own_apart() -> None:
    topics = [activity.detail for thread in normalised("sessions.csv").threads for activity in of_kind(thread, Kind.TOPIC)]

    assert topics == [{"name": "Card", "system": False}, {"name": "Escalate", "system": True}]


def test_columns_unknown_here_are_kept() -> None:
    raw = json.loads(normalised("sessions.csv").threads[0].activities[-1].raw)

    assert raw["value"]["row"]["Comments"] == "fine"


@pytest.mark.parametrize(
    ("text", "num_threads"), [("3/2/2026 9:00:00 AM", 1), ("2026-03-02 09:00:00", 1), ("some day", 0), ("", 0)]
)
def test_portal_row_needs_a_time(text: str, num_threads: int) -> None:
    body = f'SessionID,StartDateTime,ChatTranscript,SessionOutcome\ns,{text},"User says: hi;",Abandoned\n'

    read = copilot_studio.normalise(RawRecord("x", body.encode()))

    assert (len(read.threads), len(read.problems)) == (num_threads, 1 - num_threads)
    assert all(activity.at_ms == AT_MS for thread in read.threads for activity in thread.activities)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("2/3/2026 9:00 AM", "2/3/2026 9:00 PM"), ("2026-02-03T09:00:00Z", "2026-02-03T21:00:00Z")),
        (("02/03/2026 09:00", "24/03/2026 09:00:30"), ("2026-03-02T09:00:00Z", "2026-03-24T09:00:30Z")),
        (("02.03.2026 09:00:00", "2.3.2026 00:05"), ("2026-03-02T09:00:00Z", "2026-03-02T00:05:00Z")),
        (("2/3/2026 12:00 AM", "2/3/2026 12:30 PM"), ("2026-02-03T00:00:00Z", "2026-02-03T12:30:00Z")),
    ],
    ids=["month first", "day first: one has to be", "dots", "twelve"],
)
def test_portal_dates_of_spreadsheets_are_read_as_all_of_a_file_allow(texts: tuple[str, ...], expected: tuple[str, ...]) -> None:
    rows = [{"SessionId": text, "StartDateTime": text, "ChatTranscript": "User says: hi;"} for text in texts]

    read = copilot_studio.normalise(RawRecord("x", json.dumps(rows).encode()))

    assert [thread.activities[0].at_ms for thread in read.threads] == [(read_stamp(text) or (0, 0))[0] for text in expected]


def test_portal_row_that_was_set_aside_can_be_read_alone() -> None:
    body = b"SessionID,StartDateTime,ChatTranscript\ns,some day,User says: hi;\n"
    (problem,) = copilot_studio.normalise(RawRecord("x", body)).problems
    mended = problem.body.replace(b"some day", b"2026-03-02T09:00:00Z")

    (thread,) = detect.read(RawRecord("x", mended)).normalised.threads

    assert thread.external_id == "s"


def test_a_megabyte_in_one_field_is_read() -> None:
    said = "word " * 200_000
    body = f'SessionID,StartDateTime,ChatTranscript\ns,2026-03-02T09:00:00Z,"User says: {said};"\n'

    (thread,) = copilot_studio.normalise(RawRecord("x", body.encode())).threads

    assert thread.activities[0].text == said
