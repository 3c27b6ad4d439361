"""Sessions, queue stays and times: when a bot's part begins and ends, whatever else happens around it."""

# ruff: noqa: E501 (a line of a transcript stays one line)

from __future__ import annotations

import pytest

from metrics.rules import Rules
from tests.transcripts import derive, ms, sessions, told

ASKED = """
    10:00:00 conversationUpdate
    10:00:05 customer: where is my parcel?
    10:00:07 bot: I will ask.
    10:00:10 event handoff.initiate
"""


def shapes(text, **options):
    """Handler, name, seconds it took and how it ended, for each session."""
    return [(found.handler, found.name, found.duration_ms / 1000, found.end) for found in sessions(text, **options)]


def seconds(at_ms):
    return None if at_ms is None else (at_ms - ms("10:00:00")) / 1000


def test_bot_session_begins_with_the_conversation_update():
    (session,) = sessions("10:00:00 system conversationUpdate\n10:00:05 bot: Hello.\n10:00:09 customer: hi")

    assert (session.started_ms, session.ended_ms) == (ms("10:00:00"), ms("10:00:09"))


def test_bot_session_begins_with_the_customers_first_message():
    (session,) = sessions("10:00:01 customer: hi\n10:00:05 bot: Hello.")

    assert (session.duration_ms, session.end) == (4000, "timeout")


def test_session_ends_at_the_request_and_what_the_bot_sends_after_does_not_lengthen_it():
    assert shapes(ASKED + "10:00:40 bot: Please hold.\n10:05:00 bot: Still holding.") == [("bot", "Ada", 10.0, "handoff")]


def test_conversation_waits_after_the_request():
    conversation = told(ASKED + "10:00:40 bot: Please hold.", now="10:01:00")

    assert (conversation.state, seconds(conversation.escalated_ms), conversation.accepted_ms) == ("waiting", 10.0, None)


def test_escalation_time_runs_to_the_earliest_request():
    conversation = told(
        ASKED
        + '10:00:20 event handoff.initiate\n10:00:30 system event handoff.status {"state": "accepted"}\n10:01:00 agent: Bea here'
    )

    assert (conversation.bot_ms, seconds(conversation.escalated_ms), seconds(conversation.accepted_ms)) == (10_000, 10.0, 30.0)


def test_escalation_time_without_a_request_runs_to_the_agents_first_message():
    conversation = told("10:00:00 customer: hi\n10:00:02 bot: Hello.\n10:01:00 agent: Bea here\n10:02:00 agent: done")

    assert (conversation.outcome, conversation.bot_ms, seconds(conversation.escalated_ms)) == ("escalated", 60_000, 60.0)


def test_escalation_time_of_an_acceptance_without_a_request_runs_to_the_agents_first_message():
    conversation = told(
        '10:00:00 customer: hi\n10:00:02 bot: Hello.\n10:00:30 system event handoff.status {"state": "accepted"}\n10:01:00 agent: Bea here'
    )

    assert (conversation.bot_ms, seconds(conversation.escalated_ms)) == (60_000, 60.0)


def test_acceptance_without_a_request_or_an_agents_message_ends_the_bots_session():
    text = (
        "10:00:00 customer: hi\n10:00:02 bot: Hello.\n"
        '10:00:30 system event handoff.status {"state": "accepted", "agent": {"id": "bea", "name": "Bea"}}\n10:00:50 customer: anyone?'
    )

    assert shapes(text) == [("bot", "Ada", 30.0, "handoff"), ("agent", "Bea", 20.0, "timeout")]
    assert (told(text).outcome, told(text).bot_ms, seconds(told(text).accepted_ms)) == ("escalated", 30_000, 30.0)


def test_waiting_is_in_nobodys_session():
    found = sessions(
        ASKED + '10:10:00 system event handoff.status {"state": "accepted"}\n10:10:30 agent: Bea here\n10:11:00 customer: hi'
    )

    assert [(seconds(each.started_ms), seconds(each.ended_ms)) for each in found] == [(0, 10), (600, 660)]


def test_agent_who_writes_after_a_wait_longer_than_the_idle_time_out_has_accepted():
    conversation = told(ASKED + "10:45:00 agent: Bea here")

    assert (seconds(conversation.escalated_ms), seconds(conversation.accepted_ms), conversation.bot_ms) == (10.0, 2700.0, 10_000)


def test_agent_who_writes_after_a_failed_handoff_has_accepted():
    conversation = told(ASKED + '10:00:20 system event handoff.status {"state": "failed"}\n10:00:30 agent: Bea here')

    assert seconds(conversation.accepted_ms) == 30.0


