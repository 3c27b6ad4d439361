"""What a benchmark finds: figures, the bounds some of them must keep, and the arithmetic on repeated timings."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit that a figure must keep: at most, or at least. The limit itself still keeps it."""

    limit: float
    is_most: bool

    def holds(self, value: float) -> bool:
        """Whether `value` keeps it. What is not a number keeps nothing."""
        return value <= self.limit if self.is_most else value >= self.limit

    def __str__(self) -> str:
        return f"{'≤' if self.is_most else '≥'} {format_number(self.limit)}"


def at_most(limit: float) -> Bound:
    """No more than `limit`."""
    return Bound(limit, is_most=True)


def at_least(limit: float) -> Bound:
    """No less than `limit`."""
    return Bound(limit, is_most=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that was found. Without a bound it is for information."""

    name: str
    value: float
    unit: str
    bound: Bound | None = None

    @property
    def is_missed(self) -> bool:
        """Whether its bound is not kept."""
        return self.bound is not None and not self.bound.holds(self.value)

    @property
    def verdict(self) -> str:
        """In one word."""
        return "" if self.bound is None else "MISSED" if self.is_missed else "holds"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one benchmark found: a table of what was compared, side by side, and the figures that sum it up."""

    title: str
    figures: Sequence[Figure]
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = field(default=())
    notes: Sequence[str] = ()


def missed(sheets: Iterable[Sheet]) -> list[str]:
    """One sentence for each bound that was not kept."""
    return [
        f"{sheet.title}: {figure.name} is {format_number(figure.value)} {figure.unit}".rstrip() + f", bound {figure.bound}"
        for sheet in sheets
        for figure in sheet.figures
        if figure.is_missed
    ]


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that at least `share` of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median_ratio(numerators: Sequence[float], denominators: Sequence[float]) -> float:
    """The median of the rounds' ratios: each round is compared with itself, because the machine's mood changes between them."""
    return statistics.median(above / below for above, below in zip(numerators, denominators, strict=True))


def format_number(value: float) -> str:
    """Three figures that mean something, and no more decimals than two."""
    if not math.isfinite(value):
        return "–"
    decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{decimals}f}".rstrip("0").rstrip(".") if decimals else f"{value:,.0f}"
