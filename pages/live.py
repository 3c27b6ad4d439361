"""Live: which open conversation needs somebody, and why. The floor redraws itself; the script runs when a person acts."""

import streamlit as st

from live.watch import OPEN_STATES
from pages.components.floor import live_floor
from pages.components.floor.filters import STATE_WORDS, with_chosen
from pages.components.viewer import viewer
from pages.runtime import runtime

here = runtime()
choices = here.floor.choices()

with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="live_filters"):
    channels = st.multiselect(
        "Channel",
        with_chosen(choices.channels, "channel"),
        key="channel",
        bind="query-params",
        placeholder="All",
        width=142,
    )
    queues = st.multiselect(
        "Queue",
        with_chosen(choices.queues, "queue"),
        key="queue",
        bind="query-params",
        placeholder="All",
        width=142,
    )
    bots = st.multiselect(
        "Bot",
        with_chosen(choices.bots, "bot"),
        key="bot",
        bind="query-params",
        placeholder="All",
        width=142,
    )
    states = st.multiselect(
        "State",
        OPEN_STATES,
        key="state",
        bind="query-params",
        placeholder="All",
        format_func=STATE_WORDS.get,
        width=142,
    )
    text = st.text_input("Text", key="text", bind="query-params", placeholder="Customer, topic, reason …", width=205)

opened = live_floor(
    stream=here.stream_path,
    token=here.stream_token(viewer()),
    conversation_url="conversation",
    filters={"channels": channels, "queues": queues, "bots": bots, "states": states, "text": text},
)
if opened:
    st.switch_page("conversation.py", query_params={"conversation": opened})