def test_failed_handoff_gives_the_conversation_back_to_the_bot():
    text = (
        ASKED + '10:01:00 system event handoff.status {"state": "failed"}\n10:01:02 bot: Nobody is free.\n10:01:10 customer: pity'
    )

    assert shapes(text, now="10:02:00") == [("bot", "Ada", 10.0, "handoff"), ("bot", "Ada", 10.0, "open")]
    assert told(text, now="10:02:00").state == "with_bot"
    assert (told(text).outcome, told(text).bot_ms, told(text).accepted_ms) == ("escalated", 10_000, None)


def test_request_that_nobody_accepted_is_escalated_and_says_so():
    conversation = told(ASKED + "10:03:00 end userCancelled")

    assert (conversation.outcome, conversation.accepted_ms, seconds(conversation.ended_ms)) == ("escalated", None, 180.0)


def test_idle_time_out_is_in_no_duration():
    conversation = told("10:00:00 customer: hi\n10:00:08 bot: Hello.", now="20:00:00")

    assert (conversation.bot_ms, seconds(conversation.ended_ms), conversation.closed_by) == (8000, 8.0, "idle")


def test_session_of_an_open_conversation_is_open():
    assert shapes("10:00:00 customer: hi\n10:00:08 bot: Hello.", now="10:10:00") == [("bot", "Ada", 8.0, "open")]


def test_silence_longer_than_the_idle_time_out_parts_two_sessions_and_is_in_neither():
    text = "10:00:00 customer: hi\n10:00:08 bot: Hello.\n10:30:08.001 customer: me again\n10:30:10 bot: Welcome back."

    assert shapes(text) == [("bot", "Ada", 8.0, "timeout"), ("bot", "Ada", 1.999, "timeout")]


def test_silence_of_just_the_idle_time_out_parts_nothing():
    assert len(sessions("10:00:00 customer: hi\n10:00:08 bot: Hello.\n10:30:08 customer: me again\n10:30:10 bot: Welcome.")) == 1


def test_idle_time_out_of_the_channel_counts():
    rules = Rules(idle_seconds_by_channel={"webchat": 60})

    assert told("10:00:00 customer: hi\n10:00:08 bot: Hello.", now="10:01:08", rules=rules).state == "closed"
    assert told("10:00:00 customer: hi\n10:00:08 bot: Hello.", now="10:01:07", rules=rules).state == "with_bot"


def test_message_after_an_end_begins_a_new_session():
    text = (
        "10:00:00 customer: hi\n10:00:08 bot: Hello.\n10:00:09 end completedSuccessfully\n"
        "10:05:00 customer: again\n10:05:02 bot: Again.\n10:05:03 end completedSuccessfully"
    )

    assert shapes(text) == [("bot", "Ada", 9.0, "end"), ("bot", "Ada", 3.0, "end")]
    assert (told(text).bot_ms, told(text).deciding_session, seconds(told(text).ended_ms)) == (3000, 2, 303.0)


def test_what_is_no_message_does_not_reopen_and_does_not_move_the_end():
    text = "10:00:00 customer: hi\n10:00:08 bot: Hello.\n10:00:09 end completedSuccessfully\n10:09:00 typing\n10:09:01 conversationUpdate"

    assert (seconds(told(text).ended_ms), seconds(told(text).last_ms), told(text).closed_by) == (9.0, 9.0, "end")
    assert len(sessions(text)) == 1


def test_message_in_the_same_second_as_a_verdict_moves_the_end_and_opens_no_session():
    text = '10:00:00 customer: hi\n10:00:04.000 trace SessionInfo {"outcome": "Resolved"}\n10:00:04.700 bot: Bye.'

    assert [(found.end, found.duration_ms) for found in sessions(text)] == [("end", 4700)]
    assert seconds(told(text).ended_ms) == 4.7


def test_two_bots_are_two_sessions_and_the_one_that_decided_has_it():
    text = "10:00:00 customer: hi\n10:00:02 bot: Max will help.\n10:00:05 bot Max: Max here.\n10:00:15 customer: ok\n10:00:20 bot Max: Done."

    assert shapes(text) == [("bot", "Ada", 2.0, "transfer"), ("bot", "Max", 15.0, "timeout")]
    assert (told(text).bot, told(text).bot_ms) == ("Max", 15_000)


def test_bot_that_asked_for_the_human_has_the_escalation_not_the_one_after():
    text = ASKED + '10:01:00 system event handoff.status {"state": "failed"}\n10:01:02 bot Max: Max here.\n10:01:10 customer: ok'

    assert (told(text).bot, told(text).bot_ms, told(text).deciding_session) == ("Ada", 10_000, 1)


