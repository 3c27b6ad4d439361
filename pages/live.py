"""Live: which open conversation needs somebody, and why. The floor redraws itself; the script runs when a person acts."""

import streamlit as st

from pages.components.carried import take_to_floor
from pages.components.floor import Addresses, live_floor
from pages.components.floor.filters import choose_filters, take_choices
from pages.components.floor.span import chosen_span
from pages.components.viewer import viewer
from pages.runtime import runtime

take_to_floor(take_choices)
here = runtime()
filters = choose_filters(here.floor.choices())

pressed = live_floor(
    Addresses(here.stream_path, here.ask_path, here.lines_path, "conversation", "definitions"),
    token=here.stream_token(viewer()),
    filters=filters,
    span=chosen_span(),
    bands=here.bands,
)
if pressed.conversation:
    st.switch_page("conversation.py", query_params={"conversation": pressed.conversation})
if pressed.sources:
    st.switch_page("sources.py")
