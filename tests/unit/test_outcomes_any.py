"""Outcomes of what no transcript file holds: a platform's own closures, no bot at all, and any activities whatever."""

# ruff: noqa: E501 (a line of a transcript stays one line)

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.records import Activity, EndCode, EscalationReason, Kind, Marks, Outcome, Thread, Verdict, WireRole
from tests.transcripts import FAR_LATER_MS, deriver_of, ms, told

QUESTION = "10:00:00 customer: where is my parcel?\n"
ANSWERED = QUESTION + "10:00:02 bot: It comes tomorrow.\n"

PLATFORM_WORDS = {
    Verdict.FAILED: "the platform says it failed",
    Verdict.FORCE_CLOSED: "force-closed by a supervisor",
    Verdict.OVERFLOW: "closed by queue overflow",
    Verdict.CLOSED_BY_ADMIN: "closed by an administrator",
}


def activity(number: int, kind: Kind, sender: str = "ada", wire_role: WireRole = WireRole.BOT, **said) -> Activity:
    """One activity a second, as a normaliser would hand it over."""
    texts = {"text": said.pop("text", ""), "locale": "en"}
    times = {"at_ms": said.pop("at_ms", ms("10:00:00") + 1000 * number), "at_sub": 0, "time_known": True}
    rest = {"private": said.pop("private", False), "detail": said.pop("detail", None), "raw": b"{}", "position": number}
    return Activity(number, str(number), b"", kind=kind, wire_type=kind, sender_id=sender, sender_name=sender, wire_role=wire_role,
                    **texts, **times, **rest, thread_key=1)  # fmt: skip


def derived_of(activities, *, now_ms=FAR_LATER_MS, channel="webchat", idle=None):
    thread = Thread(1, 1, "test", "c1", Marks(channels={channel: 0}))
    return deriver_of().derive(activities, [thread], now_ms=now_ms)


@pytest.mark.parametrize(("verdict", "reason"), PLATFORM_WORDS.items(), ids=PLATFORM_WORDS)
def test_what_the_platform_ended_for_its_own_reasons_is_other_and_keeps_the_reason(verdict, reason):
    said = [
        activity(0, Kind.MESSAGE, "ann", WireRole.CUSTOMER, text="hello"),
        activity(1, Kind.MESSAGE, text="It comes tomorrow."),
    ]

    (conversation,) = derived_of([*said, activity(2, Kind.VERDICT, detail={"outcome": verdict})]).conversations

    assert (conversation.outcome, conversation.reason, conversation.deciding_identity) == ("other", reason, 2)


def test_platforms_own_closure_beats_a_bot_that_says_completed():
    said = [
        activity(0, Kind.MESSAGE, "ann", WireRole.CUSTOMER, text="hello"),
        activity(1, Kind.MESSAGE, text="It comes tomorrow."),
    ]
    ended = activity(2, Kind.END, detail={"code": EndCode.COMPLETED})

    (conversation,) = derived_of([*said, activity(2, Kind.VERDICT, detail={"outcome": Verdict.OVERFLOW}), ended]).conversations

    assert conversation.reason == "closed by queue overflow"


def test_open_conversation_has_no_outcome():
    conversation = told(ANSWERED, now="10:20:00")

    assert (conversation.outcome, conversation.reason, conversation.ended_ms, conversation.state) == (None, "", None, "with_bot")


def test_conversation_between_people_has_no_outcome():
    conversation = told(QUESTION + "10:00:05 agent: It comes tomorrow.")

    assert (conversation.is_bot, conversation.outcome, conversation.state) == (False, None, "closed")


def test_bot_that_only_asks_how_it_was_makes_no_bot_conversation():
    conversation = told(
        QUESTION + "10:00:05 agent: It comes tomorrow.\n10:00:30 trace CSATSurveyRequest {}\n10:00:31 bot: How was it?\n"
        '10:00:40 trace CSATSurveyResponse {"response": 5}'
    )

    assert (conversation.is_bot, conversation.outcome) == (False, None)


def test_test_conversation_has_an_outcome_and_is_no_bot_conversation():
    conversation = told(ANSWERED, channel="pva-studio")

    assert (conversation.is_test, conversation.is_bot, conversation.outcome) == (True, False, "resolved")


@pytest.mark.parametrize("channel", ["emulator", "chatdown"])
def test_emulator_and_chatdown_are_no_tests(channel):
    assert told(ANSWERED, channel=channel).is_bot


