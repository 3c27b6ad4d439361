"""Where it hurts: how far each topic, bot or channel moves a figure of the whole, beside how often it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.figures import Rate, Score, Totals
from metrics.filters import Filters
from metrics.report import count
from store.engine import Store


@dataclass(frozen=True, slots=True)
class Impact:
    """One word ("": without one). `moved`: the figure of all less that without this word's conversations."""

    word: str
    totals: Totals
    figure: Rate | Score
    moved: float | None  # None where nothing is left without it


def impact_of(store: Store, filters: Filters, metric: str, by: str) -> Sequence[Impact]:
    """Every topic, bot, channel …, the one that raises a rate or a mean most first."""
    found = count(store, filters, (by,), wanted=(metric, "average_sentiment", "wait_after_escalation"))
    figures: dict[str, Rate | Score] = {key[0] or "": getattr(totals, metric) for key, totals in found.items()}
    numerator, denominator = (sum(parts) for parts in zip(*(_parts(figure) for figure in figures.values()), strict=True))
    moved = {word: _moved(numerator, denominator, *_parts(figure)) for word, figure in figures.items()}
    ranked = sorted(figures, key=lambda word: (moved[word] is None, -(moved[word] or 0.0), word))
    return [Impact(word, found[word or None,], figures[word], moved[word]) for word in ranked]


def _parts(figure: Rate | Score) -> tuple[int, int]:
    """What a figure divides, in whole numbers."""
    if isinstance(figure, Rate):
        return figure.numerator, figure.denominator
    return figure.sum_micro, figure.scored * 1_000_000


def _moved(numerator: int, denominator: int, own_numerator: int, own_denominator: int) -> float | None:
    if not own_denominator or denominator == own_denominator:
        return None
    return numerator / denominator - (numerator - own_numerator) / (denominator - own_denominator)
