"""Definitions: what every number means, from the same catalogue that the numbers are made by."""

import streamlit as st

from metrics.definitions import OUTCOME_RULES
from pages.components.definitions.definition import show_definition, show_words
from pages.components.definitions.finding import find_words, found_metrics, found_words

text = find_words()
metrics, words = found_metrics(text), found_words(text)

if not metrics and not words:
    st.info("No metric or word holds this text. Try a shorter one.", icon=":material/search_off:", title="Nothing found")
for metric in metrics:
    show_definition(metric)

if not text:
    st.subheader("How an outcome is decided", anchor="outcome")
    st.caption("Every closed bot conversation has exactly one outcome. The first line that applies decides.")
    st.table(
        {str(place): f"**{outcome}** {rule}" for place, (outcome, rule) in enumerate(OUTCOME_RULES, start=1)}, border="horizontal"
    )
if words:
    st.subheader("Words", anchor="words")
    show_words(words)
