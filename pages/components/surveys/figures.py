"""The cards of a kind of survey, and one of its figures over time, each with the way to the conversations."""

from __future__ import annotations

from metrics.catalogue import find_metric
from pages.components.cards import show_cards
from pages.components.period import natural_grain
from pages.components.surveys import loading
from pages.components.surveys.asking import Choice, figures_of
from pages.components.trends import show_figure


def show_figures(choice: Choice) -> bool:
    """The cards of the period; False where no such survey was asked."""
    asked, keys = choice.asked, tuple(figures_of(choice.kind))
    found = loading.headline(asked.filters, choice.kind, choice.whose, asked.as_of, keys)
    if not found.totals.surveys_asked:
        return False
    points = loading.trend(asked.filters, choice.kind, choice.whose, natural_grain(asked.filters.window), asked.as_of)
    show_cards(found.cards, found.totals, points, asked, leads={key: choice.lead_of(key) for key in keys})
    return True


def show_trend(choice: Choice) -> None:
    """One figure over time, with the numbers behind the line."""
    asked, keys = choice.asked, figures_of(choice.kind)
    show_figure(
        asked,
        [find_metric(key) for key in keys],
        default=keys[0],
        read=lambda grain: loading.trend(asked.filters, choice.kind, choice.whose, grain, asked.as_of),
        beside={"surveys_asked": "Asked", "surveys_answered": "Answered"},
        lead=lambda figure, choices: choice.lead_of(figure, **choices),
    )
