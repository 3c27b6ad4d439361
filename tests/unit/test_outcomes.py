"""Outcomes of small transcripts, one rule or one conflict of rules each, in the order of docs/metrics.md."""

# ruff: noqa: E501 (a line of a transcript stays one line)

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.records import Activity, EndCode, EscalationReason, Kind, Marks, Outcome, Thread, Verdict, WireRole
from tests.transcripts import FAR_LATER_MS, decider, deriver_of, ms, told

QUESTION = "10:00:00 customer: where is my parcel?\n"
ANSWERED = QUESTION + "10:00:02 bot: It comes tomorrow.\n"

# claim: (transcript, outcome, resolution, reason, id of the deciding activity)
ESCALATED = {
    "handoff_initiate_escalates_whatever_its_value": (
        ANSWERED + "10:00:03 #x event handoff.initiate {}",
        "unknown",
        "x",
    ),
    "handoff_initiate_without_a_value_escalates": (ANSWERED + "10:00:03 #x event handoff.initiate", "unknown", "x"),
    "escalate_command_in_tags_escalates": (
        ANSWERED + '10:00:03 #x bot: | {"channelData": {"tags": "{\\"type\\":\\"Escalate\\",\\"context\\":{\\"a\\":1}}"}}',
        "unknown",
        "x",
    ),
    "handoff_that_asks_for_transfer_escalates": (ANSWERED + '10:00:03 #x handoff {"type": "transferToAgent"}', "unknown", "x"),
    "handoff_with_a_context_escalates": (ANSWERED + '10:00:03 #x handoff {"context": {"topic": "cards"}}', "unknown", "x"),
    "handoff_accepted_is_stronger_evidence_than_its_request": (
        ANSWERED + '10:00:03 event handoff.initiate\n10:00:09 #x system event handoff.status {"state": "accepted"}',
        "unknown",
        "x",
    ),
    "request_is_stronger_evidence_than_the_platforms_verdict": (
        ANSWERED + '10:00:03 #x event handoff.initiate\n10:00:09 trace SessionInfo {"outcome": "HandOff", "type": "Engaged"}',
        "unknown",
        "x",
    ),
    "platforms_handoff_outcome_escalates": (
        ANSWERED + '10:00:03 #x trace SessionInfo {"outcome": "HandOff", "type": "Engaged"}',
        "unknown",
        "x",
    ),
    "agents_message_after_the_bots_escalates": (ANSWERED + "10:00:09 #x agent: Bea here", "unknown", "x"),
    "failed_handoff_is_still_asked_for": (
        ANSWERED + '10:00:03 #x event handoff.initiate\n10:00:09 system event handoff.status {"state": "failed"}\n'
        "10:00:10 bot: Nobody is free.",
        "unknown",
        "x",
    ),
    "request_beats_a_confirmation_after_it": (
        ANSWERED + '10:00:03 #x event handoff.initiate\n10:00:09 trace PRRSurveyResponse {"response": "Yes"}',
        "unknown",
        "x",
    ),
    "request_beats_a_resolved_outcome": (
        ANSWERED
        + '10:00:03 #x event handoff.initiate\n10:00:09 trace SessionInfo {"outcome": "Resolved", "impliedSuccess": false}',
        "unknown",
        "x",
    ),
    "request_beats_unengaged": (
        "10:00:02 bot: Hello.\n10:00:03 #x event handoff.initiate\n"
        '10:00:09 trace SessionInfo {"outcome": "None", "type": "Unengaged"}',
        "unknown",
        "x",
    ),
    "request_before_the_customer_wrote_escalates": ("10:00:02 bot: Hello.\n10:00:03 #x event handoff.initiate", "unknown", "x"),
    "request_in_an_earlier_part_stands_after_the_customer_came_back": (
        ANSWERED + "10:00:03 #x event handoff.initiate\n10:00:04 end completedSuccessfully\n"
        "10:05:00 customer: and one more thing\n10:05:01 bot: Done.\n10:05:02 end completedSuccessfully",
        "unknown",
        "x",
    ),
    "platforms_reason_names_the_customer": (
        ANSWERED + '10:00:03 #x trace SessionInfo {"outcome": "HandOff", "outcomeReason": "AgentTransferRequestedByUser"}',
        "asked by customer",
        "x",
    ),
    "platforms_reason_names_the_author": (
        ANSWERED + "10:00:02 #x event handoff.initiate\n"
        '10:00:03 trace SessionInfo {"outcome": "HandOff", "outcomeReason": "AgentTransferConfiguredByAuthor"}',
        "author's rule",
        "x",
    ),
    "platforms_reason_names_max_attempts": (
        ANSWERED
        + '10:00:03 #x trace SessionInfo {"outcome": "HandOff", "outcomeReason": "AgentTransferFromQuestionMaxAttempts"}',
        "bot gave up",
        "x",
    ),
    "platforms_reason_names_a_failure": (
        ANSWERED + '10:00:03 #x trace SessionInfo {"outcome": "HandOff", "outcomeReason": "SystemError"}',
        "failure",
        "x",
    ),
    "customers_wish_for_a_person_is_the_reason": (
        "10:00:00 customer: I want to talk to a human\n10:00:01 bot: One moment.\n10:00:02 #x event handoff.initiate",
        "asked by customer",
        "x",
    ),
    "fallback_before_the_request_is_the_reason": (
        QUESTION + "10:00:01 trace UnknownIntent {}\n10:00:02 bot: One moment.\n10:00:03 #x event handoff.initiate",
        "bot gave up",
        "x",
    ),
}

