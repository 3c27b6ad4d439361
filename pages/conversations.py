"""Conversations: every conversation, under any filter; where each number of the past leads."""

import streamlit as st

from metrics.exports.rows import Wanted
from pages.components.choose import BOTS, choose_whose
from pages.components.empty import show_why_empty
from pages.components.narrowing import choose_more, link_of_rows, say_waiting, show_narrowing
from pages.components.paging import load_page, note_list, show_page
from pages.components.period import choose_filters, say_period

shared = choose_filters()
with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="narrowing"):
    metric, bots_only = choose_whose(BOTS)
    asked = choose_more(shared)
    show_narrowing()

say_waiting(asked)

wanted = Wanted("conversations", asked.filters, bots_only=bots_only, metric=metric)
found = load_page(wanted, asked.as_of)
if not found.rows:
    show_why_empty(asked, wanted)
    st.stop()

opened = show_page(found, wanted)
if opened:
    note_list()
    st.switch_page("conversation.py", query_params={"conversation": opened})

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    say_period(asked, compared=False)
    st.page_link("export.py", label="Export these conversations", query_params=link_of_rows(), help="")
