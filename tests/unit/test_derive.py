"""Facts of a conversation: its identity, its episodes, its topic, its surveys, what was set for routing."""

# ruff: noqa: E501 (a line of a transcript stays one line)

from __future__ import annotations

import pytest

import settings
from metrics.rules import PERSISTENT_CHANNELS, Rules
from store.records import Marks, Thread
from tests.transcripts import activities_of, decider, derive, deriver_of, ms, told

HELLO = "10:00:00 customer: hi\n10:00:02 bot: Hello."


def variables(text):
    (found,) = derive(text).context.values()
    return [(item.name, item.value, item.value_type) for item in found]


def test_facts_of_a_closed_conversation():
    conversation = told(HELLO)

    assert (conversation.conversation_id, conversation.source, conversation.channel) == ("c1", "bot_framework", "webchat")
    assert (conversation.started_ms, conversation.ended_ms, conversation.last_ms) == (
        ms("10:00:00"),
        ms("10:00:02"),
        ms("10:00:02"),
    )
    assert (conversation.bot, conversation.bot_id, conversation.handler_name) == ("Ada", "ada", "Ada")
    assert (conversation.num_activities, conversation.num_messages, conversation.num_customer_messages) == (2, 2, 1)
    assert (conversation.last_customer_ms, conversation.last_reply_ms) == (ms("10:00:00"), ms("10:00:02"))


def test_open_conversation_knows_when_it_falls_due():
    conversation = told(HELLO, now="10:05:00")

    assert (conversation.due_ms, conversation.closed_by) == (ms("10:30:02"), "")


def test_topic_is_the_last_that_is_not_the_systems():
    text = HELLO + (
        '\n10:00:03 trace IntentRecognition {"intentTitle": "Cards", "intentScore": {}}'
        '\n10:00:04 trace IntentRecognition {"intentTitle": "Loans", "intentScore": {}}'
        '\n10:00:05 trace IntentRecognition {"intentTitle": "Goodbye", "intentScore": {}}'
    )

    assert told(text).topic == "Loans"


def test_bots_name_is_the_configured_one_by_name_or_by_id():
    assert told(HELLO, rules=Rules(bot_aliases={"Ada": "Parcels"})).bot == "Parcels"
    assert told(HELLO, rules=Rules(bot_aliases={"ada": "Parcels"})).bot == "Parcels"
    assert told(HELLO, rules=Rules(bot_aliases={"ada": "Parcels"})).bot_id == "ada"


def test_context_variables_keep_their_types_and_the_platforms_own_are_left_out():
    value = '{"BotHandoffTopic": "CreditCard", "Tries": 3, "Vip": true, "Cart": {"b": 1, "a": 2}, "msdyn_x": "no"}'

    assert variables(HELLO + f"\n10:00:03 event handoff.initiate {value}") == [
        ("BotHandoffTopic", "CreditCard", "text"),
        ("Tries", "3", "number"),
        ("Vip", "true", "boolean"),
        ("Cart", '{"a": 2, "b": 1}', "json"),
    ]


def test_survey_answer_and_request_are_facts_and_the_last_answer_counts():
    text = HELLO + '\n10:00:03 trace CSATSurveyRequest {}\n10:00:04 trace CSATSurveyResponse {"response": 2}'

    assert (told(text).csat_micro, told(text).csat_requested) == (2_000_000, True)
    assert told(text + '\n10:00:05 trace CSATSurveyResponse {"response": 4}').csat_micro == 4_000_000
    assert (told(HELLO).csat_micro, told(HELLO).csat_requested) == (None, False)


def test_answer_without_a_recorded_request_was_requested():
    assert told(HELLO + '\n10:00:04 trace CSATSurveyResponse {"response": 5}').csat_requested


@pytest.mark.parametrize("said", ["0", "6", '"very good"', "null", "true"])
def test_answer_off_the_scale_is_none(said):
    assert told(HELLO + f'\n10:00:04 trace CSATSurveyResponse {{"response": {said}}}').csat_micro is None


def test_fallbacks_count_once_a_turn_and_in_a_row():
    text = (
        "10:00:00 customer: a\n10:00:01 trace UnknownIntent {}\n10:00:01.500 bot: Sorry, I didn't understand.\n"
        "10:00:02 customer: b\n10:00:03 bot: Sorry, I didn't understand.\n10:00:04 customer: c\n10:00:05 bot: Sorry, I didn't get that."
    )

    assert (told(text).num_fallbacks, told(text).fallbacks_in_a_row) == (3, 3)
    assert told(text + "\n10:00:06 customer: d\n10:00:07 bot: Ah, yes.").fallbacks_in_a_row == 0