OTHER = {
    "unengaged_by_the_platform_stands_though_the_customer_wrote": (
        ANSWERED + '10:00:03 #x trace SessionInfo {"outcome": "None", "type": "Unengaged"}',
        "unengaged: the platform says so",
        "x",
    ),
    "unengaged_by_type_beats_a_resolved_outcome": (
        ANSWERED + '10:00:03 #x trace SessionInfo {"outcome": "Resolved", "type": "Unengaged"}',
        "unengaged: the platform says so",
        "x",
    ),
    "unengaged_beats_a_confirmation": (
        ANSWERED + '10:00:02 trace PRRSurveyResponse {"response": "Yes"}\n10:00:03 #x trace SessionInfo {"outcome": "None"}',
        "unengaged: the platform says so",
        "x",
    ),
    "customer_who_never_wrote_is_unengaged": ("10:00:00 bot: Hello.", "unengaged: the customer never wrote", None),
    "customer_who_never_wrote_is_unengaged_whatever_the_bot_says_at_the_end": (
        "10:00:00 bot: Hello.\n10:00:01 end completedSuccessfully",
        "unengaged: the customer never wrote",
        None,
    ),
    "customer_who_only_joined_is_unengaged": (
        "10:00:00 customer conversationUpdate\n10:00:01 bot: Hello.",
        "unengaged: the customer never wrote",
        None,
    ),
    "customer_whose_only_message_was_deleted_is_unengaged": (
        "10:00:00 #m customer: oops\n10:00:01 bot: Hello.\n10:00:02 #m customer: | {\"type\": \"messageDelete\"}",
        "unengaged: the customer never wrote",
        None,
    ),
    "channel_failure_is_other": (ANSWERED + "10:00:03 #x end channelFailed", "the bot or the channel failed", "x"),
    "invalid_message_of_the_bot_is_other": (ANSWERED + "10:00:03 #x end botIssuedInvalidMessage", "the bot or the channel failed", "x"),
    "failure_beats_a_confirmation": (
        ANSWERED + '10:00:03 trace PRRSurveyResponse {"response": "Yes"}\n10:00:04 #x end channelFailed',
        "the bot or the channel failed",
        "x",
    ),
}  # fmt: skip

