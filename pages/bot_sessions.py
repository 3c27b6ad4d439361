"""Bot sessions: how many of the month's are used, will they last, and which conversations count?"""

import streamlit as st

from pages.components.bot_sessions import loading
from pages.components.bot_sessions.asking import VIEWS, choose_month
from pages.components.bot_sessions.course import show_course
from pages.components.bot_sessions.cuts import show_cuts, show_months
from pages.components.bot_sessions.lists import show_counted, show_uncounted
from pages.components.bot_sessions.saying import offer_file, say_older, say_standing, show_nothing_yet
from pages.components.bot_sessions.tiles import show_tiles

asked = choose_month()
found = loading.month(asked.month, asked.now_ms // 60_000, asked.as_of)
say_older(found)
if not found.used and not found.not_counted and len(asked.months) == 1:
    show_nothing_yet(found)
    st.stop()

say_standing(found)
show_tiles(found)

course, cuts, counted, uncounted, months = st.tabs(VIEWS, key="view", bind="query-params")
if course.open:
    with course:
        show_course(found)
if cuts.open:
    with cuts:
        show_cuts(found)
if counted.open:
    with counted:
        show_counted(asked)
if uncounted.open:
    with uncounted:
        show_uncounted(found, asked)
if months.open:
    with months:
        show_months(asked)
offer_file(found)
