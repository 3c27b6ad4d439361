"""Turns that a bot did not understand, each with the customer's message before it."""

from __future__ import annotations

from metrics.fallbacks import KEPT_LETTERS
from store.fallback_records import Fallback
from tests.transcripts import derive, ms, told

SORRY = "bot: Sorry, I didn't understand."


def fallbacks(text: str, **options: str) -> list[Fallback]:
    (found,) = derive(text, **options).fallbacks.values()
    return found


def test_turn_has_the_message_before_it_and_counts_once() -> None:
    [found] = fallbacks(f"""
        10:00:00 bot: Hello.
        10:00:05 customer: blue form
        10:00:06 trace UnknownIntent {{"userQuery": "blue form"}}
        10:00:07 {SORRY}
        10:00:20 customer: where is my card
        10:00:21 bot: It comes tomorrow.
    """)

    assert (found.number, found.at_ms, found.text, found.words) == (1, ms("10:00:05"), "blue form", "blue form")
    assert found.ended_ms == ms("10:00:21")


def test_of_several_messages_the_last_one_is_what_was_not_understood() -> None:
    found = fallbacks(f"10:00:00 customer: hello\n10:00:02 customer: blue form\n10:00:07 {SORRY}")

    assert [item.text for item in found] == ["blue form"]


def test_turns_are_as_many_as_the_conversation_counts() -> None:
    text = f"10:00:00 customer: one\n10:00:01 {SORRY}\n10:00:02 {SORRY}\n10:00:03 customer: two\n10:00:04 {SORRY}"

    assert [(item.number, item.text) for item in fallbacks(text)] == [(1, "one"), (2, "two")]
    assert told(text).num_fallbacks == 2


def test_turn_in_which_nothing_was_written_has_no_text() -> None:
    text = f"""
        10:00:00 {SORRY}
        10:00:10 customer: blue form
        10:00:11 {SORRY}
        10:00:12 bot: Which form?
        10:00:40 {SORRY}
    """

    assert [(item.at_ms, item.text) for item in fallbacks(text)] == [(ms("10:00:00"), ""), (ms("10:00:10"), "blue form")]


def test_message_that_was_removed_is_not_kept() -> None:
    text = f'10:00:00 #1 customer: secret\n10:00:01 {SORRY}\n10:00:02 #1 customer: x | {{"type": "messageDelete"}}'

    assert [item.text for item in fallbacks(text)] == [""]


def test_of_a_long_message_its_beginning_is_kept() -> None:
    [found] = fallbacks(f"10:00:00 customer: {'wort ' * 500}\n10:00:01 {SORRY}")

    assert len(found.text) == KEPT_LETTERS


def test_open_conversation_has_no_end_yet() -> None:
    [found] = fallbacks(f"10:00:00 customer: blue form\n10:00:01 {SORRY}", now="10:05:00")

    assert found.ended_ms is None
