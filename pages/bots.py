"""Bots: are they any good, are they getting better, where do they fail? Every number opens onto its conversations."""

import streamlit as st

from metrics.catalogue import find_metric
from pages.components import loaders
from pages.components.cards import show_cards
from pages.components.charts import outcome_bar, say_outcomes
from pages.components.choose import BY_BOT, CONVERSATIONS, TREND, choose_metric
from pages.components.compare import show_comparison
from pages.components.empty import show_why_empty
from pages.components.paging import show_conversations
from pages.components.period import choose_filters, link_of_filters, natural_grain, say_period
from pages.components.tables import RANKED, by_bot_table
from pages.components.trends import show_trend

asked = choose_filters("bots")
found = loaders.headline(asked.filters, asked.as_of)
if not found.totals.bot_conversations:
    show_why_empty(asked)
    st.stop()

grain = natural_grain(asked.filters.window)
show_cards(found.cards, found.totals, loaders.trend(asked.filters, grain, asked.as_of))
outcome_bar(found.totals)
say_outcomes(found.totals)

trend, by_bot, against, conversations = st.tabs(
    (TREND, BY_BOT, "Bot against bot", CONVERSATIONS), key="view", bind="query-params"
)
if trend.open:
    with trend:
        show_trend(asked)
if by_bot.open:
    with by_bot:
        by_bot_table(loaders.by_word("bot", asked.filters, asked.as_of, RANKED))
if against.open:
    with against:
        show_comparison(asked)
if conversations.open:
    with conversations:
        show_conversations(asked, find_metric(choose_metric()))

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    say_period(asked, compared=True)
    st.page_link("export.py", label="Export this selection", query_params={**link_of_filters(), "rows": "bots"}, help="")
