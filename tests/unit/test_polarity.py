"""The quick way to a polarity gives TextBlob's own numbers, to the last bit, whatever the text."""

from __future__ import annotations

import struct
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textblob import _text
from textblob.en import sentiment

from metrics import polarity
from metrics.polarity import Polarity

pytestmark = pytest.mark.thorough

LEXICON = sorted(dict(sentiment.items()))
MODIFIERS = ["really", "very", "extremely", "hardly", "not", "never", "no", "n't", "don't", "isn’t", "can't", "n'tn't"]
WORDS = [
    "parcel",
    "order",
    "a",
    "I",
    "is",
    "it's",
    "I'm",
    "we'll",
    "O",
    "o",
    "x",
    "D",
    "X",
    "8",
    "12",
    "12-3",
    "4711",
    "straße",
    "ΟΔΟΣ",
    "don",
]
SIGNS = [
    *_text.PUNCTUATION,
    "...",
    "!!!",
    "?!",
    "(!)",
    "( ! )",
    "“",
    "”",
    "‘",
    "’",
    "°",
    "♥",
    "<3",
    "\n\n",
    "\r\n",
    "\t",
    "\u3000",
    "END-OF-SENTENCE",
]
EMOTICONS = [sign for signs in _text.EMOTICONS.values() for sign in sorted(signs)]
PIECES = [*MODIFIERS, *WORDS, *SIGNS, *EMOTICONS, *sorted(_text.ABBREVIATIONS), "Mr.", "U.S.", "T.", "Bz|."]


@pytest.fixture(name="quick", scope="module")
def _quick() -> Polarity:
    return Polarity(sentiment)


def bits(number: float) -> bytes:
    """What tells two numbers apart, however close; a zero is a zero, whatever its sign."""
    return struct.pack("d", number + 0.0)


def differing(quick: Polarity, texts: list[str]) -> list[str]:
    return [text for text in texts if bits(quick(text)) != bits(float(sentiment(text)[0]))]


def test_each_word_of_the_lexicon_alone_and_beside_others_counts_as_it_does_for_textblob(quick):
    frames = ("{}", "{}!", "not {}", "not a {}", "very {}!", "really not {}", "{} good", "hardly {}, no", "don't {}", "{}: order")

    assert differing(quick, [frame.format(word) for word in LEXICON for frame in frames]) == []


def test_emoticons_count_as_they_do_for_textblob_however_they_are_spaced(quick):
    spaced = [*EMOTICONS, *(" ".join(sign) for sign in EMOTICONS), *("  ".join(sign) for sign in EMOTICONS)]
    frames = ("{}", "good {}", "good{}", "not {} good", "very {} good", "fine: {}", "{}.", "a{} ", "({})", "bad\n\n{}")

    assert differing(quick, [frame.format(sign) for sign in spaced for frame in frames]) == []


def test_random_texts_count_as_they_do_for_textblob(quick):
    dice = Random(20261129)
    known = dice.sample(LEXICON, 300)
    texts = []
    for _ in range(6_000):
        pieces = dice.choices([*PIECES, *known, *MODIFIERS * 3, *"!.,:" * 3], k=dice.randint(1, 14))
        texts.append("".join(piece + dice.choice(("", " ", " ", " ", "  ", "\n")) for piece in pieces))

    assert differing(quick, texts) == []


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(PIECES + LEXICON[::40]), st.text(max_size=4), st.sampled_from([" ", "  "])), max_size=16)
)
def test_any_text_counts_as_it_does_for_textblob(quick, pieces):
    assert differing(quick, ["".join(pieces), " ".join(pieces)]) == []


def test_words_are_forgotten_before_they_are_too_many(quick, monkeypatch):
    monkeypatch.setattr(polarity, "MOST_WORDS", 50)
    words = [f"good{number}x bad" for number in range(500)]

    assert differing(quick, words) == []
    assert len(quick._words) <= 50


def test_what_is_longer_than_any_word_is_not_kept(quick):
    quick(f"good {'good' * 1_000}")

    assert "good" in quick._words
    assert max(map(len, quick._words)) <= polarity.LONGEST_WORD


def test_a_number_is_no_word_of_the_lexicon():
    assert [word for word in LEXICON if polarity._NUMBER.fullmatch(word)] == []
