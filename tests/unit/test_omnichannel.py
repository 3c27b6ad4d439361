"""Omnichannel transcripts: who is who, what was said to whom, and how they come in notes."""

from __future__ import annotations

import base64
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from ingest.events import Normalised, RawRecord
from ingest.sources import detect
from store.records import Kind, Thread, WireRole
from tests.transcripts import deriver_of, ms

MESSAGES: list[dict[str, Any]] = json.loads(
    (Path(__file__).resolve().parent.parent / "data" / "omnichannel" / "messages.json").read_bytes()
)
WORK_ITEM = "0000AAAA-0000-0000-0000-000000000001"


def read(value: Any) -> Normalised:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return detect.read(RawRecord("x", body)).normalised


def thread_of(value: Any) -> Any:
    normalised = read(value)
    assert normalised.problems == []
    (thread,) = normalised.threads
    thread.activities.sort(key=lambda item: item.at_ms)
    return thread


def said(thread: Any) -> list[tuple[str, WireRole, bool]]:
    return [(item.sender_name, item.wire_role, item.private) for item in thread.activities if item.kind is Kind.MESSAGE]


def message(number: int, name: str, kind: str = "application", tags: str | None = None, text: str = "Hello") -> dict[str, Any]:
    sender = {kind: {"displayName": name, "id": name.lower()}}
    at = f"2026-03-02T09:00:{number:02}+00:00"
    return {"id": str(number), "content": text, "contentType": "text", "createdDateTime": at, "from": sender, "tags": tags}


def note(messages: Any, **more: Any) -> dict[str, Any]:
    body = base64.b64encode(json.dumps(messages).encode()).decode()
    return {"annotationid": "n-1", "objecttypecode": "msdyn_transcript", "_objectid_value": "t-1", "documentbody": body, **more}


def test_everybody_is_who_they_are_and_what_colleagues_write_is_seen_inside_only() -> None:
    thread = thread_of(MESSAGES)

    assert (thread.source, list(thread.marks.channels)) == ("omnichannel", ["lcw"])
    assert said(thread) == [
        ("Parcel bot", WireRole.BOT, False),
        ("Customer", WireRole.CUSTOMER, False),
        ("Parcel bot", WireRole.BOT, False),
        ("Customer", WireRole.CUSTOMER, False),  # although it is tagged as private
        ("DynamicsBot", WireRole.SYSTEM, False),
        ("Ana Silva", WireRole.AGENT, False),
        ("Ana Silva", WireRole.AGENT, True),
        ("Ben Roth", WireRole.AGENT, True),
        ("Customer", WireRole.CUSTOMER, False),
        ("DynamicsBot", WireRole.SYSTEM, False),
    ]


def test_text_is_what_people_read() -> None:
    texts = [item.text for item in thread_of(MESSAGES).activities if item.text]

    assert "I am sorry, I do not understand that.\nShall I get somebody?" in texts
    assert "Hello, this is Ana. Your parcel arrives tomorrow & for free." in texts
    assert not any("addmember" in text for text in texts)


def test_it_counts_as_escalated_to_the_agent() -> None:
    thread = thread_of(MESSAGES)
    for position, item in enumerate(thread.activities):
        item.position = position

    found = deriver_of().derive(
        thread.activities, [Thread(1, 1, thread.source, thread.external_id, thread.marks)], now_ms=ms("23:00:00") + 10**9
    )

    (conversation,) = found.conversations
    assert (conversation.outcome, conversation.bot, conversation.num_messages) == ("escalated", "Parcel bot", 10)


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        pytest.param(
            [message(1, "Concierge"), message(2, "Ann Lee"), message(3, "Bo", "user", "public,messageId-1")],
            [WireRole.BOT, WireRole.CUSTOMER, WireRole.AGENT],
            id="a customer with a name writes by a program, as the bot does",
        ),
        pytest.param(
            [message(1, "Ann Lee"), message(2, "Bo", "user", "public,messageId-1")],
            [WireRole.CUSTOMER, WireRole.AGENT],
            id="one program and an agent: the program is the customer",
        ),
        pytest.param(
            [message(1, "Bo", "user", "public,messageId-1"), message(2, "Ann Lee", "user", "private,parentID-5")],
            [WireRole.AGENT, WireRole.CUSTOMER],
            id="nobody is left but who was tagged private",
        ),
        pytest.param(
            [message(1, "Hello there"), message(2, "Customer", "user"), message(3, "Bo", "user", "private,messageId-2")],
            [WireRole.BOT, WireRole.CUSTOMER, WireRole.AGENT],
            id="who is not the customer is the bot, and an agent",
        ),
        pytest.param(
            [message(1, "Parcel bot"), message(2, "+4930123456", "phone")],
            [WireRole.BOT, WireRole.CUSTOMER],
            id="who calls is the customer",
        ),
    ],
)
def test_who_the_customer_is_where_it_is_not_said(messages: list[Any], expected: list[WireRole]) -> None:
    assert [role for _, role, _ in said(thread_of(messages))] == expected
    assert [role for _, role, _ in said(thread_of(messages[::-1]))] == expected


def test_note_names_the_conversation_that_joins_it_to_the_bots_own_transcript() -> None:
    by_itself, expanded = note(MESSAGES), note(MESSAGES, objectid_msdyn_transcript={"_msdyn_liveworkitemidid_value": WORK_ITEM})

    assert thread_of({"value": [by_itself]}).external_id == "t-1"
    joined = thread_of([expanded])
    assert (joined.external_id, joined.marks.work_items) == (WORK_ITEM, [WORK_ITEM.lower()])


def test_notes_come_as_a_table_too_and_attachments_are_passed_over() -> None:
    rows = [note(MESSAGES), note([], objecttypecode="msdyn_ocliveworkitem", annotationid="n-2")]
    table = io.StringIO()
    writer = csv.DictWriter(table, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)

    assert thread_of(table.getvalue().encode()).external_id == "t-1"


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"documentbody": "%%%"}, "the note's body is not written in base64"),
        ({"documentbody": ""}, "the note holds no transcript"),
        ({"documentbody": base64.b64encode(b"[1,").decode()}, "the note's transcript is not JSON"),
        ({"documentbody": base64.b64encode(b"[1]").decode()}, "the note holds no messages"),
    ],
)
def test_broken_note_is_reported_and_the_others_are_read(broken: dict[str, str], reason: str) -> None:
    normalised = read([note(MESSAGES), note([]) | broken])

    assert [thread.external_id for thread in normalised.threads] == ["t-1"]
    (problem,) = normalised.problems
    assert problem.reason == reason
