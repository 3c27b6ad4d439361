"""Queues: who waits now, how soon are customers answered, and how many leave before?"""

import streamlit as st

from pages.components.choose import TREND
from pages.components.period import choose_filters
from pages.components.queues.figures import choose_queue, say_promises, show_by_queue, show_figures, show_trend, within
from pages.components.queues.now import queues_now, show_now
from pages.components.views import show_end, show_views

asked = choose_filters()
queue, chosen = choose_queue(asked, [figures["name"] for figures in queues_now() if figures["name"]])
show_now(queue)
if not show_figures(chosen, queue):
    st.stop()
say_promises(chosen)

show_views({"By queue": lambda: show_by_queue(chosen), TREND: lambda: show_trend(chosen, queue)})
show_end(asked, "offered", within(queue))
