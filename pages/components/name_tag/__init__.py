"""The viewer's name beside every page's title, and where it is changed; the browser keeps it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from live.viewers import guest_name
from pages.components import viewer as who
from pages.components.mounting import mount

KEY = "name_tag"
_SCRIPTS = ("../browser/popovers.js", "name_tag.js")


def show_name_tag() -> None:
    """Say as whom others see this viewer. A name that the sign-in or the proxy gives cannot be changed here."""
    told, asking = who.told(), who.viewer()
    cookie = None if told else {"name": who.COOKIE, "value": who.as_cookie(asking)}
    data = {"name": asking.name, "is_given": asking.name != guest_name(asking.id), "cookie": cookie}
    component = mount(Path(__file__).parent, "name_tag", _SCRIPTS)
    component(key=KEY, data=data, on_named_change=_rename, on_found_change=_take_over, width="content")


def _rename() -> None:
    name = st.session_state[KEY].named
    if isinstance(name, str):
        who.rename(name)


def _take_over() -> None:
    cookie = st.session_state[KEY].found
    if isinstance(cookie, str):
        who.take_over(cookie)
