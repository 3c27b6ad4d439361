"""Single Bot Framework activities: what each is read as."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest

from ingest.events import RawRecord, ThreadInput
from ingest.sources import bot_framework, detect
from ingest.sources.push import PushSource
from store.records import Activity, EndCode, Kind, WireRole

AT = "2026-03-02T09:00:00.000Z"
AT_MS = 1772442000000


def wire(**fields: Any) -> dict[str, Any]:
    """A message of a bot in conversation c, with `fields` over it; None leaves one out."""
    item = {
        "type": "message",
        "id": "1",
        "timestamp": AT,
        "from": {"id": "b", "role": "bot"},
        "conversation": {"id": "c"},
    } | fields
    return {key: value for key, value in item.items() if value is not None}


def thread_of(*items: Any) -> ThreadInput:
    """The one thread of an array."""
    normalised = bot_framework.read(list(items))
    assert normalised.problems == []
    (thread,) = normalised.threads
    return thread


def read(**fields: Any) -> Activity:
    """One activity read alone."""
    (activity,) = thread_of(wire(**fields)).activities
    return activity


def kind_and_detail(**fields: Any) -> tuple[Kind, Any]:
    activity = read(**fields)
    return activity.kind, activity.detail


# Identity and versions


def test_same_id_in_two_conversations_is_two_activities() -> None:
    first, second = bot_framework.read([wire(), wire(conversation={"id": "d"})]).threads

    assert first.activities[0].identity != second.activities[0].identity


def test_identity_is_signed_64_bits_and_differs_by_source() -> None:
    ours = bot_framework.read([wire()], source="ours").threads[0].activities[0].identity

    assert -(2**63) <= ours < 2**63
    assert ours != read().identity


def test_without_an_id_content_is_the_identity() -> None:
    one, again, other = thread_of(wire(id=None, text="a"), wire(id=None, text="a"), wire(id=None, text="b")).activities

    assert one.identity == again.identity != other.identity


@pytest.mark.parametrize(
    ("loser", "winner"),
    [
        (wire(text="a long text that is replaced"), wire(type="messageUpdate", text="b")),
        (wire(type="messageUpdate", text="a long edit"), wire(type="messageDelete")),
        (
            wire(type="messageUpdate", text="first and longer", timestamp="2026-03-02T09:00:01.000Z"),
            wire(type="messageUpdate", text="second", timestamp="2026-03-02T09:00:02.000Z"),
        ),
        (wire(timestamp=None, text="a longer text"), wire()),
        (wire(text="a"), wire(text="a", channelData={"more": 1})),
    ],
    ids=["edit over message", "removal over edit", "later edit", "known time", "more content"],
)
def test_version_decides_which_of_two_stands(loser: dict[str, Any], winner: dict[str, Any]) -> None:
    anchor = wire(id="anchor")

    _, lost, won = thread_of(anchor, loser, winner).activities

    assert lost.identity == won.identity
    assert lost.version < won.version


def test_removed_message_keeps_its_place_and_loses_its_text() -> None:
    removed = read(type="messageDelete", text="secret")

    assert (removed.kind, removed.text, removed.detail) == (Kind.MESSAGE, "", {"deleted": True})


# Senders


@pytest.mark.parametrize(
    ("sender", "recipient", "role"),
    [
        ({"id": "x", "role": "Bot"}, None, WireRole.BOT),
        ({"id": "x", "role": "skill"}, None, WireRole.BOT),
        ({"id": "x", "role": 0}, None, WireRole.BOT),
        ({"id": "x", "role": 1}, None, WireRole.USER),
        ({"id": "x", "role": "user"}, {"role": "user"}, WireRole.USER),
        ({"id": "x"}, {"role": "bot"}, WireRole.USER),
        ({"id": "x"}, {"role": "user"}, WireRole.TO_USER),
        ({"id": "x"}, None, WireRole.UNSAID),
        ({"id": "x", "role": "wizard"}, None, WireRole.UNSAID),
        ({}, None, WireRole.SYSTEM),
        (None, None, WireRole.SYSTEM),
        ({"id": "", "role": 0}, None, WireRole.BOT),
    ],
)
def test_role_is_said_or_told_by_the_recipient_or_system_or_unsaid(sender: Any, recipient: Any, role: WireRole) -> None:
    assert read(**{"from": sender, "recipient": recipient}).wire_role is role


# Text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"text": "plain", "speak": "spoken"}, "plain"),
        ({"speak": '<speak version="1.0"><voice name="x">Hello &amp; <break/>welcome</voice></speak>'}, "Hello & welcome"),
        (
            {
                "attachments": [
                    {"contentType": "application/vnd.microsoft.card.hero", "content": {"title": "Cards", "text": "Pick one"}}
                ]
            },
            "Cards\nPick one",
        ),
        (
            {
                "attachments": [
                    {
                        "contentType": "application/vnd.microsoft.card.adaptive",
                        "content": {
                            "body": [
                                {"type": "TextBlock", "text": "One"},
                                {"type": "ColumnSet", "columns": [{"items": [{"type": "TextBlock", "text": "Two"}]}]},
                            ]
                        },
                    }
                ]
            },
            "One\nTwo",
        ),
        ({"attachments": [{"contentType": "image/png", "contentUrl": "https://x"}]}, ""),
        ({"text": 5}, ""),
    ],
)
def test_text_is_what_people_see_or_hear_and_never_made_up(fields: dict[str, Any], text: str) -> None:
    assert read(**fields).text == text


def test_half_characters_and_nul_become_replacement_characters() -> None:
    body = json.dumps([wire(text="TEXT")]).replace("TEXT", r"a\ud800b\u0000c\ud83d\ude00\\u0000").encode()

    (thread,) = bot_framework.normalise(RawRecord("x", body)).threads

    assert thread.activities[0].text == "a\ufffdb\ufffdc\U0001f600\\u0000"
    orjson.loads(thread.activities[0].raw)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_of_one_file_read_the_same(encoding: str) -> None:
    body = json.dumps([wire(text="Grüße")], ensure_ascii=False)

    assert bot_framework.normalise(RawRecord("x", body.encode(encoding))) == bot_framework.normalise(
        RawRecord("x", body.encode())
    )


@pytest.mark.parametrize(
    "wrap", [lambda item: [item], lambda item: item, lambda item: {"transcript": [item]}, lambda item: {"activities": [item]}]
)
def test_every_wrapping_reads_the_same(wrap: Any) -> None:
    assert bot_framework.read(wrap(wire())).threads == bot_framework.read([wire()]).threads


# Kinds


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"text": "x"}, (Kind.MESSAGE, None)),
        ({"inputHint": "expectingInput"}, (Kind.MESSAGE, {"expects_input": True})),
        ({"suggestedActions": {"actions": [{"title": "Yes"}]}}, (Kind.MESSAGE, {"expects_input": True})),
        ({"suggestedActions": {"actions": []}}, (Kind.MESSAGE, None)),
        ({"type": "typing"}, (Kind.TYPING, None)),
        ({"type": "messageReaction"}, (Kind.OTHER, None)),
        ({"type": "trace", "valueType": "https://www.luis.ai/schemas/trace", "name": "LuisRecognizer"}, (Kind.OTHER, None)),
        ({"type": "endOfConversation", "code": "completedSuccessfully"}, (Kind.END, {"code": EndCode.COMPLETED})),
        ({"type": "endOfConversation", "code": "userCancelled"}, (Kind.END, {"code": EndCode.CUSTOMER_LEFT})),
        ({"type": "endOfConversation", "code": "botTimedOut"}, (Kind.END, {"code": EndCode.BOT_TIMED_OUT})),
        ({"type": "endOfConversation", "code": "channelFailed"}, (Kind.END, {"code": EndCode.FAILED})),
        ({"type": "endOfConversation", "code": "ownCode"}, (Kind.END, {"code": EndCode.UNKNOWN})),
        ({"type": "endOfConversation"}, (Kind.END, {"code": EndCode.UNKNOWN})),
        ({"type": "handoff"}, (Kind.OTHER, None)),
        ({"type": "handoff", "value": {}}, (Kind.OTHER, None)),
        ({"type": "handoff", "value": {"type": "transferToAgent"}}, (Kind.HANDOFF_REQUEST, None)),
        ({"type": "handoff", "value": {"context": {"a": 1}}}, (Kind.HANDOFF_REQUEST, {"context": {"a": 1}})),
        (
            {"type": "handoff", "value": {"va_Topics": ["a"]}},
            (Kind.HANDOFF_REQUEST, {"context": {"va_Topics": ["a"]}, "topic": "a"}),
        ),
        ({"type": "event", "name": "handoff.initiate"}, (Kind.HANDOFF_REQUEST, None)),
        ({"type": "event", "name": "handoff.initiate", "value": {"T": "x"}}, (Kind.HANDOFF_REQUEST, {"context": {"T": "x"}})),
        ({"type": "event", "name": "handoff.initiate", "value": '{"T":1}'}, (Kind.HANDOFF_REQUEST, {"context": {"T": 1}})),
        (
            {"type": "event", "name": "handoff.status", "value": {"state": "Accepted", "agent": {"id": "7", "name": "Bea"}}},
            (Kind.HANDOFF_STATUS, {"state": "accepted", "agent_id": "7", "agent_name": "Bea"}),
        ),
        ({"type": "event", "name": "handoff.status", "value": {"state": "dancing"}}, (Kind.OTHER, None)),
        ({"type": "event", "name": "queue.entered", "value": {"queue": "Q"}}, (Kind.QUEUE, {"state": "entered", "queue": "Q"})),
        ({"type": "event", "name": "queue.left", "value": {"queue": "Q"}}, (Kind.QUEUE, {"state": "left", "queue": "Q"})),
        ({"type": "event", "name": "something.else", "value": {"state": "accepted"}}, (Kind.OTHER, None)),
    ],
)
def test_kind_and_detail(fields: dict[str, Any], expected: tuple[Kind, Any]) -> None:
    assert kind_and_detail(**fields) == expected


@pytest.mark.parametrize(
    "tags",
    ['{"type":"Escalate","context":{"T":"x"}}', '{"Type":0,"Context":{"T":"x"}}', '{"type":"ESCALATE","context":{"T":"x"}}'],
)
def test_escalate_command_asks_for_a_human_and_is_private(tags: str) -> None:
    activity = read(text="summary for the agent", channelData={"tags": tags})

    assert (activity.kind, activity.detail) == (Kind.HANDOFF_REQUEST, {"context": {"T": "x"}})
    assert activity.private
    assert activity.text == "summary for the agent"


@pytest.mark.parametrize("tags", ['{"type":"EndConversation","context":{}}', '{"type":1}'])
def test_end_command_ends_by_the_bot(tags: str) -> None:
    assert kind_and_detail(channelData={"tags": tags}) == (Kind.END, {"code": EndCode.BOT_ENDED})


@pytest.mark.parametrize(
    ("tags", "private"),
    [("private,parentID-1", True), ("public,messageId-1", False), ("{broken", False), ('{"type":9}', False), (7, False)],
)
def test_other_tags_leave_a_message_a_message(tags: Any, private: bool) -> None:
    activity = read(channelData={"tags": tags})

    assert (activity.kind, activity.private) == (Kind.MESSAGE, private)


def test_members_are_listed_with_their_roles() -> None:
    kind, detail = kind_and_detail(
        type="conversationUpdate", membersAdded=[{"id": "a", "name": "Ann"}, {"id": "b", "role": "bot"}, 7]
    )

    assert kind is Kind.MEMBERS
    assert detail == {"joined": [{"id": "a", "name": "Ann", "role": ""}, {"id": "b", "name": "", "role": "bot"}]}


def test_voice_update_names_the_work_item_and_masks_phone_numbers() -> None:
    data = {"customerPhoneNumber": "+15092924729", "msdyn_ocliveworkitemid": "{ABC}", "voices": {}}

    thread = thread_of(wire(type="conversationUpdate", channelData=None, channeldata={"vnd.microsoft.msdyn.oc.data": data}))

    assert thread.marks.work_items == ["abc"]
    assert thread.activities[0].detail == {"variables": {"customerPhoneNumber": "***4729"}}


def test_start_of_a_conversation_sets_context() -> None:
    value = {
        "msdyn_liveworkitemid": "w",
        "msdyn_workstream": "Chat",
        "msdyn_queue": "BotQueue",
        "Tier": "gold",
        "msdyn_Locale": "en",
    }

    thread = thread_of(wire(type="event", name="startConversation", value=value))

    assert thread.marks.work_items == ["w"]
    assert thread.activities[0].kind is Kind.CONTEXT
    assert thread.activities[0].detail == {"variables": {"Tier": "gold"}, "workstream": "Chat", "queue": "BotQueue"}


def test_wire_type_says_which_event_it_is() -> None:
    assert read(type="event", name="queue.left").wire_type == "event queue.left"
    assert read(type="trace", name="LuisRecognizer", valueType="https://www.luis.ai/x").wire_type == "trace LuisRecognizer"
    assert read(type="message", name="x").wire_type == "message"


# Arrays


def test_untimed_activity_takes_the_time_before_it_or_the_first_after() -> None:
    first, second, third = thread_of(wire(id="a", timestamp=None), wire(id="b"), wire(id="c", timestamp="whenever")).activities

    assert [(item.at_ms, item.time_known) for item in (first, second, third)] == [(AT_MS, False), (AT_MS, True), (AT_MS, False)]


def test_no_time_anywhere_is_one_problem() -> None:
    normalised = bot_framework.read([wire(timestamp=None), wire(timestamp=None, id="2"), 5], whole=b"the file")

    assert normalised.threads == []
    assert [(problem.reason, problem.body) for problem in normalised.problems] == [("no time anywhere in it", b"the file")]


def test_the_only_conversation_is_inherited() -> None:
    assert thread_of(wire(), wire(id="2", conversation=None)).external_id == "c"


def test_among_several_conversations_a_nameless_activity_is_a_problem() -> None:
    normalised = bot_framework.read([wire(), wire(conversation={"id": "d"}), wire(id="3", conversation={})])

    assert [thread.external_id for thread in normalised.threads] == ["c", "d"]
    assert [problem.reason for problem in normalised.problems] == ["it names no conversation, and those around it name several"]


def test_unnamed_conversation_is_named_after_its_earliest_activity() -> None:
    early, late = wire(conversation=None), wire(id="2", conversation=None, timestamp="2026-03-02T10:00:00Z")

    name = thread_of(early, late).external_id

    assert name.startswith("unnamed-")
    assert thread_of(late, early, early).external_id == name
    assert thread_of(late).external_id != name


def test_what_is_posted_without_any_conversation_is_rejected_and_kept() -> None:
    posted = [wire(conversation=None), wire(id="2", conversation={"id": ""})]

    normalised = PushSource().normalise(RawRecord("push from 127.0.0.1", orjson.dumps(posted), received_ms=0))

    assert normalised.threads == []
    assert [problem.reason for problem in normalised.problems] == ["it names no conversation (conversation.id)"] * 2
    assert [orjson.loads(problem.body)["id"] for problem in normalised.problems] == [item["id"] for item in posted]


def test_what_was_posted_without_any_conversation_is_no_conversation_when_it_is_read_again() -> None:
    record = RawRecord("push from 127.0.0.1", orjson.dumps(wire(conversation=None)), received_ms=0)

    again = detect.read(record, source="bot_framework", is_pushed=True).normalised

    assert again == PushSource().normalise(record)
    assert again.threads == []


def test_what_is_posted_beside_one_conversation_belongs_to_it() -> None:
    posted = [wire(), wire(id="2", conversation=None)]

    [thread] = PushSource().normalise(RawRecord("push from 127.0.0.1", orjson.dumps(posted), received_ms=0)).threads

    assert (thread.external_id, len(thread.activities)) == ("c", 2)


def test_transcript_in_a_handoff_comes_before_it_and_only_once() -> None:
    earlier = [wire(id="m1", text="hi"), wire(id="m2", text="help")]
    attachment = {"name": "Transcript", "contentType": "application/json", "content": {"activities": earlier}}
    request = wire(id="h", type="event", name="handoff.initiate", attachments=[attachment])

    alone = [activity.activity_id for activity in thread_of(request).activities]
    together = [activity.activity_id for activity in thread_of(earlier[0], request).activities]

    assert alone == ["m1", "m2", "h"]
    assert together == ["m1", "m2", "h"]


def test_marks_hold_channels_groups_and_tests() -> None:
    thread = thread_of(
        wire(channelId="webchat"),
        wire(id="2", channelId="pva-studio", timestamp="2026-03-02T08:00:00Z", conversation={"id": "c", "isGroup": True}),
        wire(id="3", channelId="webchat", timestamp="2026-03-02T08:30:00Z"),
    )

    assert thread.marks.channels == {"pva-studio": AT_MS - 3_600_000, "webchat": AT_MS - 1_800_000}
    assert thread.marks.is_group
    assert thread.marks.is_test
