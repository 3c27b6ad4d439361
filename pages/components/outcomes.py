"""The outcomes as numbers: they add up to what has closed, and each opens its conversations."""

from __future__ import annotations

import streamlit as st

from metrics.figures import Totals
from pages.components.charts import OUTCOMES
from pages.components.drill import Choices, open_conversations
from pages.components.formats import number
from pages.components.narrowing import OPEN_STATES


def say_outcomes(totals: Totals) -> None:
    """The same as the bar of outcomes, as one line of text."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="outcome_numbers"):
        _number("closed", totals.closed, "closed")
        st.caption("=", width="content")
        for name, *_ in OUTCOMES:
            _number(name, getattr(totals, name), name)
        st.caption("and", width="content")
        _number("still open", totals.open, "bot_conversations", {"state": OPEN_STATES})


def _number(name: str, count: int, metric: str, choices: Choices | None = None) -> None:
    st.button(
        f"{number(count)} {name}",
        type="tertiary",
        key=f"list_{name}",
        on_click=open_conversations,
        args=(metric, choices),
        disabled=not count,
        help="List these conversations.",
    )
