"""One metric in full, and the glossary."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from metrics.metric import Metric

BETTER = {"higher": "higher is better", "lower": "lower is better", "neither": "neither way is better"}


def show_definition(metric: Metric) -> None:
    """Everything the catalogue says of a metric, under an address of its own."""
    with st.container(border=True, gap="xsmall", key=f"metric_{metric.key}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(metric.label, anchor=metric.key, width="content")
            st.caption(f"`{metric.key}`", width="content")
        st.markdown(metric.definition)
        empty = "–" if metric.empty is None else str(metric.empty)
        facts = {
            "Counts": metric.numerator,
            "Out of": metric.denominator,
            "Unit": f"{metric.unit.value}, per {metric.grain}",
            "Reads": f"{BETTER[metric.better.value]}; {empty} where there is nothing to count",
            "Defined after": metric.source,
        }
        st.caption("  \n".join(f"**{name}:** {fact}" for name, fact in facts.items() if fact))


def show_words(words: Mapping[str, str]) -> None:
    """The glossary, or what was found in it."""
    st.table({f"**{word}**": meaning for word, meaning in words.items()}, border="horizontal")
