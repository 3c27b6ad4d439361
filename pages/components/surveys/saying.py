"""What the Surveys page says where there is none: why, and what makes one appear."""

from __future__ import annotations

import streamlit as st

from metrics.surveys.counting import Whose
from metrics.surveys.questions import Standing
from pages.components.empty import show_none_of_kind
from pages.components.linked import state_key
from pages.components.period import Asked
from pages.components.surveys.asking import Choice
from pages.components.surveys.words import KINDS, WHOSE

_EXAMPLE = """\
{"type": "trace", "valueType": "CSATSurveyRequest", "value": {}}
{"type": "trace", "valueType": "CSATSurveyResponse", "value": {"response": "4", "comment": "Quick, thank you"}}"""


def show_no_surveys(asked: Asked) -> None:
    """Why there is no survey: no conversation in this selection, or none that anybody was asked about."""
    show_none_of_kind(
        asked,
        asked.filters,
        "No customer of a closed conversation of this selection was asked how it was.",
        "If yours are asked, the source has to say so. Survey bots of Copilot Studio and its “end of conversation” topic do by "
        "themselves; any other bot does with a trace when it asks, and one when the customer answers, as below. The same with "
        "NPSSurvey…, CESSurvey… and PRRSurvey… in the place of CSATSurvey…; a comment may be left out.",
        title="No survey here",
        icon=":material/star_half:",
        example=_EXAMPLE,
    )


def show_none_of_survey(choice: Choice, found: Standing) -> None:
    """There are surveys, and none of this kind in these conversations; the way to where there are some."""
    kind = choice.kind
    st.info(
        f"{KINDS[kind]} was not asked in these conversations: {WHOSE[choice.whose].lower()}. Other surveys of this selection are "
        "chosen above.",
        icon=":material/star_half:",
        title="None of these here",
    )
    if found.of(kind, Whose.ALL):
        st.button(f"All conversations asked for {KINDS[kind]}", on_click=_choose_all, key="of_all")


def _choose_all() -> None:
    st.session_state[state_key("of")] = Whose.ALL.value
