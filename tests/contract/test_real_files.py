"""Files that others recorded, read as they are, where they are at hand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ingest.events import RawRecord, ThreadInput
from ingest.sources import detect
from store.records import Activity, Kind, Verdict, WireRole

FOLDER = Path("/work/shared/data")

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder of recorded transcripts is not on this machine")


def threads_of(name: str) -> list[ThreadInput]:
    """The threads of one file, in the format that its content shows."""
    path = FOLDER / name
    opened = detect.read(RawRecord(name, path.read_bytes(), 1_772_409_600_000))
    assert opened.normalised.problems == []
    return opened.normalised.threads


def activities_of(name: str) -> list[Activity]:
    """The activities of all of them."""
    return [activity for thread in threads_of(name) for activity in thread.activities]


def test_handoffs_that_end_a_skill_ask_for_nobody() -> None:
    kinds = Counter(activity.kind for activity in activities_of("bot_framework/skills-itsm.transcript"))

    assert kinds[Kind.HANDOFF_REQUEST] == 0
    assert kinds[Kind.MESSAGE] == 47


def test_exported_rows_are_seven_tests_with_their_verdicts() -> None:
    threads = threads_of("copilot_studio/conversationtranscripts.json")
    verdicts = Counter(
        activity.detail["outcome"]
        for thread in threads
        for activity in thread.activities
        if activity.kind is Kind.VERDICT and activity.detail
    )

    assert len(threads) == 7
    assert all(thread.marks.is_test for thread in threads)
    assert verdicts == {Verdict.ABANDONED: 5, Verdict.UNENGAGED: 2}
    assert {thread.marks.bot_name for thread in threads} == {"cr3e5_testCopilot"}


def test_canvas_snapshot_is_one_test_whose_untimed_messages_keep_their_place() -> None:
    (thread,) = threads_of("copilot_studio/test_canvas_snapshot.json")
    times = [activity.at_ms for activity in thread.activities]

    assert thread.marks.is_test
    assert times == sorted(times)
    assert [
        activity.text[:20] for activity in thread.activities if not activity.time_known and activity.kind is Kind.MESSAGE
    ] == ["Give me information "]


def test_handoff_carries_its_context_and_the_messages_before_it() -> None:
    (thread,) = threads_of("copilot_studio/handoff_initiate_activities.json")
    (request,) = [activity for activity in thread.activities if activity.kind is Kind.HANDOFF_REQUEST]

    assert request.detail is not None
    assert len(request.detail["context"]) == 10
    assert [activity.text for activity in thread.activities[:2]] == ["store hours", "I'm happy to help with store hours."]
    assert thread.activities[-1] is request


@pytest.mark.parametrize("path", sorted(FOLDER.glob("bot_framework/*")), ids=lambda path: path.name)
def test_recorded_transcript_is_one_thread_without_problems(path: Path) -> None:
    (thread,) = threads_of(f"bot_framework/{path.name}")

    assert thread.source == "bot_framework"
    assert all(activity.time_known for activity in thread.activities)


@pytest.mark.parametrize(
    ("name", "conversation"),
    [
        ("omnichannel/omnichannel_transcript_messages_from_docs.json", "unnamed-d28dee5db2851c91"),
        ("omnichannel/omnichannel_annotation_row_constructed.json", "<msdyn_transcriptid>"),
    ],
)
def test_omnichannel_transcript_says_who_is_who_where_all_ids_are_the_same(name: str, conversation: str) -> None:
    (thread,) = threads_of(name)

    said = sorted((item.at_ms, item.sender_name, item.wire_role, item.private) for item in thread.activities if item.sender_name)
    assert (thread.source, thread.external_id) == ("omnichannel", conversation)
    assert [each[1:] for each in said] == [
        ("Customer", WireRole.CUSTOMER, False),
        ("Alan Steiner", WireRole.AGENT, False),
        ("Customer", WireRole.CUSTOMER, False),
        ("DynamicsBot", WireRole.SYSTEM, False),
    ]


def test_batch_transcription_is_one_call_of_two_voices_with_offsets() -> None:
    (thread,) = threads_of("voice/azure_batch_transcription.json")
    said = [activity for activity in thread.activities if activity.kind is Kind.MESSAGE]

    assert thread.source == "azure_speech_batch"
    assert [(each.text, each.sender_name, each.detail) for each in said] == [
        ("Run Alabama drivers license.", "Speaker 1", {"offset_ms": 40, "spoken_ms": 2180}),
        ("0030", "Speaker 2", {"offset_ms": 2280, "spoken_ms": 3080}),
        ("669", "Speaker 1", {"offset_ms": 5400, "spoken_ms": 2060}),
    ]
    assert [each.at_ms - said[0].at_ms for each in said] == [0, 2240, 5360]
    assert all(each.time_known for each in thread.activities)


def test_call_centre_conversation_keeps_its_order_and_says_who_is_who() -> None:
    (thread,) = threads_of("voice/azure_conversation.json")
    said = [activity for activity in thread.activities if activity.kind is Kind.MESSAGE]

    assert (thread.source, thread.external_id) == ("azure_conversation", "2b601070-f418-4684-a3f8-e58b48f5d72e")
    assert Counter(each.wire_role for each in said) == {"agent": 10, "customer": 7}
    assert said[0].text.startswith("Hello, you’re chatting with Rene")
    assert not thread.marks.has_times
    assert not any(each.time_known for each in said)
