"""What the Queues page reads, one function a question; kept and shared as in `loaders`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from metrics.figures import Totals
from metrics.filters import Filters
from metrics.questions import Headline, Point
from metrics.queues import questions
from metrics.queues.questions import QueueRow
from metrics.windows import Grain
from pages.components.loaders import AsOf, kept
from pages.runtime import runtime


@kept
def headline(filters: Filters, as_of: AsOf, keys: tuple[str, ...]) -> Headline[Totals]:
    """Metrics of stays in queues with the period before."""
    return questions.headline(runtime().store, filters, keys)


@kept
def trend(filters: Filters, grain: Grain, as_of: AsOf) -> list[Point]:
    """Figures of stays by bucket of time."""
    return questions.trend(runtime().store, filters, grain)


@kept
def by_queue(filters: Filters, as_of: AsOf) -> list[QueueRow]:
    """Figures of stays by queue."""
    return questions.by_queue(runtime().store, filters)


@kept
def names(filters: Filters, as_of: AsOf) -> list[str]:
    """The queues that people answer in the period."""
    return questions.queue_names(runtime().store, filters)


def configured() -> Mapping[str, Any]:
    """The queues of the routing configuration in force."""
    return questions.configured(runtime().store)
