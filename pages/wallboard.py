"""Wallboard: the floor on a screen on the wall. Its address says what it shows; nobody touches it."""

import streamlit as st

from pages.components.viewer import viewer
from pages.components.wallboard import Addresses, wallboard
from pages.components.wallboard.link import read_link
from pages.runtime import runtime

here = runtime()
wallboard(
    Addresses(here.stream_path, here.ask_path, here.alerts_path),
    token=here.stream_token(viewer()),
    link=read_link(st.query_params),
    is_demo=here.is_demo,
)
