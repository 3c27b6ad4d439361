"""How the escalation of one conversation was routed: what was known then, the rules tried, where it should have gone and went."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from metrics.routing.escalations import Landing
from metrics.routing.reading import routing_of
from metrics.routing.told import Routing, tell_routing
from pages.components.formats import as_label, moment, span
from pages.runtime import runtime

LANDINGS = {
    Landing.AS_RULED: ("as its rules say", "green", ":material/check_circle:"),
    Landing.ON_OVERFLOW: ("as its rules say while a queue overflows", "gray", ":material/help:"),
    Landing.ELSEWHERE: ("elsewhere than its rules say", "orange", ":material/call_split:"),
    Landing.QUEUE_UNKNOWN: ("the source does not say where", "gray", ":material/help:"),
    Landing.NOT_RULED: ("no rule says where", "gray", ":material/help:"),
}
WENT = (Landing.AS_RULED, Landing.ON_OVERFLOW, Landing.ELSEWHERE)


def show_routing(conversation: str, tz: str) -> None:
    """The routing of a conversation's escalation; nothing where no human was asked for."""
    judged = routing_of(runtime().store, conversation)
    if judged is None:
        return
    routing = tell_routing(judged)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("Routing", width="content")
        word, colour, icon = LANDINGS[routing.landing]
        st.badge(f"Went {word}" if routing.landing in WENT else word, icon=icon, color=colour)
    _facts(routing, tz)
    if routing.asked:
        _rules(routing)
    elif not routing.configured:
        st.caption("No routing configuration is known: the rules cannot be compared.")
        st.page_link("routing.py", label="Describe your rules", icon=":material/alt_route:", query_params={})


def _facts(routing: Routing, tz: str) -> None:
    """What is known of it, each under its name."""
    facts = [
        ("Asked for a human", moment(routing.at_ms, tz)),
        *((name, value or "(empty)") for name, value in routing.variables),
        ("Workstream", routing.workstream or "not said"),
        *([("Should have gone to", f"{routing.wanted}: {routing.because}")] if routing.wanted else []),
        ("Went to", routing.went_to),
        ("Accepted by", f"{routing.accepted_by} after {span(routing.seconds)}" if routing.accepted_by else "nobody"),
    ]
    if not routing.variables:
        facts.insert(1, ("Context variables", "none"))
    with st.container(horizontal=True, gap="small"):
        for what, said in facts:
            with st.container(width="content", gap=None):
                st.caption(as_label(what))
                st.text(said)


def _rules(routing: Routing) -> None:
    """The rules in the order in which they were tried, each condition with whether it held."""
    st.caption("Rules tried, in their order")
    by_rule = {rule: list(group) for rule, group in groupby(routing.asked, key=lambda item: item.rule)}
    with st.container(gap="xsmall"):
        for place, (rule, conditions) in enumerate(by_rule.items(), start=1):
            with st.container(border=True, gap=None):
                st.text(f"{place}. {rule}")
                for item in conditions:
                    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                        icon, colour = (":material/check:", "green") if item.held else (":material/close:", "gray")
                        st.badge("held" if item.held else "did not hold", icon=icon, color=colour)
                        st.text(item.condition)
    if routing.num_not_tried:
        rest = "1 rule" if routing.num_not_tried == 1 else f"{routing.num_not_tried} rules"
        st.caption(f"The first rule that matches decides: {rest} behind it not tried.")