def test_two_names_of_one_bot_by_alias_are_one_session():
    rules = Rules(bot_aliases={"Ada": "Parcels", "Max": "Parcels"})
    text = "10:00:00 customer: hi\n10:00:02 bot: Hello.\n10:00:05 bot Max: Max here."

    assert [found.name for found in sessions(text, rules=rules)] == ["Parcels"]


def test_bot_renamed_in_the_middle_is_one_bot_by_its_latest_name():
    text = '10:00:00 customer: hi\n10:00:02 bot: Hello.\n10:00:05 bot: Bye. | {"from": {"id": "ada", "name": "Ada II", "role": "bot"}}'

    assert [found.name for found in sessions(text)] == ["Ada II"]


def test_bot_without_a_name_goes_by_its_id():
    assert told('10:00:00 customer: hi\n10:00:02 bot: Hello. | {"from": {"id": "b-7", "role": "bot"}}').bot == "b-7"


def test_transfer_between_agents_is_a_session_each():
    text = ASKED + "10:01:00 agent: Bea here\n10:02:00 agent Cid: Cid here\n10:03:00 customer: hi"

    assert [shape[:2] for shape in shapes(text)] == [("bot", "Ada"), ("agent", "Bea"), ("agent", "Cid")]
    assert told(text, now="10:04:00").handler_name == "Cid"
    assert told(text, now="10:04:00").state == "with_agent"


def test_conversation_returned_to_the_bot_says_so_and_stays_escalated():
    text = ASKED + "10:01:00 agent: Bea here\n10:02:00 bot: Ada again.\n10:02:30 customer: ok\n10:02:31 bot: Done."

    assert [shape[:2] for shape in shapes(text)] == [("bot", "Ada"), ("agent", "Bea"), ("bot", "Ada")]
    assert (told(text).returned_to_bot, told(text).outcome, told(text).bot_ms) == (True, "escalated", 10_000)


def test_bot_that_only_announces_the_agent_takes_nothing_back():
    text = (
        ASKED + '10:01:00 system event handoff.status {"state": "accepted"}\n10:01:01 bot: Bea joins.\n10:01:05 agent: Bea here'
    )

    assert [shape[:1] for shape in shapes(text)] == [("bot",), ("agent",)]
    assert not told(text).returned_to_bot


@pytest.mark.parametrize(
    "survey",
    [
        "10:02:00 bot: How was it?\n10:02:01 trace CSATSurveyRequest {}",
        "10:02:00 trace CSATSurveyRequest {}\n10:02:01 bot: How was it?",
        '10:01:59 system event handoff.status {"state": "completed"}\n10:02:00 trace CSATSurveyRequest {}\n10:02:01 bot: How was it?',
    ],
    ids=["asked after the words", "asked before the words", "asked after the agent had ended"],
)
def test_survey_after_the_agent_is_a_survey_session_and_no_return_to_the_bot(survey):
    text = ASKED + f'10:01:00 agent: Bea here\n{survey}\n10:02:10 trace CSATSurveyResponse {{"response": 4}}'

    found = sessions(text)

    assert [(each.handler, each.mode) for each in found] == [("bot", "primary"), ("agent", "primary"), ("bot", "survey")]
    assert (told(text).returned_to_bot, told(text).bot_ms) == (False, 10_000)
    assert (told(text).csat_micro, told(text).csat_requested) == (4_000_000, True)


def test_survey_by_the_same_bot_before_any_agent_is_part_of_its_session():
    text = "10:00:00 customer: hi\n10:00:02 bot: Hello.\n10:00:04 trace CSATSurveyRequest {}\n10:00:05 bot: How was it?"

    assert [(each.handler, each.mode) for each in sessions(text)] == [("bot", "primary")]


def test_queue_of_the_bot_and_queue_of_the_escalation_are_kept_apart():
    text = (
        '10:00:00 event startConversation {"msdyn_liveworkitemid": "w-1", "msdyn_workstream": "Chat", "msdyn_queue": "BotQueue"}\n'
        "10:00:01 customer: hi\n10:00:02 bot: Hello.\n10:00:10 event handoff.initiate\n"
        '10:00:11 system event queue.entered {"queue": "Cards"}\n'
        '10:00:31 system event queue.left {"queue": "Cards"}\n10:00:31 system event handoff.status {"state": "accepted"}'
    )
    (segments,) = derive(text).segments.values()

    assert (told(text).workstream, told(text).queue, told(text).escalation_queue) == ("Chat", "BotQueue", "Cards")
    assert [(found.queue, seconds(found.entered_ms), seconds(found.left_ms)) for found in segments] == [("Cards", 11.0, 31.0)]


