"""End-of-conversation sentiment, reckoned anew in a few lines."""

from __future__ import annotations

from textblob import TextBlob


def polarity(text: str) -> float:
    """−1 … 1."""
    return float(TextBlob(text).sentiment.polarity)


def end_sentiment(texts: list[str]) -> float | None:
    """The last six messages weigh 1 (oldest) … 6 (newest), missing ones count nothing, over 21; none at all: no score."""
    if not texts:
        return None
    newest_first = [polarity(text) for text in reversed(texts)][:6]
    return sum(weight * score for weight, score in zip(range(6, 0, -1), newest_first, strict=False)) / 21