RESOLVED = {
    "yes_to_the_survey_confirms": (ANSWERED + '10:00:03 #x trace PRRSurveyResponse {"response": "Yes"}', "confirmed", "x"),
    "yes_to_the_survey_beats_an_abandoned_outcome": (
        ANSWERED + '10:00:03 #x trace PRRSurveyResponse {"response": true}\n10:00:04 trace SessionInfo {"outcome": "Abandoned"}',
        "confirmed",
        "x",
    ),
    "last_answer_to_the_survey_counts": (
        ANSWERED + '10:00:03 trace PRRSurveyResponse {"response": "No"}\n10:00:04 #x trace PRRSurveyResponse {"response": "Yes"}',
        "confirmed",
        "x",
    ),
    "resolved_outcome_that_is_not_implied_confirms": (
        ANSWERED + '10:00:03 #x trace SessionInfo {"outcome": "Resolved", "impliedSuccess": false}',
        "confirmed",
        "x",
    ),
    "resolved_outcome_that_is_not_implied_confirms_even_unanswered": (
        QUESTION + '10:00:01 bot: Hm.\n10:00:02 customer: ok\n10:00:03 #x trace SessionInfo {"outcome": "Resolved", "impliedSuccess": false}',
        "confirmed",
        "x",
    ),
    "resolved_outcome_by_time_out_is_implied": (
        ANSWERED + '10:00:03 #x trace SessionInfo {"outcome": "Resolved", "impliedSuccess": true}',
        "implied",
        "x",
    ),
    "resolved_outcome_that_says_no_more_is_implied": (ANSWERED + '10:00:03 #x trace SessionInfo {"outcome": "Resolved"}', "implied", "x"),
    "end_completed_with_the_last_message_answered_is_implied": (ANSWERED + "10:00:03 #x end completedSuccessfully", "implied", "x"),
    "end_completed_may_answer_with_its_own_words": (
        QUESTION + '10:00:01 bot: Let me look.\n10:00:02 customer: thanks\n10:00:03 #x end completedSuccessfully | {"text": "It comes tomorrow."}',
        "implied",
        "x",
    ),
    "bots_end_conversation_command_is_implied": (
        ANSWERED + '10:00:03 #x bot: | {"channelData": {"tags": "{\\"type\\":\\"EndConversation\\",\\"context\\":{}}"}}',
        "implied",
        "x",
    ),
    "no_to_the_survey_leaves_the_end_to_decide": (
        ANSWERED + '10:00:03 trace PRRSurveyResponse {"response": "No"}\n10:00:04 #x end completedSuccessfully',
        "implied",
        "x",
    ),
    "bots_last_word_that_asks_nothing_is_assumed": (QUESTION + "10:00:02 #x bot: It comes tomorrow.", "assumed", "x"),
    "address_with_a_question_mark_in_it_asks_nothing": (QUESTION + "10:00:02 #x bot: See https://x.org/?id=1 for it.", "assumed", "x"),
    "end_without_a_code_says_nothing_and_is_assumed": (QUESTION + "10:00:02 #x bot: It comes tomorrow.\n10:00:03 end", "assumed", "x"),
    "end_with_an_unheard_of_code_says_nothing_and_is_assumed": (
        QUESTION + "10:00:02 #x bot: It comes tomorrow.\n10:00:03 end somethingElse",
        "assumed",
        "x",
    ),
    "empty_handoff_ends_a_skill_and_escalates_nothing": (QUESTION + "10:00:01 handoff\n10:00:02 #x bot: Back again.", "assumed", "x"),
    "handoff_trace_without_an_outcome_escalates_nothing": (
        QUESTION + "10:00:01 trace HandOff {}\n10:00:02 #x bot: It comes tomorrow.",
        "assumed",
        "x",
    ),
    "fallback_that_was_overcome_does_not_spoil_a_resolution": (
        QUESTION + "10:00:01 bot: Sorry, I didn't understand.\n10:00:05 customer: my parcel\n10:00:06 #x bot: It comes tomorrow.",
        "assumed",
        "x",
    ),
    "bot_alone_after_an_end_leaves_the_end_standing": (
        ANSWERED + "10:00:03 #x end completedSuccessfully\n10:00:30 bot: Goodbye.",
        "implied",
        "x",
    ),
    "bot_alone_after_an_idle_close_leaves_the_bots_last_word": (ANSWERED + "12:00:00 #x bot: We miss you.", "assumed", "x"),
    "confirmation_before_the_customer_came_back_counts_no_more": (
        ANSWERED + '10:00:03 trace PRRSurveyResponse {"response": "Yes"}\n10:00:04 end completedSuccessfully\n'
        "10:10:00 customer: one more thing\n10:10:01 #x bot: Done.",
        "assumed",
        "x",
    ),
    "failure_before_the_customer_came_back_counts_no_more": (
        ANSWERED + "10:00:04 end channelFailed\n10:10:00 customer: again\n10:10:01 bot: Done.\n10:10:02 #x end completedSuccessfully",
        "implied",
        "x",
    ),
    "message_in_the_same_second_does_not_overtake_a_verdict_in_whole_seconds": (
        '10:00:01 customer: hello\n10:00:04.000 #x trace SessionInfo {"outcome": "Resolved", "impliedSuccess": false}\n'
        "10:00:04.200 customer: thanks\n10:00:04.700 bot: You are welcome.",
        "confirmed",
        "x",
    ),
}  # fmt: skip

