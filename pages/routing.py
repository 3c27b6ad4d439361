"""Routing: did conversations reach the queue that their rules name, and what would other rules change?"""

import streamlit as st

from pages.components import loaders
from pages.components.choose import EVERYBODY
from pages.components.period import choose_filters
from pages.components.routing.journey import show_journey
from pages.components.routing.listing import ALL, ELSEWHERE, HEALTH, JOURNEY, RULES, TRIAL, show_escalations
from pages.components.routing.trial import show_trial
from pages.components.routing.views import (
    show_elsewhere,
    show_file_faults,
    show_health,
    show_no_configuration,
    show_no_escalations,
    show_rules,
    show_tiles,
)
from pages.components.views import show_end, show_views

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
        ELSEWHERE: lambda: show_elsewhere(summary, asked),
        ALL: lambda: show_escalations(asked),
        HEALTH: lambda: show_health(warnings),
        TRIAL: lambda: show_trial(kept[-1].configuration, asked),
        JOURNEY: lambda: show_journey(summary),
        RULES: lambda: show_rules(kept, asked),
    }
)
show_end(asked, EVERYBODY, {"table": "escalations"}, compared=False)
