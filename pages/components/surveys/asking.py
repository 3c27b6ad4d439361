"""Which kind of survey is looked at, and of whose conversations. Both stand in the link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from metrics.surveys.counting import Whose
from metrics.surveys.figures import FIGURES, Bounds, SurveyKind
from metrics.surveys.meant import ANSWERED, ASKED, say_surveyed
from metrics.surveys.questions import Standing
from pages.components.choose import BOTS, EVERYBODY
from pages.components.drill import Lead
from pages.components.formats import number
from pages.components.linked import linked_choice
from pages.components.period import Asked
from pages.components.surveys.words import KINDS, WHOSE

PEOPLE = {"spoke": "people"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the page shows: one kind of survey, of whose conversations, under which filters."""

    asked: Asked
    kind: SurveyKind
    whose: Whose

    @property
    def rows(self) -> str:
        """What the Conversations and the Export page call these conversations."""
        return BOTS if self.whose is Whose.BOTS else EVERYBODY

    def lead(self, which: str | Bounds = ASKED, asked_by: str | None = None, **choices: str) -> Lead:
        """The way to the conversations with such surveys: exactly those that are counted."""
        people = PEOPLE if self.whose is Whose.PEOPLE else {}
        return self.rows, {"surveyed": say_surveyed(self.kind, which, asked_by), **people, **choices}

    def lead_of(self, figure: str, **choices: str) -> Lead:
        """The way to the conversations that a figure counts."""
        if figure == "surveys_asked":
            return self.lead(**choices)
        return self.lead(FIGURES[self.kind].get(figure) or ANSWERED, **choices)


def choose_survey(asked: Asked, found: Standing) -> Choice:
    """The kind of survey and whose conversations, each with how many there are."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = SurveyKind(
            linked_choice(
                "Survey",
                [each.value for each in SurveyKind],
                name="survey",
                default=_first(found).value,
                format_func=lambda name: f"{KINDS[SurveyKind(name)]}, {number(found.of(SurveyKind(name), Whose.ALL))}",
                width=250,
            )
        )
        whose = Whose(
            linked_choice(
                "Of",
                [each.value for each in Whose],
                name="of",
                default=Whose.BOTS.value,
                format_func=lambda name: f"{WHOSE[Whose(name)]}, {number(found.of(kind, Whose(name)))}",
                width=250,
                help="Figures of other pages count bot conversations. Where only people spoke, a survey bot may still ask.",
            )
        )
    return Choice(asked, kind, whose)


def say_whose(choice: Choice, found: Standing) -> None:
    """Which conversations the numbers are of, and how many others there are."""
    bots, people = (found.of(choice.kind, whose) for whose in (Whose.BOTS, Whose.PEOPLE))
    said: Mapping[Whose, str] = {
        Whose.BOTS: f"Closed bot conversations. {_more(people)} where only people spoke.",
        Whose.PEOPLE: "Closed conversations in which only people spoke, but for a survey bot or one that advises: no bot "
        f"conversations. {_more(bots)} in bot conversations.",
        Whose.ALL: f"All closed conversations: {number(bots)} of bots, and {number(people)} in which only people spoke.",
    }
    st.caption(said[choice.whose])


def figures_of(kind: SurveyKind) -> Sequence[str]:
    """The keys of the cards of a kind, the one that stands for it first."""
    return (*(key for key in FIGURES[kind] if key != "survey_passives"), "survey_response_rate", "surveys_asked")


def _first(found: Standing) -> SurveyKind:
    """The first kind that there is any survey of."""
    return next((kind for kind in SurveyKind if found.of(kind, Whose.ALL)), SurveyKind.CSAT)


def _more(count: int) -> str:
    return f"{number(count)} more were asked" if count else "Nobody was asked"
