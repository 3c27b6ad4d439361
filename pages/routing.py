"""Routing: did conversations reach the queue that their rules name, and what would other rules change?"""

import streamlit as st

from pages.components import loaders
from pages.components.period import choose_filters, say_period
from pages.components.routing import (
    show_elsewhere,
    show_file_faults,
    show_health,
    show_journey,
    show_no_configuration,
    show_no_escalations,
    show_rules,
    show_tiles,
)
from pages.components.routing_trial import show_trial
from pages.components.views import show_views

asked = choose_filters()
show_file_faults()
kept = loaders.routing_configurations(asked.as_of)
if not kept:
    show_no_configuration()
    st.stop()

summary = loaders.routing_summary(asked.filters, asked.as_of)
warnings = loaders.routing_health(asked.filters, asked.as_of)
show_tiles(summary, warnings)
if not summary.num_escalations:
    show_no_escalations(asked)

show_views(
    {
        "Landed elsewhere": lambda: show_elsewhere(summary, asked),
        "Health": lambda: show_health(warnings),
        "Try rules": lambda: show_trial(kept[-1].configuration, asked),
        "Journey": lambda: show_journey(summary),
        "Rules in force": lambda: show_rules(kept, asked),
    }
)
say_period(asked, compared=False)
