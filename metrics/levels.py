"""The names of sentiment levels, in one place. Scores are integers of a millionth, −1 000 000 … 1 000 000."""

from __future__ import annotations

NEUTRAL_MICRO = 100_000
SLIGHT_MICRO = 300_000
PLAIN_MICRO = 600_000

# From worst to best; a level's place here is its rank.
LEVELS = ("very negative", "negative", "slightly negative", "neutral", "slightly positive", "positive", "very positive")

# Where one level ends and the next begins, from worst to best: the first whole number of the better one.
BORDERS = (-PLAIN_MICRO, -SLIGHT_MICRO, -NEUTRAL_MICRO, NEUTRAL_MICRO + 1, SLIGHT_MICRO + 1, PLAIN_MICRO + 1)


def level_bounds(level: str) -> tuple[int | None, int | None]:
    """The scores that a level names: from (included) and to (left out). Raises ValueError."""
    edges = (None, *BORDERS, None)
    place = LEVELS.index(level)
    return edges[place], edges[place + 1]


def level_rank(score_micro: int) -> int:
    """From 0, very negative, to 6, very positive. A border belongs to the milder level."""
    size = abs(score_micro)
    steps = (size > NEUTRAL_MICRO) + (size > SLIGHT_MICRO) + (size > PLAIN_MICRO)
    return 3 + steps if score_micro > 0 else 3 - steps


def level_name(score_micro: int) -> str:
    """The word for a score: neutral within ±0.1, slightly to ±0.3, plain to ±0.6, very beyond."""
    return LEVELS[level_rank(score_micro)]
