"""Voice: who talks how much on calls, how much is silence, and who is kept on hold?"""

import streamlit as st

from pages.components.choose import TREND
from pages.components.period import choose_filters
from pages.components.views import show_end, show_views
from pages.components.voice.figures import choose_calls, show_by, show_figures, show_trend

asked = choose_filters()
chosen = choose_calls(asked)
if not show_figures(chosen):
    st.stop()

show_views(
    {
        "By agent": lambda: show_by(chosen, "agent"),
        "By queue": lambda: show_by(chosen, "queue"),
        "By bot": lambda: show_by(chosen, "bot"),
        "By channel": lambda: show_by(chosen, "channel"),
        TREND: lambda: show_trend(chosen),
    }
)
show_end(asked, "calls", {**chosen.choices, "table": "speech"})
