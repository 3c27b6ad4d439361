"""Which metric is looked at, and in which view: both stand in the link, and a card's number leads to its conversations."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from metrics.catalogue import CATALOGUE, Metric, find_metric
from metrics.windows import Grain
from pages.components.glossary import GLOSSARY
from pages.components.linked import linked_choice, state_key

TREND, BY_BOT, CONVERSATIONS = "Trend", "By bot", "Conversations"
VIEWS = (TREND, BY_BOT, CONVERSATIONS)
AUTOMATIC = "Auto"
METRICS = tuple(metric.key for metric in CATALOGUE)
# Bars by the hour of more than this would be thinner than a pixel.
MOST_HOURS = 1_500


def choose_metric() -> str:
    """The key of a metric of the catalogue."""
    return linked_choice(
        "Metric", METRICS, name="metric", default="resolution_rate", format_func=_label, label_visibility="collapsed", width=260
    )


def choose_grain(natural: Grain) -> Grain:
    """The size of a trend's buckets; by itself the one that suits the period."""
    names = (AUTOMATIC, *(grain.value.capitalize() for grain in Grain))
    chosen = st.segmented_control(
        "By", names, default=AUTOMATIC, key="grain", bind="query-params", required=True, label_visibility="collapsed"
    )
    return natural if chosen == AUTOMATIC else Grain(chosen.lower())


def list_conversations(metric: str) -> None:
    """Turn to the conversations behind a metric (a callback)."""
    st.session_state[state_key("metric")] = metric
    st.session_state["view"] = CONVERSATIONS


def _label(key: str) -> str:
    return find_metric(key).label


def find_words() -> str:
    """What is looked for among the definitions; a link to one metric shows that one alone."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text: str = st.text_input("Find", key="find", bind="query-params", placeholder="Word or part of one", width=280)
        if _linked_metric():
            st.button("Show all", icon=":material/close:", on_click=_forget_metric, key="show_all_metrics")
    return text.strip().lower()


def found_metrics(text: str) -> list[Metric]:
    """The metrics that say this anywhere; without a text all, or the one that the link names."""
    linked = _linked_metric()
    if linked and not text:
        return [find_metric(linked)]
    return [metric for metric in CATALOGUE if text in " ".join(str(value) for value in asdict(metric).values()).lower()]


def found_words(text: str) -> dict[str, str]:
    """The words of the glossary that say this."""
    if _linked_metric() and not text:
        return {}
    return {word: meaning for word, meaning in GLOSSARY.items() if text in f"{word} {meaning}".lower()}


def _linked_metric() -> str | None:
    asked = st.query_params.get("metric")
    return asked if asked in METRICS else None


def _forget_metric() -> None:
    st.query_params.pop("metric", None)
