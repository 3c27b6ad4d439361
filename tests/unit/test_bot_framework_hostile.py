"""Whatever is sent, reading it raises nothing, depends on nothing but it, and gives what the database can hold."""

from __future__ import annotations

import copy
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.events import Normalised, RawRecord
from ingest.sources import azure_conversation, azure_speech_batch, bot_framework, copilot_studio, detect, omnichannel

pytestmark = pytest.mark.thorough

DATA = Path(__file__).resolve().parent.parent / "data"
ACTIVITIES: list[dict[str, Any]] = json.loads((DATA / "bot_framework" / "parcel.transcript").read_bytes()) + [
    activity
    for row in json.loads((DATA / "copilot_studio" / "rows.json").read_bytes())["value"]
    for activity in json.loads(row["content"])["activities"]
]
WORDS = sorted(
    {key for activity in ACTIVITIES for key in activity} | {"value", "role", "tags", "context", "activities", "content", "name"}
)

TEXTS = st.text(st.characters(codec=None, categories=None), max_size=12) | st.sampled_from(
    [
        "+15551234567",
        '{"type":"Escalate"}',
        "2026-03-02T09:00:00Z",
        "handoff.initiate",
        "Transcript",
        "{",
        "\x00",
        "message",
        "event",
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | TEXTS, inner, max_size=5),
    max_leaves=20,
)


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A real activity with something else in some of its places."""
    activity = copy.deepcopy(draw(st.sampled_from(ACTIVITIES)))
    for _ in range(draw(st.integers(1, 4))):
        place: Any = activity
        while (
            isinstance(inner := place.get(draw(st.sampled_from(sorted(place) or WORDS))), dict) and inner and draw(st.booleans())
        ):
            place = inner
        place[draw(st.sampled_from(sorted(place) + WORDS))] = draw(JSON)
    return activity


def patient(num_examples: int) -> settings:
    """Settings that do not mind a busy machine."""
    return settings(max_examples=num_examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def holds(normalised: Normalised) -> None:
    """What has been read can be stored: integers of 64 bits, text without NUL and half characters, details that are JSON."""
    for thread in normalised.threads:
        assert thread.external_id
        assert thread.activities
        for activity in thread.activities:
            assert 0 <= activity.at_ms < 2**63
            assert 0 <= activity.at_sub < 10_000
            assert -(2**63) <= activity.identity < 2**63
            orjson.dumps(activity.detail)
            orjson.loads(activity.raw)
            for text in (
                activity.text,
                activity.sender_id,
                activity.sender_name,
                activity.locale,
                activity.wire_type,
                thread.external_id,
            ):
                assert "\x00" not in text
                text.encode()
    assert all(problem.reason and isinstance(problem.body, bytes) for problem in normalised.problems)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("sign", ["<", ";", "&", "\\", "+", "[", '{"a":', "a_", " ", "; User"])
def test_long_rows_of_one_sign_take_no_time(sign: str) -> None:
    row = sign * (1_000_000 // len(sign))
    item = {"type": "message", "timestamp": "2026-03-02T09:00:00Z", "speak": row, "value": row, "from": {"id": row, "name": row}}
    session = {"SessionID": row, "StartDateTime": "2026-03-02T09:00:00Z", "ChatTranscript": "User says: " + row}

    holds(bot_framework.read([item, item | {"timestamp": row, "channelData": {"tags": row}}]))
    holds(copilot_studio.read([session, session | {"StartDateTime": row}]))
    holds(copilot_studio.read([{"name": row, "metadata": row, "content": row}]))


@given(st.lists(mutated() | JSON, max_size=5))
@patient(100)
def test_any_array_is_read_or_reported(items: list[Any]) -> None:
    untouched = copy.deepcopy(items)

    for module in (bot_framework, copilot_studio):
        try:
            normalised = module.read(items, whole=b"whole")
        except detect.RecordError:
            continue
        holds(normalised)
        assert repr(items) == repr(untouched)


@given(
    JSON
    | st.fixed_dictionaries({"content": JSON | TEXTS, "metadata": JSON, "name": JSON})
    | st.fixed_dictionaries({"activities": JSON})
)
@patient(100)
def test_any_json_file_is_read_or_reported(value: Any) -> None:
    body = json.dumps(value).encode()

    holds(detect.read(RawRecord("x", body)).normalised)
    holds(copilot_studio.normalise(RawRecord("x", body)))


_NAMES = st.sampled_from(
    [
        *("recognizedPhrases", "AudioFileResults", "SegmentResults", "phrases", "combinedPhrases", "nBest", "words", "display"),
        *("conversations", "analysisInput", "conversationItems", "conversationItemLevelTiming", "wordLevelTimings", "text", "id"),
        *("offset", "duration", "offsetInTicks", "channel", "speaker", "recognitionStatus", "participantId", "role", "modality"),
        *("source", "timestamp", "AudioFileName", "AudioLengthInSeconds", "language", "startTime", "redactedContent"),
    ]
)
CALLS = st.recursive(
    LEAVES | st.sampled_from(["PT1S", "Success", "Channel.0.wav", "-PT9S", "text", "2026-03-02T09:00:00Z"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES | TEXTS, inner, max_size=6),
    max_leaves=30,
)


@given(
    CALLS
    | st.fixed_dictionaries({"recognizedPhrases": st.lists(CALLS, max_size=5), "timestamp": CALLS, "source": CALLS})
    | st.fixed_dictionaries(
        {"conversations": st.lists(st.fixed_dictionaries({"conversationItems": st.lists(CALLS, max_size=5)}))}
    )
)
@patient(200)
def test_any_call_is_read_or_reported(value: Any) -> None:
    untouched = copy.deepcopy(value)

    for module in (azure_speech_batch, azure_conversation):
        for received_ms in (None, 0, 7_258_118_399_999):
            try:
                normalised = module.read(value, whole=b"whole", received_ms=received_ms)
            except detect.RecordError:
                continue
            holds(normalised)
            assert repr(value) == repr(untouched)


_ACCOUNTS = st.dictionaries(
    st.sampled_from(["user", "application", "phone", "guest"]),
    st.none() | st.dictionaries(st.sampled_from(["id", "displayName"]), LEAVES),
)
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"content": TEXTS | st.sampled_from(["<addmember><target>a</target>", "<", "\\\\"]), "from": _ACCOUNTS | LEAVES},
        optional={
            name: LEAVES | st.sampled_from(["2026-03-02T09:00:00Z", "public,messageId-1", "private", "html", "system"])
            for name in (
                "id",
                "created",
                "createdDateTime",
                "contentType",
                "tags",
                "isControlMessage",
                "deleted",
                "culture",
                "type",
            )
        },
    )
    | LEAVES,
    max_size=6,
)


@given(MESSAGES)
@patient(200)
def test_any_omnichannel_message_is_read_or_reported(value: Any) -> None:
    untouched = copy.deepcopy(value)
    for whole in (
        value,
        [{"documentbody": b64encode(json.dumps(value).encode()).decode(), "objecttypecode": "msdyn_transcript"}],
    ):
        try:
            normalised = omnichannel.read(whole, whole=b"whole")
        except detect.RecordError:
            continue
        holds(normalised)
    assert repr(value) == repr(untouched)


@given(
    st.binary(max_size=200)
    | st.text(max_size=100).map(str.encode)
    | st.text(max_size=80).map(lambda text: ("SessionID,ChatTranscript\n" + text).encode())
)
@patient(100)
def test_any_bytes_are_read_or_reported(body: bytes) -> None:
    record = RawRecord("x", body)

    for normalised in (detect.read(record).normalised, bot_framework.normalise(record), copilot_studio.normalise(record)):
        holds(normalised)


@given(st.lists(mutated(), min_size=1, max_size=6), st.randoms(use_true_random=False))
@patient(50)
def test_order_and_repetition_change_no_version(items: list[Any], chance: Any) -> None:
    def versions(array: list[Any]) -> dict[Any, bytes]:
        found: dict[Any, bytes] = {}
        for thread in bot_framework.read(array).threads:
            for activity in thread.activities:
                key = (thread.external_id, activity.identity)
                found[key] = max(activity.version, found.get(key, b""))
        return found

    disordered = [*items, *items]
    chance.shuffle(disordered)

    assert versions(disordered) == versions(items)
