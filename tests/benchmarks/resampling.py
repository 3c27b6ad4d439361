"""How far a figure may be trusted: its interval when the stretches of time it was measured in are drawn again."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

DRAWS = 2_000

T = TypeVar("T")


def interval(stretches: Sequence[T], figure: Callable[[Sequence[T]], float], *, share: float = 0.95) -> tuple[float, float]:
    """Where `share` of the figures lie that as many stretches give, each drawn by chance and put back. The same every time.

    Neighbouring minutes are alike, so what is drawn has to be whole stretches, not minutes.
    """
    dice = random.Random(len(stretches))
    found = sorted(figure(dice.choices(stretches, k=len(stretches))) for _ in range(DRAWS))
    outside = round(DRAWS * (1 - share) / 2)
    return found[outside], found[-1 - outside]
