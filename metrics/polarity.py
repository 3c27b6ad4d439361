"""The polarity of a text: the numbers of TextBlob's analyzer to the last bit, at a tenth of its cost.

The analyzer takes every text apart with two dozen patterns and looks each word up several times. Here each word is taken apart
once, by the analyzer's own tokenizer, and what it does to the score is remembered: words are few, and said again and again. Where
signs may be an emoticon together with what stands beside them, the analyzer itself is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

# What emoticons are made of that words beside each other may become: ": )", "x D", "o .O". A colon before three letters is none
# (two may be what is left of a word before "n't").
_MAY_BE_EMOTICON = re.compile(r"[<>;=*_()♥°]|:(?!\s*[A-Za-z0-9]{3})|[xX8]\s*-?\s*D|o\s*\.\s*O")
# Numbers are seldom said twice, and there is only one way to take them apart.
_NUMBER = re.compile(r"(?:[0-9]{3,}|[0-9][0-9-]+[0-9])[.,?]?")
# What is remembered is bounded: the words of a language fit, and what is none is soon forgotten.
MOST_WORDS = 50_000
LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class _Token:
    """What one token does to the score."""

    own: tuple[float, float] | None  # polarity and intensity, where the lexicon knows it
    modifies: bool  # the known word behind it
    ends_in_ly: bool
    negates: bool
    mood: float | None  # of an emoticon
    is_short: bool  # a negation holds across it
    is_tiny: bool  # a modifier holds across it
    exclaims: bool

    @property
    def parts(self) -> bool:
        """Whether it does nothing but part what stands before it from what stands behind it, as most words do."""
        return self.does_nothing and not (self.is_short or self.is_tiny)

    @property
    def does_nothing(self) -> bool:
        """Whether it does nothing where there is nothing before it to be parted."""
        return self.own is None and self.mood is None and not (self.negates or self.exclaims)


# Stands for all words that only part.
_PARTING = (
    _Token(None, modifies=False, ends_in_ly=False, negates=False, mood=None, is_short=False, is_tiny=False, exclaims=False),
)


class Polarity:
    """`textblob.en.sentiment(text)[0]`, −1 … 1."""

    def __init__(self, sentiment: Any) -> None:
        sentiment("ready")  # the lexicon is read on first use
        self._sentiment = sentiment
        self._lexicon: dict[str, Any] = dict(sentiment.items())
        self._words: dict[str, tuple[_Token, ...]] = {}

    def __call__(self, text: str) -> float:
        """The polarity of `text`."""
        if _MAY_BE_EMOTICON.search(text):
            return float(self._sentiment(text)[0])
        known, reading = self._words, _Reading()
        for word in text.split():
            tokens = known.get(word)
            if tokens is None:
                tokens = self._look_up(word)
            if tokens is _PARTING:
                reading.after_negation = reading.after_modifier = False
            else:
                reading.take(tokens)
        return reading.mean()

    def _look_up(self, word: str) -> tuple[_Token, ...]:
        if _NUMBER.fullmatch(word):
            return _PARTING
        parts = " ".join(self._sentiment.tokenizer(word)).split()
        tokens = tuple(self._token(part.lower()) for part in parts)
        if tokens and tokens[0].parts and all(token.does_nothing for token in tokens):
            tokens = _PARTING
        if len(word) <= LONGEST_WORD:
            if len(self._words) >= MOST_WORDS:
                self._words.clear()
            self._words[word] = tokens
        return tokens

    def _token(self, word: str) -> _Token:
        analyzer, senses = self._sentiment, self._lexicon.get(word, {})
        moods = [] if None in senses else analyzer.assessments([(word, None)])
        return _Token(
            own=(senses[None][0], senses[None][2]) if None in senses else None,
            modifies=any(tag in senses for tag in analyzer.modifiers),
            ends_in_ly=bool(analyzer.modifier(word)),
            negates=word in analyzer.negations,
            mood=moods[0][1] if moods else None,
            is_short=len(word.strip("'")) <= 1,
            is_tiny=len(word) <= 2,
            exclaims=word == "!",
        )


class _Reading:
    """One text, token by token. The assessment begun last is still open: what follows may change it."""

    __slots__ = ("_total", "_count", "_polarity", "_intensity", "_is_negated", "_is_ly", "after_negation", "after_modifier")

    def __init__(self) -> None:
        self._total = self._polarity = 0.0
        self._count = 0
        self._intensity = 1.0
        self._is_negated = self._is_ly = self.after_negation = self.after_modifier = False

    def take(self, tokens: tuple[_Token, ...]) -> None:
        """The next of them."""
        for token in tokens:
            if token.own is None:
                self._unknown(token)
            else:
                self._known(token, *token.own)

    def mean(self) -> float:
        """Of all assessments; 0 where there is none."""
        self._close()
        return self._total / (self._count or 1)

    def _known(self, token: _Token, polarity: float, intensity: float) -> None:
        if self.after_modifier:
            self._polarity = max(-1.0, min(polarity * self._intensity, 1.0))
        else:
            self._begin(polarity)
        self._intensity = intensity
        if self.after_negation:
            self._intensity, self._is_negated = 1.0 / intensity, True
        self.after_modifier, self._is_ly, self.after_negation = token.modifies, token.ends_in_ly, token.negates

    def _unknown(self, token: _Token) -> None:
        if token.negates:
            self.after_negation = True
        elif not token.is_short:
            self.after_negation = False
        if self.after_negation and self.after_modifier and self._is_ly:
            self._is_negated, self.after_negation = True, False
        elif not token.is_tiny:
            self.after_modifier = False
        if token.exclaims and self._count:
            self._polarity = max(-1.0, min(self._polarity * 1.25, 1.0))
        if token.mood is not None:
            self._begin(token.mood)
            self._intensity = 1.0

    def _begin(self, polarity: float) -> None:
        self._close()
        self._count += 1
        self._polarity, self._is_negated = polarity, False

    def _close(self) -> None:
        """Add what the open assessment came to; the first one has none before it."""
        if self._count:
            self._total += self._polarity * -0.5 if self._is_negated else self._polarity
