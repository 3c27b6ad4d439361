"""Escalations: why are humans asked for, after how long, about what, and how long do customers wait then?"""

import streamlit as st

from metrics.catalogue import find_metric
from pages.components import loaders
from pages.components.cards import show_cards
from pages.components.choose import CONVERSATIONS, TREND, choose_metric
from pages.components.course import show_course
from pages.components.empty import show_no_escalations, show_why_empty
from pages.components.escalated import show_by_word
from pages.components.impact import show_impact
from pages.components.paging import show_conversations
from pages.components.period import choose_filters, link_of_filters, natural_grain, say_period
from pages.components.trends import show_trend

CARDS = ("escalation_rate", "escalation_time", "escalation_turns", "wasted_turns", "wait_after_escalation")

asked = choose_filters("escalations")
found = loaders.headline(asked.filters, asked.as_of, CARDS)
if not found.totals.bot_conversations:
    show_why_empty(asked)
    st.stop()

show_cards(found.cards, found.totals, loaders.trend(asked.filters, natural_grain(asked.filters.window), asked.as_of, CARDS))
if not found.totals.escalated:
    show_no_escalations(found.totals)
    st.stop()

reasons, course, impact, trend, conversations = st.tabs(
    ("Reasons", "Time to it", "Topics", TREND, CONVERSATIONS), key="view", bind="query-params"
)
if reasons.open:
    with reasons:
        show_by_word(asked)
if course.open:
    with course:
        show_course(asked)
if impact.open:
    with impact:
        show_impact(asked, find_metric("escalation_rate"))
if trend.open:
    with trend:
        show_trend(asked, default="escalation_rate")
if conversations.open:
    with conversations:
        show_conversations(asked, find_metric(choose_metric("escalated")))

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    say_period(asked, compared=True)
    st.page_link("export.py", label="Export this selection", query_params={**link_of_filters(), "rows": "bots"}, help="")
