"""Alerts: what stands now, what is watched for, what has been, and who is told."""

import streamlit as st

from pages.components.alerts.history import show_alert, show_history
from pages.components.alerts.rule_form import show_rule_form
from pages.components.alerts.rule_list import show_rules
from pages.components.alerts.standing import show_standing
from pages.components.alerts.targets import show_targets
from pages.components.zone import say_zone, viewer_zone

if alert_id := st.query_params.get("alert"):
    show_alert(alert_id, viewer_zone())
    say_zone()
    st.stop()
if rule_id := st.query_params.get("rule"):
    show_rule_form(rule_id, viewer_zone())
    say_zone()
    st.stop()

now, rules, history, targets = st.tabs(["Now", "Rules", "History", "Targets"], key="show", bind="query-params")
if now.open:
    with now:
        show_standing()
if rules.open:
    with rules:
        show_rules(viewer_zone())
if history.open:
    with history:
        show_history(viewer_zone())
if targets.open:
    with targets:
        show_targets(viewer_zone())
say_zone()
