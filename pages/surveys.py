"""Surveys: what do customers answer when they are asked how it was, who asks, and how many answer at all?"""

import streamlit as st

from pages.components.choose import TREND
from pages.components.empty import say_stale
from pages.components.period import choose_filters
from pages.components.surveys import loading
from pages.components.surveys.answers import show_answers, show_comments
from pages.components.surveys.asking import choose_survey, say_whose
from pages.components.surveys.cuts import show_cuts
from pages.components.surveys.figures import show_figures, show_trend
from pages.components.surveys.saying import show_no_surveys, show_none_of_survey
from pages.components.views import show_end, show_views

asked = choose_filters()
found = loading.standing(asked.filters, asked.as_of)
if found.is_stale:
    say_stale("each survey")
if not found.total:
    show_no_surveys(asked)
    st.stop()

choice = choose_survey(asked, found)
if not show_figures(choice):
    show_none_of_survey(choice, found)
    st.stop()
say_whose(choice, found)

show_views(
    {
        "Answers": lambda: show_answers(choice),
        "Breakdown": lambda: show_cuts(choice),
        TREND: lambda: show_trend(choice),
        "Comments": lambda: show_comments(choice),
    }
)
rows, choices = choice.lead()
show_end(asked, rows, {"table": "surveys", **choices})
