"""Routing: did conversations reach the queue that their rules name, and what would other rules change?"""

import streamlit as st

from pages.components import loaders
from pages.components.period import choose_filters, say_period
from pages.components.routing import (
    VIEWS,
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

elsewhere, health, trial, journey, rules = st.tabs(VIEWS, key="view", bind="query-params")
if elsewhere.open:
    with elsewhere:
        show_elsewhere(summary, asked)
if health.open:
    with health:
        show_health(warnings)
if trial.open:
    with trial:
        show_trial(kept[-1].configuration, asked)
if journey.open:
    with journey:
        show_journey(summary)
if rules.open:
    with rules:
        show_rules(kept, asked)
say_period(asked, compared=False)
