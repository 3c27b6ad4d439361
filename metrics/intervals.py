"""How sure a rate is: Wilson's interval for one share, Newcombe's for the difference of two. Both at 95 %."""

from __future__ import annotations

from math import sqrt

# The 97.5 % point of the standard normal distribution.
Z = 1.959963984540054


def wilson(numerator: int, denominator: int) -> tuple[float, float] | None:
    """The interval of a share, between 0 and 1; None where there is nothing to take a share of."""
    if denominator == 0:
        return None
    share = numerator / denominator
    spread = Z * Z / denominator
    centre = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / denominator + spread / (4 * denominator)) / (1 + spread)
    # At the ends the formula gives exactly 0 and 1, but for the last bit.
    low = 0.0 if numerator == 0 else max(0.0, centre - half)
    high = 1.0 if numerator == denominator else min(1.0, centre + half)
    return low, high


def newcombe(numerator: int, denominator: int, numerator_before: int, denominator_before: int) -> tuple[float, float] | None:
    """The interval of a share less the share before it (method 10 of Newcombe, 1998); None where either has no denominator."""
    now, before = wilson(numerator, denominator), wilson(numerator_before, denominator_before)
    if now is None or before is None:
        return None
    share, share_before = numerator / denominator, numerator_before / denominator_before
    change = share - share_before
    low = change - sqrt((share - now[0]) ** 2 + (before[1] - share_before) ** 2)
    high = change + sqrt((now[1] - share) ** 2 + (share_before - before[0]) ** 2)
    return low, high