ABANDONED = {
    "unanswered_message_is_abandoned": ("10:00:00 bot: Hello.\n10:00:01 #x customer: where is my parcel", "the customer's last", "x"),
    "bots_question_left_open_is_abandoned": (QUESTION + "10:00:02 #x bot: Which parcel?", "awaited an answer", "x"),
    "expected_input_left_open_is_abandoned": (
        QUESTION + '10:00:02 #x bot: Tell me its number. | {"inputHint": "expectingInput"}',
        "awaited an answer",
        "x",
    ),
    "suggested_actions_left_open_are_abandoned": (
        QUESTION + '10:00:02 #x bot: Choose. | {"suggestedActions": {"actions": [{"title": "a"}]}}',
        "awaited an answer",
        "x",
    ),
    "fallback_as_the_last_word_is_abandoned": (QUESTION + "10:00:02 #x bot: Sorry, I didn't understand that.", "awaited an answer", "x"),
    "end_completed_on_an_unanswered_message_is_abandoned": (
        "10:00:00 bot: Hello.\n10:00:01 #x customer: where is my parcel\n10:00:02 end completedSuccessfully",
        "the customer's last",
        "x",
    ),
    "resolved_by_time_out_on_an_unanswered_message_is_abandoned": (
        '10:00:00 bot: Hello.\n10:00:01 #x customer: hm\n10:00:02 trace SessionInfo {"outcome": "Resolved", "impliedSuccess": true}',
        "the customer's last",
        "x",
    ),
    "user_cancelled_is_abandoned_though_answered": (ANSWERED + "10:00:03 #x end userCancelled", "the customer left", "x"),
    "bot_ending_because_nobody_answered_is_abandoned": (ANSWERED + "10:00:03 #x end botTimedOut", "nobody answered", "x"),
    "platforms_abandoned_outcome_beats_the_bots_last_word": (
        ANSWERED + '10:00:03 #x trace SessionInfo {"outcome": "Abandoned"}',
        "the platform says abandoned",
        "x",
    ),
    "no_to_the_survey_beats_no_outcome_of_the_platform": (
        ANSWERED + '10:00:03 trace PRRSurveyResponse {"response": "No"}\n10:00:04 #x trace SessionInfo {"outcome": "Abandoned"}',
        "the platform says abandoned",
        "x",
    ),
    "customer_who_came_back_after_an_end_unanswered_is_abandoned": (
        ANSWERED + "10:00:03 end completedSuccessfully\n10:05:00 #x customer: and now\n10:05:01 typing",
        "the customer's last",
        "x",
    ),
    "customer_who_came_back_after_silence_unanswered_is_abandoned": (
        ANSWERED + "11:00:00 #x customer: hello again",
        "the customer's last",
        "x",
    ),
    "message_in_the_next_second_overtakes_a_verdict_in_whole_seconds": (
        ANSWERED + '10:00:04.000 trace SessionInfo {"outcome": "Resolved", "impliedSuccess": false}\n10:00:05.000 #x customer: wait',
        "the customer's last",
        "x",
    ),
    "message_a_moment_after_a_verdict_to_the_millisecond_overtakes_it": (
        ANSWERED + '10:00:04.100 trace SessionInfo {"outcome": "Resolved", "impliedSuccess": false}\n10:00:04.200 #x customer: wait',
        "the customer's last",
        "x",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason", "decided_by"), ESCALATED.values(), ids=ESCALATED)
def test_escalated(text, reason, decided_by):
    conversation = told(text)

    assert (conversation.outcome, conversation.resolution, conversation.reason) == ("escalated", None, reason)
    assert decider(text, conversation) == decided_by


@pytest.mark.parametrize(("text", "reason", "decided_by"), OTHER.values(), ids=OTHER)
def test_other(text, reason, decided_by):
    conversation = told(text)

    assert (conversation.outcome, conversation.resolution, conversation.reason) == ("other", None, reason)
    assert decider(text, conversation) == decided_by


@pytest.mark.parametrize(("text", "resolution", "decided_by"), RESOLVED.values(), ids=RESOLVED)
def test_resolved(text, resolution, decided_by):
    conversation = told(text)

    assert (conversation.outcome, conversation.resolution) == ("resolved", resolution)
    assert decider(text, conversation) == decided_by


@pytest.mark.parametrize(("text", "reason", "decided_by"), ABANDONED.values(), ids=ABANDONED)
def test_abandoned(text, reason, decided_by):
    conversation = told(text)

    assert (conversation.outcome, conversation.resolution) == ("abandoned", None)
    assert reason in conversation.reason
    assert decider(text, conversation) == decided_by


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


@settings(max_examples=200, deadline=None)
@given(any_activities(), st.randoms(use_true_random=False))
def test_deriving_again_and_in_any_order_says_the_same(activities, random):
    for place, item in enumerate(activities):
        item.position = place
    first = derived_of(activities)

    random.shuffle(activities)

    assert derived_of(activities) == first
