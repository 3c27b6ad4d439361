"""Which time zone a viewer reads times in where they have not chosen one."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

import streamlit as st

from pages.runtime import runtime

# Browsers still say zones by the names that they had; people look for the present ones.
RENAMED = {
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Godthab": "America/Nuuk",
    "America/Indianapolis": "America/Indiana/Indianapolis",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Atlantic/Faeroe": "Atlantic/Faroe",
    "Europe/Kiev": "Europe/Kyiv",
}


def viewer_zone() -> str:
    """The browser's, where it is one we know; else the operator's."""
    own = RENAMED.get(st.context.timezone or "", st.context.timezone)
    return own if own in zones() else runtime().time_zone


def say_zone() -> None:
    """By whose clock the times of a page are, once on each page that does not let it be chosen."""
    st.caption(f"Times of {viewer_zone()}.")


@cache
def zones() -> tuple[str, ...]:
    """Every IANA zone this machine knows."""
    return tuple(sorted({"UTC", *available_timezones()} - {"localtime", "Factory"}))