def test_stay_in_a_queue_ends_with_acceptance():
    text = (
        ASKED
        + '10:00:11 system event queue.entered {"queue": "Cards"}\n10:00:31 system event handoff.status {"state": "accepted"}'
    )
    (segments,) = derive(text).segments.values()

    assert [(found.queue, seconds(found.accepted_ms)) for found in segments] == [("Cards", 31.0)]


def test_stay_in_a_queue_ends_with_entering_another():
    text = (
        ASKED + '10:00:11 system event queue.entered {"queue": "Cards"}\n10:00:20 system event queue.entered {"queue": "Loans"}'
    )
    (segments,) = derive(text).segments.values()

    assert [(found.queue, seconds(found.left_ms)) for found in segments] == [("Cards", 9.0 + 11.0), ("Loans", None)]


@pytest.mark.parametrize(
    ("after", "left"),
    [
        ('10:00:40 system event handoff.status {"state": "failed"}\n10:02:00 bot: Sorry.', 40.0),
        ("10:00:40 end completedSuccessfully\n10:01:00 customer: hi again", 40.0),
        ("13:00:00 customer: hi again", 11.0),  # by its silence, it ended with what came last
        ("10:00:40 end completedSuccessfully", None),  # as the conversation says
    ],
)
def test_stay_that_ends_before_its_conversation_says_when(after, left):
    (segments,) = derive(ASKED + '10:00:11 system event queue.entered {"queue": "Cards"}\n' + after).segments.values()

    assert [None if found.left_ms is None else seconds(found.left_ms) for found in segments] == [left]


CARDS = '10:00:11 system event queue.entered {"queue": "Cards"}\n'


def stays(text, **options):
    """Queue, what became of it, and who took it, for each stay."""
    (found,) = derive(text, **options).segments.values()
    return [(each.queue, each.end, each.accepted_by) for each in found]


def test_stay_that_an_agent_ends_is_accepted_by_one():
    assert stays(ASKED + CARDS + "10:00:40 agent: Bea here") == [("Cards", "accepted", "agent")]


def test_bot_that_has_the_conversation_takes_it_from_the_queue_at_once():
    text = '10:00:00 bot: Hello.\n10:00:01 system event queue.entered {"queue": "Bots"}\n10:00:02 customer: hi'

    assert stays(text) == [("Bots", "accepted", "bot")]


@pytest.mark.parametrize(
    ("rest", "end"),
    [
        ('10:02:00 system event queue.left {"queue": "Cards"}\n10:02:00 customer end userCancelled', "abandoned"),
        ("10:02:00 customer end userCancelled", "abandoned"),
        ("10:02:00 customer: hello?", "abandoned"),
        ("10:02:00 system end channelFailed", "system"),
        ('10:02:00 system event handoff.status {"state": "failed"}', "system"),
        ('10:02:00 system event queue.entered {"queue": "Loans"}\n10:02:09 agent: Bea here', "moved"),
    ],
)
def test_stay_that_nobody_ends_says_who_left_whom(rest, end):
    assert stays(ASKED + CARDS + rest)[0] == ("Cards", end, "")


def test_stay_of_an_open_conversation_still_waits():
    assert stays(ASKED + CARDS, now="10:01:00") == [("Cards", "open", "")]


def test_acceptance_said_after_the_queue_was_left_still_counts():
    text = '10:00:31 system event queue.left {"queue": "Cards"}\n10:00:32 system event handoff.status {"state": "accepted"}'

    assert stays(ASKED + CARDS + text) == [("Cards", "accepted", "agent")]


def test_bot_that_answers_a_customer_who_comes_back_does_not_take_the_stay_they_left():
    text = "10:02:00 customer end userCancelled\n10:09:00 customer: me again\n10:09:02 bot: Hello."

    assert stays(ASKED + CARDS + text) == [("Cards", "abandoned", "")]


def test_agent_who_comes_after_a_silence_longer_than_the_time_out_takes_the_stay():
    assert stays(ASKED + CARDS + "10:55:00 agent: Sorry for the wait") == [("Cards", "accepted", "agent")]


def test_survey_that_the_customer_did_not_wait_for_leaves_the_next_session_an_ordinary_one():
    text = ASKED + (
        '10:01:00 agent: Bea here\n10:02:00 system event handoff.status {"state": "completed"}\n10:02:01 trace CSATSurveyRequest {}\n'
        "10:05:00 customer: one more thing\n10:05:01 bot: Yes?"
    )

    assert sessions(text)[-1].mode == "primary"


def test_end_by_the_agents_side_closes_the_conversation():
    conversation = told(
        ASKED + '10:01:00 agent: Bea here\n10:02:00 system event handoff.status {"state": "completed"}', now="10:02:01"
    )

    assert (conversation.state, seconds(conversation.ended_ms), conversation.closed_by) == ("closed", 120.0, "end")
