"""Escalations: why are humans asked for, after how long, about what, and how long do customers wait then?"""

import streamlit as st

from metrics.catalogue import find_metric
from pages.components.choose import TREND
from pages.components.course import show_course
from pages.components.empty import show_no_escalations
from pages.components.escalated import show_by_word
from pages.components.impact import show_impact
from pages.components.period import choose_filters
from pages.components.trends import show_trend
from pages.components.views import show_end, show_headline, show_views

CARDS = ("escalation_rate", "escalation_time", "escalation_turns", "wasted_turns", "wait_after_escalation")

asked = choose_filters()
totals = show_headline(asked, CARDS)
if not totals.escalated:
    show_no_escalations(totals)
    st.stop()

show_views(
    {
        "Reasons": lambda: show_by_word(asked),
        "Time to escalation": lambda: show_course(asked),
        "Topics": lambda: show_impact(asked, find_metric("escalation_rate")),
        TREND: lambda: show_trend(asked, default="escalation_rate"),
    }
)
show_end(asked)