DETAILS = {
    Kind.MESSAGE: st.sampled_from([None, {"expects_input": True}, {"deleted": True}]),
    Kind.HANDOFF_REQUEST: st.sampled_from([None, {"context": {"a": 1}}, {"reason": EscalationReason.FAILURE}]),
    Kind.HANDOFF_STATUS: st.sampled_from([{"state": "accepted", "agent_id": "bea"}, {"state": "failed"}, {"state": "completed"}]),
    Kind.END: st.sampled_from([{"code": code} for code in EndCode]),
    Kind.VERDICT: st.builds(lambda word, implied: {"outcome": word, "implied": implied}, st.sampled_from(Verdict), st.booleans()),
    Kind.TOPIC: st.sampled_from([{"name": "cards", "system": False}, {"name": "Greeting", "system": True}]),
    Kind.SURVEY_REQUEST: st.sampled_from([{"survey": "csat"}, {"survey": "prr"}]),
    Kind.SURVEY_ANSWER: st.sampled_from([{"survey": "prr", "value": "yes"}, {"survey": "prr", "value": "no"}, {"survey": "csat", "value": 4}]),
    Kind.QUEUE: st.sampled_from([{"state": "entered", "queue": "q"}, {"state": "left", "queue": "q"}]),
    Kind.CONTEXT: st.sampled_from([None, {"queue": "BotQueue"}, {"variables": {"a": True}}]),
}  # fmt: skip
SENDERS = st.sampled_from([
    ("ada", WireRole.BOT), ("max", WireRole.BOT), ("ann", WireRole.USER), ("ann", WireRole.CUSTOMER), ("bea", WireRole.USER),
    ("bea", WireRole.AGENT), ("", WireRole.SYSTEM), ("", WireRole.UNSAID), ("ada", WireRole.UNSAID), ("bot", WireRole.TO_USER),
])  # fmt: skip
TEXTS = st.sampled_from(["", "ok", "Which one?", "Sorry, I didn't understand.", "I want to talk to a human", "0.5"])
GAPS = st.sampled_from([0, 1, 400, 1000, 60_000, 1_800_000, 1_800_001, 90_000_000])


@st.composite
def any_activities(draw):
    at_ms, found = ms("10:00:00"), []
    for number in range(draw(st.integers(1, 14))):
        kind = draw(st.sampled_from(Kind))
        sender, wire_role = draw(SENDERS)
        at_ms += draw(GAPS)
        said = {
            "detail": draw(DETAILS.get(kind, st.none())),
            "text": draw(TEXTS),
            "private": draw(st.sampled_from([False, False, True])),
        }
        found.append(activity(number, kind, sender, wire_role, at_ms=at_ms, **said))
    return found


@pytest.mark.thorough
@settings(max_examples=400, deadline=None)
@given(any_activities(), st.sampled_from(["webchat", "msteams"]), st.booleans())
def test_any_activities_have_exactly_one_outcome_where_a_bot_served_and_it_is_over(activities, channel, is_over):
    derived = derived_of(activities, channel=channel, now_ms=FAR_LATER_MS if is_over else activities[-1].at_ms)

    for conversation in derived.conversations:
        sessions = derived.sessions[conversation.conversation_key]
        served = any(session.handler == "bot" and session.mode == "primary" for session in sessions)
        assert (conversation.outcome is not None) == (served and conversation.ended_ms is not None)
        assert (conversation.outcome is None) or conversation.outcome in set(Outcome)
        assert (conversation.resolution is not None) == (conversation.outcome == "resolved")
        assert bool(conversation.reason) == (conversation.outcome is not None)
        assert (conversation.due_ms is None) == (conversation.ended_ms is not None) == (conversation.state == "closed")
        assert conversation.is_bot == served
        assert (
            conversation.accepted_ms is None
            or conversation.escalated_ms is None
            or conversation.escalated_ms <= conversation.accepted_ms
        )
        own = {item.identity for item in activities if item.conversation_key == conversation.conversation_key}
        assert conversation.deciding_identity is None or conversation.deciding_identity in own
        if is_over:
            assert conversation.ended_ms is not None


@pytest.mark.thorough
@settings(max_examples=300, deadline=None)
@given(any_activities())
def test_sessions_of_any_activities_lie_in_the_conversation_and_follow_one_another(activities):
    derived = derived_of(activities)

    for conversation in derived.conversations:
        sessions = derived.sessions[conversation.conversation_key]
        end_ms = conversation.started_ms
        for session in sessions:
            assert end_ms <= session.started_ms <= session.ended_ms <= conversation.ended_ms
            assert session.duration_ms == session.ended_ms - session.started_ms
            end_ms = session.ended_ms
        if conversation.outcome is not None:
            assert conversation.bot_ms == sessions[conversation.deciding_session - 1].duration_ms


@pytest.mark.thorough
@settings(max_examples=200, deadline=None)
@given(any_activities(), st.randoms(use_true_random=False))
def test_deriving_again_and_in_any_order_says_the_same(activities, random):
    for place, item in enumerate(activities):
        item.position = place
    first = derived_of(activities)

    random.shuffle(activities)

    assert derived_of(activities) == first
