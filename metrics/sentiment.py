"""Sentiment of customers' messages, and of a conversation as it goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Protocol

from metrics.polarity import Polarity
from store.records import Activity, Kind, Role, WireRole

MICRO = 1_000_000
# The last six scored messages weigh 1 (oldest) … 6 (newest); a missing one counts as neutral, so a conversation starts neutral.
WEIGHTS = (1, 2, 3, 4, 5, 6)
# The tone of a very long message is that of its beginning; scoring 100 kB would take a second.
MAX_SCORED_CHARACTERS = 5_000
# Fewer letters than these name no language.
MIN_LETTERS = 24
# Words of English that are not common in any language like it.
_COMMONEST_ENGLISH = """
    the and you that was for are with they this have from what were when your can there how which their will about out many then
    them would like him into has look two more could been who its now find my i'm it's don't is it to
"""
_COMMONEST = {"en": frozenset(_COMMONEST_ENGLISH.split())}
MARGIN = 12.0  # in the detector's logarithmic scores
_DETECT_CHARACTERS = 500
_SAMPLE = "a sentence that is long enough to be looked at"
_LETTERS = re.compile(r"[^\W\d_]")


class Engine(Protocol):
    """What scores a text. Replaceable; `name` is stored with every score."""

    name: str
    languages: frozenset[str]

    def score(self, text: str) -> int:
        """Polarity of `text` in millionths, −1 000 000 … 1 000 000."""
        ...


class TextBlobEngine:
    """TextBlob's default analyzer: the numbers of `TextBlob(text).sentiment`, many times as fast."""

    languages = frozenset({"en"})

    def __init__(self) -> None:
        from textblob.en import sentiment  # here, because importing it reads a lexicon

        self.name = f"textblob-pattern/{version('textblob')}"
        self._polarity = Polarity(sentiment)  # reads the lexicon; not within somebody's transaction

    def score(self, text: str) -> int:
        """Polarity of `text` in millionths."""
        polarity = self._polarity(text[:MAX_SCORED_CHARACTERS])
        return max(-MICRO, min(MICRO, round(polarity * MICRO)))


class Scorer:
    """Scores messages with one engine, each text once; `prepare` does it ahead of the write transaction."""

    def __init__(self, engine: Engine, *, default_language: str) -> None:
        self.engine = engine
        self._default_language = default_language
        self._ready: dict[str, int] = {}

    def prepare(self, activities: Sequence[Activity]) -> None:
        """Score what may turn out to be customers' messages, replacing what was prepared before."""
        if any(not item.locale and item.text for item in activities):
            detect_language([_SAMPLE], default=self._default_language)  # unpacks its model on first use
        score = self.engine.score
        self._ready = {text: score(text) for text in _texts_to_score(activities)}

    def score_all(self, activities: Sequence[Activity]) -> str:
        """Score the customer's messages among `activities` (all of a conversation, roles assigned); the language of it."""
        messages: list[Activity] = []
        for item in activities:
            if item.kind is Kind.MESSAGE and item.role is Role.CUSTOMER and item.text:
                messages.append(item)
            else:
                item.sentiment_micro, item.engine = None, ""
        detected = ""
        if any(not item.locale for item in messages):
            detected = detect_language([item.text for item in messages], default=self._default_language)
        for item in messages:
            if _language(item.locale) not in self.engine.languages and (item.locale or detected not in self.engine.languages):
                item.sentiment_micro, item.engine = None, ""
            elif item.engine != self.engine.name or item.sentiment_micro is None:
                ready = self._ready.get(item.text)
                item.sentiment_micro = self.engine.score(item.text) if ready is None else ready
                item.engine = self.engine.name
        return next((_language(item.locale) for item in messages if item.locale), detected)


def _texts_to_score(activities: Sequence[Activity]) -> list[str]:
    """Each text once that a customer may have written: only deriving tells for certain."""
    return list(
        dict.fromkeys(
            item.text for item in activities if item.text and item.kind is Kind.MESSAGE and item.wire_role is not WireRole.BOT
        )
    )


@lru_cache(maxsize=256)
def _language(locale: str) -> str:
    return locale.replace("_", "-").split("-", 1)[0].lower()


def detect_language(texts: Sequence[str], *, default: str) -> str:
    """The language of what one customer wrote: ISO 639-1; `default` where there is too little to tell."""
    sample = " ".join(texts)[:_DETECT_CHARACTERS]
    if len(_LETTERS.findall(sample)) < MIN_LETTERS or _is_plainly(default, sample):
        return default
    import py3langid  # here, because importing it unpacks a model

    ranked: list[tuple[str, float]] = py3langid.rank(sample)
    language, best = ranked[0]
    # A few words of a mixed conversation look like many languages: another one than usual has to be clearly likelier.
    usual = next((score for name, score in ranked if name == default), best - MARGIN)
    return language if best - usual >= MARGIN else default


def _is_plainly(language: str, sample: str) -> bool:
    """Whether every sixth word is one of the language's commonest. Spares the detector, which costs more than the scoring."""
    common = _COMMONEST.get(language)
    if common is None:
        return False
    words = sample.lower().split()
    return 6 * sum(1 for word in words if word in common) >= len(words)


def live_sentiment(scores: Sequence[int]) -> int | None:
    """Sentiment after `scores` (millionths, oldest first; only the last six count); None without a score.

    The formula is ours; Microsoft looks at the last six customer messages too, but has not published theirs.
    """
    if not scores:
        return None
    recent = scores[-len(WEIGHTS) :]
    return _mean(sum(weight * score for weight, score in zip(WEIGHTS[-len(recent) :], recent, strict=True)))


def highest_sentiment(scores: Sequence[int]) -> int | None:
    """The highest that `live_sentiment` was as `scores` came one by one, or the neutral beginning; None without a score."""
    if not scores:
        return None
    last, most = len(WEIGHTS), WEIGHTS[-1]
    total = highest = recent = 0
    for place, score in enumerate(scores):
        total += most * score - recent  # with each new one, those before it weigh one less
        recent += score - (scores[place - last] if place >= last else 0)
        highest = max(highest, total)
    return _mean(highest)  # rounding keeps the order


def _mean(total: int) -> int:
    """The weighted sum over all weights, rounded to the nearest, halves away from zero, in integers."""
    whole = sum(WEIGHTS)
    return (abs(total) * 2 + whole) // (2 * whole) * (1 if total >= 0 else -1)
