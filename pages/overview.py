"""Overview: how are the bots doing as a whole, since when, at which hours? Every number opens onto its conversations."""

import streamlit as st

from metrics.catalogue import find_metric
from pages.components import loaders
from pages.components.cards import show_cards
from pages.components.charts import outcome_bar, say_outcomes
from pages.components.choose import CONVERSATIONS, METRICS, TREND, choose_metric
from pages.components.counting import choose_counting
from pages.components.empty import show_why_empty
from pages.components.heatmap import show_week
from pages.components.metric_table import metric_table
from pages.components.paging import show_conversations
from pages.components.period import choose_filters, link_of_filters, natural_grain, say_period
from pages.components.trends import show_trend

asked = choose_filters("overview")
keys = choose_counting()
found = loaders.headline(asked.filters, asked.as_of, keys)
if not found.totals.bot_conversations:
    show_why_empty(asked)
    st.stop()

grain = natural_grain(asked.filters.window)
show_cards(found.cards, found.totals, loaders.trend(asked.filters, grain, asked.as_of, keys))
outcome_bar(found.totals)
say_outcomes(found.totals)

trend, week, every, conversations = st.tabs((TREND, "Week", "All metrics", CONVERSATIONS), key="view", bind="query-params")
if trend.open:
    with trend:
        show_trend(asked)
if week.open:
    with week:
        show_week(asked, find_metric(choose_metric()))
if every.open:
    with every:
        metric_table(loaders.headline(asked.filters, asked.as_of, METRICS).cards)
if conversations.open:
    with conversations:
        show_conversations(asked, find_metric(choose_metric()))

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    say_period(asked, compared=True)
    st.page_link("export.py", label="Export this selection", query_params={**link_of_filters(), "rows": "bots"}, help="")
