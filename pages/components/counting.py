"""Out of which conversations resolution and escalation are counted: ours, or as Copilot Studio and Omnichannel count them."""

from __future__ import annotations

import streamlit as st

CLOSED, ENGAGED, ALL = "Closed", "Engaged", "All, open included"
_RATES = {
    CLOSED: ("resolution_rate", "escalation_rate"),
    ENGAGED: ("resolution_rate_engaged", "escalation_rate_engaged"),
    ALL: ("resolution_rate_all", "escalation_rate_all"),
}
_HELP = (
    "Closed bot conversations are our way of counting. Copilot Studio counts engaged ones only: the customer wrote. "
    "Omnichannel counts open ones too, which lowers both rates while conversations run."
)


def choose_counting() -> tuple[str, ...]:
    """The headline metrics of the chosen way."""
    chosen = st.segmented_control(
        "Resolution and escalation out of",
        tuple(_RATES),
        default=CLOSED,
        key="out_of",
        bind="query-params",
        required=True,
        help=_HELP,
    )
    resolution, escalation = _RATES[chosen or CLOSED]
    return (resolution, "durable_resolution_7", escalation, "wait_after_escalation", "average_sentiment")
