"""What the Bot sessions page reads. Answers are kept until the database changes, and shared by all viewers."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.bot_sessions import lists, questions
from metrics.bot_sessions.lists import Cut, Page
from metrics.bot_sessions.questions import Month
from pages.components.loaders import AsOf, kept
from pages.runtime import runtime


@kept
def months(zone: str, today: str, as_of: AsOf) -> Sequence[str]:
    """Every month that there is anything to say of; another day may begin another month."""
    here = runtime()
    return questions.months_of(here.store, zone, now_ms=here.now_ms())


@kept
def month(name: str, minute: int, as_of: AsOf) -> Month:
    """A month's figures; a forecast is of a minute."""
    here = runtime()
    return questions.read_month(here.store, name, here.entitlement(), now_ms=here.now_ms())


@kept
def past(names: Sequence[str], as_of: AsOf) -> Sequence[Month]:
    """Used and entitled of these months."""
    here = runtime()
    return questions.past_months(here.store, here.entitlement(), names)


@kept
def counted(cut: Cut, after: tuple[int, int] | None, as_of: AsOf, *, limit: int) -> Page:
    """One page of conversations that count, each with why."""
    return lists.counted_page(runtime().store, cut, after=after, limit=limit)


@kept
def uncounted(cut: Cut, zone: str, after: tuple[int, int] | None, as_of: AsOf, *, limit: int) -> Page:
    """One page of conversations that do not, each with why not."""
    return lists.uncounted_page(runtime().store, cut, zone, after=after, limit=limit)


@kept
def how_many(cut: Cut, as_of: AsOf) -> tuple[int, int]:
    """How many count in a cut, and how many do not."""
    return lists.count_cut(runtime().store, cut)
