"""What a page of the past is made of: headline cards, views of which the open one alone is drawn, and the period at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from metrics.figures import Totals
from metrics.questions import HEADLINE
from pages.components import loaders
from pages.components.cards import show_cards
from pages.components.choose import BOTS
from pages.components.drill import Choices
from pages.components.empty import show_why_empty
from pages.components.period import Asked, link_of_filters, natural_grain, say_period


def show_headline(asked: Asked, keys: tuple[str, ...] = HEADLINE) -> Totals:
    """The cards of these metrics. Where nothing is in the selection it is said why, and the page ends there."""
    found = loaders.headline(asked.filters, asked.as_of, keys)
    if not found.totals.bot_conversations:
        show_why_empty(asked)
        st.stop()
    grain = natural_grain(asked.filters.window)
    show_cards(found.cards, found.totals, loaders.trend(asked.filters, grain, asked.as_of, keys), asked)
    return found.totals


def show_views(views: Mapping[str, Callable[[], None]]) -> None:
    """A tab for each; the link names the open one."""
    tabs = st.tabs(tuple(views), key="view", bind="query-params")
    for tab, show in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab:
                show()


def show_end(asked: Asked, rows: str = BOTS, choices: Choices | None = None, *, compared: bool = True) -> None:
    """Which period exactly, and the way to the rows of what is counted: `rows` names them, `choices` narrow them further."""
    link = {**link_of_filters(), "rows": rows, **(choices or {})}
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        say_period(asked, compared=compared)
        st.page_link("export.py", label="Export this selection", query_params=link, help="")
