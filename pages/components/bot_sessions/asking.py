"""Which month is looked at, and which of its conversations are listed. Both stand in the link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from metrics.bot_sessions.words import SHORT
from metrics.channels import channel_label
from metrics.months import day_of
from pages.components import loaders, own_lists
from pages.components.bot_sessions import loading
from pages.components.formats import as_label, bucket
from pages.components.linked import linked_choice, state_key
from pages.components.own_lists import Slices
from pages.components.period import WITHOUT
from pages.components.tables import Column
from pages.runtime import runtime

COURSE, CUTS, COUNTED, UNCOUNTED, MONTHS = "Course", "By bot and channel", "Counted", "Not counted", "Months"
SLICES = Slices(
    {
        "of_day": lambda value: f"of {bucket(value)}",
        "of_bot": lambda value: f"bot “{as_label(value)}”",
        "of_channel": lambda value: f"channel “{as_label(channel_label(value))}”",
        "use": lambda value: SHORT[value],
        "why_not": lambda value: SHORT[value],
    }
)
OF_COUNTED, OF_UNCOUNTED = ("of_day", "of_bot", "of_channel", "use"), ("why_not",)


@dataclass(frozen=True, slots=True)
class AskedMonth:
    """A month of the tenant's zone, and what the answers rest on."""

    month: str
    months: Sequence[str]  # that there is anything to say of, the latest first
    zone: str
    as_of: loaders.AsOf
    now_ms: int


def choose_month() -> AskedMonth:
    """Bring the figures up to now and ask for the month."""
    as_of, here = loaders.settle(), runtime()
    now_ms, zone = here.now_ms(), here.entitlement().zone
    months = loading.months(zone, day_of(now_ms, zone), as_of)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute", key="filters"):
        month = linked_choice("Month", months, name="month", default=months[0], format_func=month_name, width=170)
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.caption(f"Months of {zone}", width="content")
            st.page_link(
                "definitions.py", label="What these numbers mean", icon=":material/menu_book:", query_params={"find": "entitle"}
            )
    return AskedMonth(month, months, zone, as_of, now_ms)


def month_name(month: str) -> str:
    """November 2026."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def list_slice(view: str, *, month: str | None = None, **chosen: str) -> None:
    """Turn to the conversations behind a number (a callback)."""
    SLICES.turn_to(view, **chosen)
    if month is not None:
        st.session_state[state_key("month")] = month


def listing(label: str, click: str, numbers: Sequence[str], view: str, name: str, values: Sequence[str], *, help: str) -> Column:
    """A column of numbers, each of which turns to its conversations; `values` are those of the rows."""
    return own_lists.listing(label, click, numbers, list_slice, view, [{name: value} for value in values], help=help)


def word_of(value: str) -> str:
    """A bot or a channel as it is shown and linked; one without a name has a word, too."""
    return value or WITHOUT


def word_from(value: str | None) -> str | None:
    """The same back; None where the link names none."""
    return "" if value == WITHOUT else value
