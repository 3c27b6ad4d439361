"""Calls as Azure transcribes them: batch transcriptions in their versions, and conversations for analysis."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from ingest.events import Normalised, RawRecord
from ingest.sources import detect
from store.records import Kind, Thread
from tests.transcripts import deriver_of, ms

DATA = Path(__file__).resolve().parent.parent / "data" / "azure"
RECEIVED_MS = ms("12:00:00")


def transcription() -> Any:
    return json.loads((DATA / "transcription.json").read_bytes())


def conversations() -> Any:
    return json.loads((DATA / "conversations.json").read_bytes())


def read(value: Any, *, received_ms: int | None = RECEIVED_MS) -> Normalised:
    return detect.read(RawRecord("x", json.dumps(value).encode(), received_ms)).normalised


def thread_of(value: Any, **options: Any) -> Any:
    normalised = read(value, **options)
    assert normalised.problems == []
    (thread,) = normalised.threads
    return thread


def spoken(thread: Any) -> list[Any]:
    return [item for item in thread.activities if item.kind is Kind.MESSAGE]


def derived(thread: Any) -> Any:
    for position, item in enumerate(thread.activities):
        item.position = position
    name = thread.external_id
    found = deriver_of().derive(thread.activities, [Thread(1, 1, thread.source, name, thread.marks)], now_ms=ms("23:00:00"))
    (conversation,) = found.conversations
    return conversation


def phrase(text: str, start: float, lasts: float = 1.0, **more: Any) -> dict[str, Any]:
    return {
        "recognitionStatus": "Success",
        "offset": f"PT{start}S",
        "duration": f"PT{lasts}S",
        "nBest": [{"display": text}],
        **more,
    }


def batch(*phrases: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"source": "https://x/y.wav", "timestamp": "2026-03-02T09:00:00Z", "recognizedPhrases": list(phrases)} | more


def roles(thread: Any) -> list[tuple[str, str, bool]]:
    derived(thread)
    return [(item.text, item.role.value, item.role_inferred) for item in spoken(thread)]


def test_phrases_stand_at_the_recordings_time_and_their_offset():
    thread = thread_of(transcription())

    assert [(item.at_ms - ms("09:00:00"), item.detail) for item in spoken(thread)] == [
        (500, {"offset_ms": 500, "spoken_ms": 3250}),
        (4000, {"offset_ms": 4000, "spoken_ms": 6000}),
        (20_000, {"offset_ms": 20_000, "spoken_ms": 10_000}),
        (29_000, {"offset_ms": 29_000, "spoken_ms": 2000}),
    ]
    assert spoken(thread)[0].locale == "en-GB"
    assert thread.marks.channels == {"voice": ms("09:00:00")}


def test_recording_is_over_where_it_ends_and_is_no_bots_conversation():
    conversation = derived(thread_of(transcription()))

    assert (conversation.ended_ms, conversation.closed_by) == (ms("09:00:32"), "end")
    assert not conversation.is_bot
    assert conversation.customer_id == ""  # a voice of one call is nobody's elsewhere


def test_what_was_not_recognised_is_kept_and_no_message():
    (missed,) = [item for item in thread_of(transcription()).activities if item.kind is Kind.OTHER]

    assert missed.wire_type == "phrase NoMatch"
    assert json.loads(missed.raw)["recognitionStatus"] == "NoMatch"


def test_numbers_in_what_was_spoken_are_masked():
    assert spoken(thread_of(transcription()))[1].text == "My parcel is late, call me on ***0143."


def test_call_is_known_by_recording_and_time_not_by_the_key_in_its_address():
    other_key, other_time = transcription(), transcription()
    other_key["source"] = other_key["source"].replace("not-a-secret", "another")
    other_time["timestamp"] = "2026-03-02T09:00:01Z"

    name = thread_of(transcription()).external_id
    assert name.startswith("call-")
    assert thread_of(other_key).external_id == name
    assert thread_of(other_time).external_id != name


def test_without_recording_or_time_it_is_known_by_its_content_and_stands_where_it_was_received():
    bare = transcription()
    del bare["timestamp"]

    thread = thread_of(bare)

    assert spoken(thread)[0].at_ms == RECEIVED_MS + 500
    assert not any(item.time_known for item in thread.activities)
    assert thread.marks.has_times  # how long it took is known
    assert thread_of(copy.deepcopy(bare)).external_id == thread.external_id
    assert [problem.reason for problem in read(bare, received_ms=None).problems] == ["no time anywhere in it"]


def test_who_greets_as_those_do_who_are_called_is_the_agent():
    assert [role for _, role, _ in roles(thread_of(transcription()))] == ["agent", "customer", "agent", "customer"]
    assert all(inferred for *_, inferred in roles(thread_of(transcription())))


def test_where_nobody_greets_so_the_first_voice_is_the_customer():
    thread = thread_of(batch(phrase("My card is gone", 0, speaker=2), phrase("I see", 2, speaker=1), phrase("Oh", 3, speaker=3)))

    assert [role for _, role, _ in roles(thread)] == ["customer", "agent", "agent"]


def test_voices_are_told_apart_by_channel_where_there_are_several_and_never_are_a_bot():
    stereo = batch(
        phrase("a", 0, channel=0, speaker=1), phrase("b", 1, channel=1, speaker=1), phrase("c", 2, channel=1, speaker=2)
    )
    mono = batch(phrase("a", 0, channel=0), phrase("b", 1, channel=0))

    assert [item.sender_name for item in spoken(thread_of(stereo))] == [
        "Channel 0",
        "Channel 1, speaker 1",
        "Channel 1, speaker 2",
    ]
    assert [item.sender_name for item in spoken(thread_of(mono))] == ["Speaker", "Speaker"]
    assert [role for _, role, _ in roles(thread_of(mono))] == ["customer", "customer"]


def test_second_version_with_a_file_for_each_channel_is_one_call():
    def segment(text: str, offset: int) -> dict[str, Any]:
        return {
            "RecognitionStatus": "Success",
            "ChannelNumber": None,
            "SpeakerId": None,
            "Offset": offset,
            "Duration": 10_000_000,
            "NBest": [{"Confidence": 0.9, "Lexical": text, "ITN": text, "MaskedITN": text, "Display": text.capitalize() + "."}],
        }

    value = {
        "AudioFileResults": [
            {"AudioFileName": "Channel.0.wav", "AudioLengthInSeconds": 12.5, "SegmentResults": [segment("how can I help", 0)]},
            {"AudioFileName": "Channel.1.wav", "AudioLengthInSeconds": 12.5, "SegmentResults": [segment("hello", 20_000_000)]},
        ]
    }

    thread = thread_of(value)

    assert [(text, role) for text, role, _ in roles(thread)] == [("How can i help.", "agent"), ("Hello.", "customer")]
    assert thread.activities[-1].at_ms == RECEIVED_MS + 12_500


@pytest.mark.parametrize("kept", [5, "x", {"a": 1}, True], ids=repr)
def test_channel_without_a_list_of_segments_is_said_and_the_other_is_read(kept):
    good = {"AudioFileName": "Channel.1.wav", "SegmentResults": [phrase("hello", 1)]}

    found = read({"AudioFileResults": [{"AudioFileName": "Channel.0.wav", "SegmentResults": kept}, good]})

    assert [str(problem.reason) for problem in found.problems] == ["not a transcription: it holds no recognised phrases"]
    (thread,) = found.threads
    assert [item.text for item in spoken(thread)] == ["hello"]


def test_file_in_which_no_channel_says_anything_is_wrong_and_stops_nothing():
    channels = [{"AudioFileName": "Channel.0.wav", "SegmentResults": 5}, {"AudioFileName": "Channel.1.wav", "SegmentResults": []}]

    found = read({"AudioFileResults": channels})

    assert found.threads == [] and found.problems


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000], ids=len)
def test_channel_of_an_impossible_number_stops_nothing(number):
    channels = [{"AudioFileName": f"Channel.{number}.wav", "SegmentResults": [phrase(text, 1)]} for text in ("a", "b")]

    assert len(read({"AudioFileResults": channels}).threads) == 2


def test_fast_transcription_is_read_too():
    value = {
        "durationMilliseconds": 5000,
        "combinedPhrases": [{"text": "Hi. Hello."}],
        "phrases": [
            {"speaker": 0, "offsetMilliseconds": 40, "durationMilliseconds": 960, "text": "Hi.", "locale": "en-US"},
            {"speaker": 1, "offsetMilliseconds": 2000, "durationMilliseconds": 500, "text": "Hello.", "locale": "en-US"},
        ],
    }

    assert [(item.text, item.detail) for item in spoken(thread_of(value))] == [
        ("Hi.", {"offset_ms": 40, "spoken_ms": 960}),
        ("Hello.", {"offset_ms": 2000, "spoken_ms": 500}),
    ]


def test_phrase_that_says_when_but_not_how_it_was_understood_is_read():
    said = {"offset": "PT1S", "duration": "PT1S", "text": "Hi.", "locale": "en-US"}

    assert [item.text for item in spoken(thread_of(batch(said)))] == ["Hi."]


def test_file_may_hold_several_transcriptions_and_one_bad_one_takes_no_other_along():
    other = transcription() | {"timestamp": "2026-03-02T10:00:00Z"}

    normalised = read([transcription(), other, {"recognizedPhrases": []}, "what?"])

    assert len(normalised.threads) == 2
    assert [problem.reason for problem in normalised.problems] == [
        "a transcription without a phrase: nobody was heard",
        "not a transcription: not an object",
    ]


def test_form_of_a_phrase_is_the_best_there_is():
    guesses = [{"lexical": "worse"}, {"display": "Other."}]

    assert spoken(thread_of(batch(phrase("", 0) | {"nBest": guesses})))[0].text == "worse"
    assert (
        spoken(thread_of(batch(phrase("", 0) | {"nBest": [{"maskedITN": "masked ***", "lexical": "bad"}]})))[0].text
        == "masked ***"
    )


@pytest.mark.parametrize(
    "bad", [{"offset": "PT-3S"}, {"offset": 1e300}, {"offset": None}, {"offset": []}, {"offset": "PT999999H"}]
)
def test_phrase_with_an_impossible_offset_stands_behind_the_one_before_it(bad):
    thread = thread_of(batch(phrase("a", 5), phrase("b", 1) | bad))

    assert [(item.text, item.at_ms) for item in spoken(thread)] == [("a", ms("09:00:05")), ("b", ms("09:00:05"))]
    assert [item.time_known for item in spoken(thread)] == [True, False]


def test_conversations_of_a_file_are_read_each():
    call, chat = read(conversations()).threads

    assert [(item.at_ms - ms("10:00:00"), item.detail) for item in spoken(call)] == [
        (1000, {"offset_ms": 1000, "spoken_ms": 2000}),
        (4000, {"offset_ms": 4000, "spoken_ms": 3000}),
        (8000, {"offset_ms": 8000, "spoken_ms": 2000}),
    ]
    assert roles(call) == [
        ("Hello, Bea here.", "agent", False),
        ("My card is blocked, I am very unhappy.", "customer", False),
        ("I have unblocked it.", "agent", False),
    ]
    assert chat.marks.channels == {}
    assert [item.text for item in spoken(chat)][0].endswith("600 123 4567")  # written, not spoken
    assert derived(chat).customer_id == "ana@example.com"
    assert spoken(chat)[0].locale == "es"


def test_written_conversation_has_no_speech():
    _, chat = read(conversations()).threads

    assert all(item.detail is None for item in spoken(chat))


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ({"role": "Agent", "participantId": "1"}, "agent"),
        ({"role": "customer", "participantId": "7"}, "customer"),
        ({"role": "generic", "participantId": "Customer"}, "customer"),
        ({"participantId": "agent 2"}, "agent"),
        ({"participantId": "virtual agent"}, "bot"),
        ({"participantId": "speaker 1"}, "speaker"),
        ({"participantId": 1}, "speaker"),
        ({}, "speaker"),
        ({"participantId": "Mary"}, "speaker"),
    ],
)
def test_participant_is_who_it_is_called_or_said_to_be(said, role):
    (item,) = spoken(thread_of({"conversationItems": [{"id": "1", "text": "hi"} | said]}))

    assert item.wire_role == role


def test_conversation_without_any_timing_keeps_its_order_and_has_no_durations():
    items = [{"id": str(at), "participantId": "Agent" if at % 2 else "Customer", "text": f"line {at}"} for at in range(9)]

    thread = thread_of({"conversations": [{"id": "c", "conversationItems": items}]})
    conversation = derived(thread)

    assert [item.text for item in sorted(thread.activities, key=lambda item: item.order)][:9] == [f"line {at}" for at in range(9)]
    assert (conversation.started_ms, conversation.ended_ms) == (RECEIVED_MS, RECEIVED_MS)
    assert not thread.marks.has_times


def test_ids_that_repeat_name_nothing_and_what_has_none_is_said_again():
    items = [
        {"id": "1", "participantId": "Customer", "text": "yes"},
        {"id": "1", "participantId": "Customer", "text": "no"},
        {"participantId": "Customer", "text": "ok"},
        {"participantId": "Customer", "text": "ok"},
    ]

    found = spoken(thread_of({"conversationItems": items}))

    assert len({item.identity for item in found}) == 4


def test_time_of_a_conversation_may_stand_around_it():
    value = conversations() | {"createdDateTime": "2026-03-02T08:00:00Z"}
    for each in value["analysisInput"]["conversations"]:
        del each["startTime"]

    assert [thread.activities[-1].at_ms for thread in read(value).threads] == [ms("08:00:10"), ms("08:00:00")]


def test_numbers_as_names_of_conversations_and_participants_are_masked():
    item = {"participantId": "+12025550143", "role": "customer", "text": "hello"}

    thread = thread_of({"id": "+12025550143", "conversationItems": [item]})

    assert thread.external_id.startswith("***0143~")
    assert spoken(thread)[0].sender_id.startswith("***0143~")


@pytest.mark.thorough
def test_hundred_thousand_phrases_are_read():
    thread = thread_of(batch(*(phrase(f"word {at}", at / 10, 0.1, speaker=at % 2 + 1) for at in range(100_000))))

    assert len(spoken(thread)) == 100_000
    assert thread.activities[-1].at_ms == ms("09:00:00") + 10_000_000
