"""What the Surveys page says where there is none: why, and what makes one appear; and what is missing from before an update."""

from __future__ import annotations

import streamlit as st

from metrics.exports import Wanted as Rows
from metrics.survey_questions import Standing
from metrics.surveys_counted import Whose
from pages.components import loaders
from pages.components.empty import show_why_empty
from pages.components.linked import state_key
from pages.components.period import Asked, describe
from pages.components.survey_words import KINDS, WHOSE
from pages.components.surveys.asking import Wanted
from pages.components.too_narrow import clear_filters

_EXAMPLE = """\
{"type": "trace", "valueType": "CSATSurveyRequest", "value": {}}
{"type": "trace", "valueType": "CSATSurveyResponse", "value": {"response": "4", "comment": "Quick, thank you"}}"""


def say_stale(found: Standing) -> None:
    """History from before surveys were kept has to be derived once more."""
    if found.is_stale:
        st.warning(
            "Some conversations of this period were taken in by an earlier release, which did not keep each survey. "
            "Run `python -m metrics rederive` once to have them here; the dashboard may go on running.",
            icon=":material/history:",
            title="Not all of the period is here",
        )


def show_no_surveys(asked: Asked) -> None:
    """Why there is no survey: no conversation in this selection, or none that anybody was asked about."""
    if not loaders.count_of(Rows("conversations", asked.filters), asked.as_of):
        show_why_empty(asked, Rows("conversations", asked.filters))
        return
    narrowed = describe(asked.filters)
    why = f" The filters ({narrowed}) may leave them out: take one away." if narrowed else " Choose a longer period."
    st.info(
        "No customer of a closed conversation of this selection was asked how it was." + why + " If yours are asked, the source "
        "has to say so. Survey bots of Copilot Studio and its “end of conversation” topic do by themselves; any other bot does "
        "with a trace when it asks, and one when the customer answers:",
        icon=":material/star_half:",
        title="No survey here",
    )
    st.code(_EXAMPLE, language="json", wrap_lines=True)
    st.caption("The same with NPSSurvey…, CESSurvey… and PRRSurvey… in the place of CSATSurvey…; a comment may be left out.")
    with st.container(horizontal=True):
        st.button("Show all of history, unfiltered", icon=":material/history:", on_click=clear_filters, key="show_all")
        st.page_link("sources.py", label="Look at the sources", icon=":material/cable:", query_params={})


def show_none_of_kind(wanted: Wanted, found: Standing) -> None:
    """There are surveys, and none of this kind in these conversations; the way to where there are some."""
    kind = wanted.kind
    st.info(
        f"{KINDS[kind]} was not asked in these conversations: {WHOSE[wanted.whose].lower()}. Other surveys of this selection are "
        "chosen above.",
        icon=":material/star_half:",
        title="None of these here",
    )
    if found.of(kind, Whose.ALL):
        st.button(f"All conversations asked for {KINDS[kind]}", on_click=_choose_all, key="of_all")


def _choose_all() -> None:
    st.session_state[state_key("of")] = Whose.ALL.value
