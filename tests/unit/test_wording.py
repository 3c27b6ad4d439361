"""The words that a message is known by: the same however it is written, and never anything else than its words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.wording import MOST_WORDS, words_of


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("Where is my card?", "my CARD, where is it", "card"),
        ("I want to cancel the order 4711!", "please cancel order #99", "# cancel order"),
        ("blocked cards", "Card blocked, card BLOCKED", "blocked card"),
        ("¿Dónde está mi tarjeta?", "donde esta mi TARJETA", "donde tarjeta"),
        ("don\u2019t work", "don't work", "don't work"),
    ],
)
def test_messages_that_say_the_same_are_known_by_the_same_words(one: str, other: str, words: str) -> None:
    assert words_of(one) == words_of(other) == words


@pytest.mark.parametrize(
    ("text", "words"), [("hello?", "hello"), ("who are you", "are who you"), ("", ""), ("?! \U0001f642", "")]
)
def test_message_of_words_that_say_nothing_is_known_by_those(text: str, words: str) -> None:
    assert words_of(text) == words


def test_words_that_only_look_like_many_keep_their_end() -> None:
    assert words_of("address status analysis bus") == "address analysis bus status"


@given(st.text())
def test_any_text_has_words_in_order_each_once_and_a_bounded_number(text: str) -> None:
    words = words_of(text).split()

    assert words == sorted(set(words))
    assert len(words) <= MOST_WORDS
    assert all(word.isprintable() and not set(word) & set('<>&"*_`[]()|\\') for word in words)


@given(st.lists(st.sampled_from(["card", "lost", "Card", "cards", "the", "7"]), max_size=8), st.randoms())
def test_order_of_the_words_does_not_matter(words: list[str], random: object) -> None:
    shuffled = list(words)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert words_of(" ".join(words)) == words_of(", ".join(shuffled))
