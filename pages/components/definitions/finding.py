"""Finding a definition: by text, or by a link that names one metric."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from metrics.catalogue import EVERY
from metrics.metric import Metric
from pages.components.definitions.glossary import GLOSSARY

BY_KEY = {metric.key: metric for metric in EVERY}


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
        return [BY_KEY[linked]]
    return [metric for metric in EVERY if text in " ".join(str(value) for value in asdict(metric).values()).lower()]


def found_words(text: str) -> dict[str, str]:
    """The words of the glossary that say this."""
    if _linked_metric() and not text:
        return {}
    return {word: meaning for word, meaning in GLOSSARY.items() if text in f"{word} {meaning}".lower()}


def _linked_metric() -> str | None:
    asked = st.query_params.get("metric")
    return asked if asked in BY_KEY else None


def _forget_metric() -> None:
    st.query_params.pop("metric", None)
