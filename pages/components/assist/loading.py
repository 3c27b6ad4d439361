"""What the Smart assist page reads, one function a question; kept and shared as in `loaders`."""

from __future__ import annotations

from metrics.assist import questions
from metrics.assist.comparing import Comparison, Of
from metrics.assist.figures import AssistTotals
from metrics.filters import Filters
from metrics.questions import Group, Headline, Placed
from metrics.windows import Grain
from pages.components.loaders import AsOf, kept
from pages.runtime import runtime


@kept
def headline(filters: Filters, as_of: AsOf, keys: tuple[str, ...]) -> Headline[AssistTotals]:
    """Figures of suggestions with the period before."""
    return questions.headline(runtime().store, filters, keys)


@kept
def trend(filters: Filters, grain: Grain, as_of: AsOf) -> list[Placed[AssistTotals]]:
    """Figures of suggestions by bucket of time."""
    return questions.trend(runtime().store, filters, grain)


@kept
def by_word(filters: Filters, by: str, as_of: AsOf) -> list[Group[AssistTotals]]:
    """Figures of suggestions by agent, bot, queue, channel or topic."""
    return questions.by_word(runtime().store, filters, by)


@kept
def compared(filters: Filters, of: Of, alike_in: str, as_of: AsOf) -> Comparison:
    """Conversations with and without suggestions, side by side."""
    return questions.compared(runtime().store, filters, of, alike_in)


@kept
def names(filters: Filters, as_of: AsOf) -> dict[str, list[str]]:
    """The bots that suggest something in the period, and the agents who are shown it."""
    return questions.names(runtime().store, filters)


@kept
def is_stale(filters: Filters, as_of: AsOf) -> bool:
    """Whether some of the period was derived before suggestions were kept."""
    return questions.is_stale(runtime().store, filters)
