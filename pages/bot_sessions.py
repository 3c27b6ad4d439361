"""Bot sessions: how many of the month's are used, will they last, and which conversations count?"""

import streamlit as st

from pages.components.bot_sessions import loading
from pages.components.bot_sessions.asking import COUNTED, COURSE, CUTS, MONTHS, UNCOUNTED, choose_month
from pages.components.bot_sessions.course import show_course
from pages.components.bot_sessions.cuts import show_cuts, show_months
from pages.components.bot_sessions.lists import show_counted, show_uncounted
from pages.components.bot_sessions.saying import offer_file, say_standing, show_nothing_yet
from pages.components.bot_sessions.tiles import show_tiles
from pages.components.empty import say_stale
from pages.components.views import show_views

asked = choose_month()
found = loading.month(asked.month, asked.now_ms // 60_000, asked.as_of)
if found.is_older:
    say_stale("when a bot was invoked")
if not found.used and not found.not_counted and len(asked.months) == 1:
    show_nothing_yet(found)
    st.stop()

say_standing(found)
show_tiles(found)

show_views(
    {
        COURSE: lambda: show_course(found),
        CUTS: lambda: show_cuts(found),
        COUNTED: lambda: show_counted(asked),
        UNCOUNTED: lambda: show_uncounted(found, asked),
        MONTHS: lambda: show_months(asked),
    }
)
offer_file(found)
