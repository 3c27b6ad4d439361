"""Sentiment: how did customers feel at the end, in which part of the conversation, and what moved it?"""

import streamlit as st

from metrics.catalogue import find_metric
from pages.components.choose import TREND
from pages.components.empty import show_no_scores
from pages.components.impact import show_impact
from pages.components.levels import show_levels
from pages.components.period import choose_filters
from pages.components.trends import show_trend
from pages.components.views import show_end, show_headline, show_views

CARDS = ("average_sentiment", "sentiment_with_bot", "sentiment_waiting", "sentiment_with_agent", "csat")

asked = choose_filters()
totals = show_headline(asked, CARDS)
if not totals.average_sentiment.scored:
    show_no_scores(totals)
    st.stop()

show_views(
    {
        "Levels": lambda: show_levels(asked),
        "What moved it": lambda: show_impact(asked, find_metric("average_sentiment")),
        TREND: lambda: show_trend(asked, default="average_sentiment"),
    }
)
show_end(asked)
