"""Which conversations count as bot sessions, from when on, and for which bot."""

import pytest

from tests.transcripts import ms, told

AGENT_FIRST = "10:00:00 customer: hi\n10:01:00 agent: Bea here\n"
ASKED = "10:00:00 customer: hi\n10:00:02 bot: Hello.\n10:00:10 event handoff.initiate\n"
SURVEY = "10:05:00 bot Max trace CSATSurveyRequest {}\n10:05:01 bot Max: How was it?\n"
ADVICE = '10:02:00 bot: You could offer a refund. | {"channelData": {"tags": "private"}}\n'


@pytest.mark.parametrize(
    ("text", "use", "at", "bot"),
    [
        ("10:00:00 customer: hi\n10:00:02 bot: Hello.", "beginning", "10:00:00", "Ada"),
        ("10:00:00 customer: hi\n10:00:02 bot: Hello.\n10:00:20 bot Max: Max here.", "beginning", "10:00:00", "Ada"),
        (ASKED, "beginning", "10:00:00", "Ada"),
        (ASKED + "10:01:00 agent: Bea here\n" + SURVEY, "beginning", "10:00:00", "Ada"),
        (AGENT_FIRST + "10:02:00 bot: Ada here.\n10:03:00 agent: Bea again", "middle", "10:02:00", "Ada"),
        (AGENT_FIRST + "10:02:00 bot: Ada here.\n10:03:00 customer: thanks", "end", "10:02:00", "Ada"),
        (AGENT_FIRST + SURVEY, "survey", "10:05:00", "Max"),
        (AGENT_FIRST + ADVICE + SURVEY, "survey", "10:05:00", "Max"),
    ],
    ids=["one bot", "two bots", "escalated", "escalated and surveyed", "middle", "end", "survey", "advice and survey"],
)
def test_conversation_in_which_a_customer_meets_a_bot_counts_once_from_when_it_began(text, use, at, bot):
    found = told(text)

    assert (found.bot_use, found.invoked_ms, found.invoked_bot) == (use, ms(at), bot)


@pytest.mark.parametrize(
    ("text", "use"),
    [(AGENT_FIRST, ""), (AGENT_FIRST + ADVICE, "assist"), ("10:00:00 customer: anybody?", "")],
    ids=["people only", "smart assist", "nobody"],
)
def test_conversation_in_which_no_customer_meets_a_bot_does_not_count(text, use):
    found = told(text)

    assert (found.bot_use, found.invoked_ms, found.invoked_bot) == (use, None, "")


def test_open_conversation_counts_as_soon_as_the_bot_is_there():
    assert told("10:00:00 customer: hi\n10:00:02 bot: Hello.", now="10:00:03").invoked_ms == ms("10:00:00")