def test_wishes_for_a_person_are_counted():
    assert told("10:00:00 customer: agent please\n10:00:01 bot: No.\n10:00:02 customer: human please").num_human_asks == 2


@pytest.mark.parametrize("channel", ["msteams", "MSTeams", "sms", "whatsapp"])
def test_silence_on_a_persistent_channel_begins_a_new_conversation(channel):
    derived = derive(HELLO + "\n2026-03-05T09:00:00 customer: me again\n2026-03-05T09:00:04 bot: Welcome back.", channel=channel)

    assert [(each.conversation_id, each.bot_ms, each.num_messages) for each in derived.conversations] == [
        ("c1", 2000, 2),
        ("c1#2", 4000, 2),
    ]
    assert [each.episode for each in derived.conversations] == [1, 2]
    assert len({each.conversation_key for each in derived.conversations}) == 2


def test_settings_and_rules_have_the_same_persistent_channels():
    assert frozenset(settings.PERSISTENT_CHANNELS) == PERSISTENT_CHANNELS


def test_idle_time_out_of_a_channel_holds_however_the_channel_is_written():
    rules = Rules(idle_seconds_by_channel={"msteams": 60})

    assert [rules.idle_ms(channel) for channel in ("msteams", "MSTeams", "sms")] == [60_000, 60_000, 1_800_000]


def test_silence_elsewhere_re_opens_the_same_conversation():
    derived = derive(HELLO + "\n2026-03-05T09:00:00 customer: me again\n2026-03-05T09:00:04 bot: Welcome back.")

    assert [each.conversation_id for each in derived.conversations] == ["c1"]


def test_gap_of_just_the_idle_time_out_begins_no_new_conversation():
    assert len(derive(HELLO + "\n10:30:02 customer: me again", channel="sms").conversations) == 1
    assert len(derive(HELLO + "\n10:30:02.001 customer: me again", channel="sms").conversations) == 2


def test_only_the_last_episode_can_be_open_even_by_a_clock_that_is_behind():
    derived = derive(HELLO + "\n12:00:00 customer: me again", channel="sms", now="09:00:00")

    assert [each.state for each in derived.conversations] == ["closed", "with_bot"]


def test_each_episode_has_its_own_outcome_sentiment_and_customer():
    derived = derive(
        '10:00:00 customer: -1 | {"locale": "en"}\n10:00:02 bot: Hello.\n10:00:03 event handoff.initiate\n'
        '2026-03-05T09:00:00 customer: 1 | {"locale": "en"}\n2026-03-05T09:00:04 bot: Done.',
        channel="whatsapp",
    )

    assert [(each.outcome, each.sentiment_micro) for each in derived.conversations] == [
        ("escalated", -285_714),
        ("resolved", 285_714),
    ]


def test_threads_that_are_one_conversation_go_by_the_work_item_they_share():
    first = Thread(4, 4, "bot_framework", "b", Marks(channels={"webchat": 5}))
    second = Thread(9, 4, "copilot_studio", "a", Marks(channels={"lcw": 2}, work_items=["w-1"], is_test=True))

    for threads in ([first, second], [second, first]):
        (conversation,) = deriver_of().derive(activities_of(HELLO), threads, now_ms=ms("11:00:00")).conversations

        assert (conversation.conversation_id, conversation.source, conversation.channel) == ("w-1", "bot_framework", "lcw")
        assert conversation.is_test


def test_one_thread_keeps_its_own_name_though_it_has_a_work_item():
    conversation = told(HELLO + '\n10:00:03 event startConversation {"msdyn_liveworkitemid": "w-1"}')

    assert conversation.conversation_id == "c1"


def test_equal_times_stand_in_the_order_they_came_in():
    assert told("10:00:00 customer: hi\n10:00:00 bot: Hello.").outcome == "resolved"
    assert told("10:00:00 bot: Hello.\n10:00:00 customer: hi").outcome == "abandoned"


def test_sub_second_stamps_tell_the_order():
    assert told("10:00:00.0000007 bot: Hello.\n10:00:00.0000002 customer: hi").outcome == "resolved"


def test_verdict_names_itself_as_the_deciding_activity():
    text = HELLO + '\n10:00:03 #v trace SessionInfo {"outcome": "Resolved", "impliedSuccess": false}'

    assert decider(text, told(text)) == "v"
