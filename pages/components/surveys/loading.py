"""What the Surveys page reads. Answers are kept until the database changes, and shared by all viewers."""

from __future__ import annotations

from dataclasses import replace

from metrics.filters import Filters
from metrics.questions import Group, Headline, Placed
from metrics.surveys import questions
from metrics.surveys.counting import Whose
from metrics.surveys.figures import SurveyKind, SurveyTotals
from metrics.surveys.questions import Comments, Standing
from metrics.windows import Grain
from pages.components.loaders import AsOf, kept
from pages.runtime import runtime


@kept
def standing(filters: Filters, as_of: AsOf) -> Standing:
    """Which surveys there are in the cut."""
    return questions.standing(runtime().store, filters)


@kept
def headline(filters: Filters, kind: SurveyKind, whose: Whose, as_of: AsOf, keys: tuple[str, ...]) -> Headline[SurveyTotals]:
    """Figures of one kind with the period before."""
    return questions.headline(runtime().store, filters, kind, whose, keys)


@kept
def trend(filters: Filters, kind: SurveyKind, whose: Whose, grain: Grain, as_of: AsOf) -> list[Placed[SurveyTotals]]:
    """Figures by bucket of time."""
    return questions.trend(runtime().store, filters, kind, whose, grain)


@kept
def by_word(filters: Filters, kind: SurveyKind, whose: Whose, by: str, as_of: AsOf) -> list[Group[SurveyTotals]]:
    """Figures by outcome, bot, topic …"""
    return questions.by_word(runtime().store, filters, kind, whose, by)


@kept
def comments(filters: Filters, kind: SurveyKind, whose: Whose, as_of: AsOf) -> Comments:
    """What was written beside answers, the newest first."""
    found = questions.comments(runtime().store, filters, kind, whose)
    return replace(found, rows=[dict(row) for row in found.rows])
