"""What the Voice page reads, one function a question; kept and shared as in `loaders`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from metrics.figures import Totals
from metrics.filters import Filters
from metrics.questions import Group, Headline, Point
from metrics.voice import questions
from metrics.windows import Grain
from pages.components.loaders import AsOf, kept
from pages.runtime import runtime


@kept
def headline(filters: Filters, as_of: AsOf, keys: tuple[str, ...]) -> Headline[Totals]:
    """Figures of calls with the period before."""
    return questions.headline(runtime().store, filters, keys)


@kept
def trend(filters: Filters, grain: Grain, as_of: AsOf) -> list[Point]:
    """Figures of calls by bucket of time."""
    return questions.trend(runtime().store, filters, grain)


@kept
def by_word(filters: Filters, way: str, as_of: AsOf) -> list[Group[Totals]]:
    """Figures of calls by agent, queue, bot …"""
    return questions.by_word(runtime().store, filters, way)


@kept
def names(filters: Filters, as_of: AsOf) -> Mapping[str, Sequence[str]]:
    """The agents and queues of the period's calls."""
    return questions.names(runtime().store, filters)
