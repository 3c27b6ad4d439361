"""Smart assist: what do bots suggest to agents, do they use it, and how do conversations with and without it differ?"""

import streamlit as st

from pages.components.assist.asking import choose_whose, lead_to
from pages.components.assist.compared import show_compared
from pages.components.assist.figures import show_fates, show_figures
from pages.components.assist.groups import show_groups, show_trend
from pages.components.choose import TREND
from pages.components.period import choose_filters
from pages.components.views import show_end, show_views

asked = choose_whose(choose_filters())
totals = show_figures(asked)
if totals is None:
    st.stop()

show_views(
    {
        "What became of them": lambda: show_fates(totals, asked),
        "By agent, bot, queue": lambda: show_groups(asked),
        "With and without": lambda: show_compared(asked),
        TREND: lambda: show_trend(asked),
    }
)
rows, choices = lead_to("shown", asked, {"table": "suggestions"})
show_end(asked, rows, choices)
