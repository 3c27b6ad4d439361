"""Outcomes of small transcripts, one rule or one conflict of rules each, in the order of docs/metrics.md."""

# ruff: noqa: E501 (a line of a transcript stays one line)

from __future__ import annotations

import pytest

from tests.transcripts import decider, told

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
