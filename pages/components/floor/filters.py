"""What the floor can be filtered by, in words."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

STATE_WORDS = {"with_bot": "With bot", "waiting": "Waiting", "with_agent": "With agent", "wrap_up": "Wrap-up"}


def with_chosen(names: Sequence[str], key: str) -> list[str]:
    """These names and those the link or the person has chosen: a choice stays valid when its last conversation ends."""
    chosen = st.session_state.get(key) or st.query_params.get_all(key)
    return sorted({*names, *chosen})
