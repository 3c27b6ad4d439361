"""How sure a figure is, at 95 %: Wilson's interval of a share, Newcombe's of the difference of two, Welch's of that of means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    return of_change(share, now, share_before, before)


def of_change(
    value: float, interval: tuple[float, float], before: float, interval_before: tuple[float, float]
) -> tuple[float, float]:
    """The interval of a value less another that does not depend on it, from the interval of each."""
    change = value - before
    low = change - sqrt((value - interval[0]) ** 2 + (interval_before[1] - before) ** 2)
    high = change + sqrt((interval[1] - value) ** 2 + (before - interval_before[0]) ** 2)
    return low, high


def of_two_shares(more: int, less: int, whole: int) -> tuple[float, float] | None:
    """The interval of one share of a whole less another share of the same whole, between −1 and 1; None where it is empty.

    Squared and added like Newcombe's, with what the two have to do with each other: the greater one is, the less is left for the
    other. Half an answer is added where that is estimated, so that it can be where a share is 0 or 1. Of 5 answers and more it
    holds the true value in 93 of 100 samples at least.
    """
    one, other = wilson(more, whole), wilson(less, whole)
    if one is None or other is None:
        return None
    share, share_of_other = more / whole, less / whole
    odds = (more + 0.5) * (less + 0.5) / ((whole - more + 0.5) * (whole - less + 0.5))
    together = max(-1.0, -sqrt(odds))
    difference = share - share_of_other

    def reach(first: float, second: float) -> float:
        return sqrt(max(0.0, first * first - 2 * together * first * second + second * second))

    low = difference - reach(share - one[0], other[1] - share_of_other)
    high = difference + reach(one[1] - share, share_of_other - other[0])
    return max(-1.0, low), min(1.0, high)


# The 97.5 % points of Student's distribution with 1, 2, … degrees of freedom; beyond them a series is exact to four digits.
_STUDENT = (12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139)


@dataclass(frozen=True, slots=True)
class Sample:
    """Measured values: how many, their mean, and their variance (None of fewer than two)."""

    n: int
    mean: float
    variance: float | None


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """A mean less another, with its interval; None where too few values are known."""

    value: float
    low: float | None
    high: float | None


def student(degrees: float) -> float:
    """The 97.5 % point for so many degrees of freedom, rounded down."""
    whole = int(degrees)
    if whole <= len(_STUDENT):
        return _STUDENT[max(whole, 1) - 1]
    one = (Z**3 + Z) / 4
    two = (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96
    three = (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384
    return Z + one / whole + two / whole**2 + three / whole**3


def welch(pairs: Sequence[tuple[Sample, Sample]]) -> MeanDifference | None:
    """The mean of the first less that of the second of each pair, pairs weighed by how many values their first has.

    Of one pair it is Welch's interval; of several Satterthwaite's for the weighed sum. Pairs with a sample of fewer than two
    values are left out where others have more; None where nothing is left to compare.
    """
    known = [(one, two) for one, two in pairs if one.variance is not None and two.variance is not None]
    if not known:
        there = [(one, two) for one, two in pairs if one.n and two.n]
        return MeanDifference(there[0][0].mean - there[0][1].mean, None, None) if len(pairs) == 1 and there else None
    whole = sum(one.n for one, _ in known)
    value = sum(one.n / whole * (one.mean - two.mean) for one, two in known)
    parts = [((one.n / whole) ** 2 * (each.variance or 0.0) / each.n, each.n - 1) for one, two in known for each in (one, two)]
    variance = sum(part for part, _ in parts)
    if variance == 0:
        return MeanDifference(value, value, value)
    degrees = variance**2 / sum(part**2 / rest for part, rest in parts)
    half = student(degrees) * sqrt(variance)
    return MeanDifference(value, value - half, value + half)
