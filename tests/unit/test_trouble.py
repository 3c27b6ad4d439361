"""What figures about the past ask of one conversation: turns, wasted turns, waits, feeling by stage, suspect resolutions."""

# ruff: noqa: E501 (a line of a transcript stays one line)

from __future__ import annotations

from random import Random

import pytest

from metrics.phrases import says_it_again
from metrics.trouble import _alike, _may_share, _words
from tests.transcripts import told

HANDED = """
    10:00:00 customer: 0.5
    10:00:05 bot: Hello.
    10:00:10 customer: -0.5
    10:00:15 bot: Sorry, I didn't understand.
    10:00:20 customer: 0.1
    10:00:25 bot: Hm.
    10:00:30 customer: agent please
    10:00:32 event handoff.initiate {}
    10:00:40 customer: -0.2
    10:00:50 customer: -0.4
    10:01:02 system event handoff.status {"state": "accepted"}
    10:01:10 customer: 0.25
    10:01:20 agent: Hello, Bea here.
    10:01:30 customer: 0.75
"""


def test_turns_run_to_the_request_and_wasted_ones_from_the_first_sign_of_trouble():
    found = told(HANDED)

    assert (found.outcome, found.bot_turns, found.wasted_turns) == ("escalated", 4, 2)


def test_wait_runs_from_the_request_to_the_acceptance():
    assert told(HANDED).wait_ms == 30_000
    assert told("10:00:00 customer: hi\n10:00:01 bot: Hm.\n10:00:02 event handoff.initiate {}").wait_ms is None


def test_feeling_of_each_stage_is_the_mean_of_what_was_written_in_it():
    found = told(HANDED)

    assert (found.bot_sentiment_micro, found.waiting_sentiment_micro, found.agent_sentiment_micro) == (25_000, -300_000, 500_000)


def test_mean_of_a_stage_is_rounded_halves_away_from_zero():
    text = "10:00:00 customer: {}\n10:00:01 bot: Hm.\n10:00:02 customer: {}"

    assert told(text.format("0.000001", "0.000002")).bot_sentiment_micro == 2
    assert told(text.format("-0.000001", "-0.000002")).bot_sentiment_micro == -2


def test_stage_in_which_nobody_wrote_has_no_score():
    found = told("10:00:00 customer: 0.5\n10:00:01 bot: It comes tomorrow.")

    assert (found.waiting_sentiment_micro, found.agent_sentiment_micro) == (None, None)


def test_survey_after_the_agent_is_no_stage():
    asked = "\n10:01:40 end\n10:01:41 trace CSATSurveyRequest {}\n10:01:42 bot: How was it?\n10:01:50 customer: 1"

    assert told(HANDED + asked).agent_sentiment_micro == 500_000
    assert told(HANDED + asked).bot_sentiment_micro == 25_000


@pytest.mark.parametrize(
    ("text", "wasted"),
    [
        (
            "10:00:00 customer: 0.2\n10:00:01 bot: Hm.\n10:00:02 customer: 0.1\n10:00:03 bot: Hm.\n10:00:04 event handoff.initiate {}",
            None,
        ),
        ("10:00:00 customer: -0.31\n10:00:01 event handoff.initiate {}", 0),
        ("10:00:00 customer: -0.3\n10:00:01 bot: Hm.\n10:00:02 event handoff.initiate {}", None),
        ("10:00:00 customer: agent please\n10:00:01 bot: Hm.\n10:00:02 customer: now\n10:00:03 event handoff.initiate {}", 1),
    ],
)
def test_first_sign_itself_is_not_wasted(text, wasted):
    assert told(text).wasted_turns == wasted


def test_turns_are_those_of_the_deciding_bot():
    found = told(
        "10:00:00 customer: hi\n10:00:01 bot: Hello.\n10:00:02 customer: again\n10:00:03 bot Max: Max here."
        "\n10:00:04 customer: please\n10:00:05 event handoff.initiate {}"
    )

    assert (found.bot, found.bot_turns) == ("Max", 1)


@pytest.mark.parametrize(
    ("said", "is_suspect"),
    [
        ("10:00:00 customer: 0.2\n10:00:01 bot: It comes tomorrow.", False),
        ("10:00:00 customer: -0.11\n10:00:01 bot: It comes tomorrow.", True),
        ("10:00:00 customer: -0.1\n10:00:01 bot: It comes tomorrow.", False),
        ("10:00:00 customer: I already told you that\n10:00:01 bot: It comes tomorrow.", True),
        ("10:00:00 customer: where is my parcel\n10:00:01 bot: Hm.\n10:00:02 customer: Where is my parcel?!\n10:00:03 bot: It comes tomorrow.", True),
        ("10:00:00 customer: where is my parcel\n10:00:01 bot: Hm.\n10:00:02 customer: and the other one\n10:00:03 bot: It comes tomorrow.", False),
        ("10:00:00 customer: -0.9\n10:00:01 bot: Which one?", False),
        ('10:00:00 customer: -0.9\n10:00:01 bot: Hm.\n10:00:02 trace SessionInfo {"outcome": "Resolved", "impliedSuccess": false}', False),
    ],
)  # fmt: skip
def test_only_unconfirmed_resolutions_after_a_bad_or_repeated_message_are_suspect(said, is_suspect):
    assert told(said).is_suspect is is_suspect


@pytest.mark.parametrize(
    ("text", "is_engaged"),
    [
        ("10:00:00 bot: Hello.", False),
        ("10:00:00 customer: hi\n10:00:01 bot: Hello.", True),
        (
            '10:00:00 customer: hi\n10:00:01 bot: Hello.\n10:00:02 trace SessionInfo {"outcome": "None", "type": "Unengaged"}',
            False,
        ),
        ("10:00:00 bot: Hello.\n10:00:01 event handoff.initiate {}", False),
    ],
)
def test_engaged_is_who_wrote_unless_the_platform_says_otherwise(text, is_engaged):
    assert told(text).is_engaged is is_engaged


@pytest.mark.parametrize(
    "text",
    [
        "I already told you",
        "as I said",
        "That's not what I asked",
        "this doesn’t help",
        "it still doesn't work",
        "I'm asking again",
    ],
)
def test_saying_it_again_is_seen(text):
    assert says_it_again(text)


@pytest.mark.parametrize("text", ["thank you again", "I just moved house", "not today", "see you again", "it works", ""])
def test_ordinary_words_are_no_complaint(text):
    assert not says_it_again(text)


WORDS = ("card", "cards", "art", "a", "lost", "lo", "st", "my", "x1")


def test_none_that_is_alike_is_told_apart_without_a_look_at_its_words():
    dice = Random(5)
    texts = [dice.choice((" ", "-", ", ")).join(dice.choices(WORDS, k=dice.randint(1, 6))) for _ in range(300)]

    pairs = [(_words(one), two) for one in texts for two in texts]

    alike = [(one, two) for one, two in pairs if _alike(one, _words(two))]
    assert len(texts) < len(alike) < len(pairs) / 4
    assert all(_may_share(one, two) for one, two in alike)
    assert not all(_may_share(one, two) for one, two in pairs)
