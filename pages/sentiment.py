"""Sentiment: how did customers feel at the end, in which part of the conversation, and what moved it?"""

import streamlit as st

from metrics.catalogue import find_metric
from pages.components import loaders
from pages.components.cards import show_cards
from pages.components.choose import CONVERSATIONS, TREND, choose_metric
from pages.components.empty import show_no_scores, show_why_empty
from pages.components.impact import show_impact
from pages.components.levels import show_levels
from pages.components.paging import show_conversations
from pages.components.period import choose_filters, link_of_filters, natural_grain, say_period
from pages.components.trends import show_trend

CARDS = ("average_sentiment", "sentiment_with_bot", "sentiment_waiting", "sentiment_with_agent", "csat")

asked = choose_filters("sentiment")
found = loaders.headline(asked.filters, asked.as_of, CARDS)
if not found.totals.bot_conversations:
    show_why_empty(asked)
    st.stop()

show_cards(found.cards, found.totals, loaders.trend(asked.filters, natural_grain(asked.filters.window), asked.as_of, CARDS))
if not found.totals.average_sentiment.scored:
    show_no_scores(found.totals)
    st.stop()

levels, moved, trend, conversations = st.tabs(("Levels", "What moved it", TREND, CONVERSATIONS), key="view", bind="query-params")
if levels.open:
    with levels:
        show_levels(asked)
if moved.open:
    with moved:
        show_impact(asked, find_metric("average_sentiment"))
if trend.open:
    with trend:
        show_trend(asked, default="average_sentiment")
if conversations.open:
    with conversations:
        show_conversations(asked, find_metric(choose_metric("average_sentiment")))

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    say_period(asked, compared=True)
    st.page_link("export.py", label="Export this selection", query_params=link_of_filters(), help="")
