"""One bot against another: every metric of the one, the same of the other, and whether the difference is sure."""

from __future__ import annotations

import streamlit as st

from metrics.questions import card
from pages.components import loaders
from pages.components.choose import METRICS
from pages.components.formats import number
from pages.components.linked import linked_choice
from pages.components.metric_table import metric_table
from pages.components.period import WITHOUT, Asked
from pages.components.tables import SMALL


def show_comparison(asked: Asked) -> None:
    """Choose the two; by themselves those with most conversations."""
    found = {bot or WITHOUT: totals for bot, totals in loaders.by_word("bot", asked.filters, asked.as_of, METRICS).items()}
    if len(found) < 2:
        st.info(
            "There is one bot in this selection. Take the bot filter away, or choose a longer period.", icon=":material/compare:"
        )
        return
    bots = sorted(found, key=lambda bot: (-found[bot].closed, bot))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        one = linked_choice("Bot", bots, name="one", default=bots[0], width=220)
        others = [bot for bot in bots if bot != one]
        other = linked_choice("Against", others, name="other", default=others[0], width=220)
    metric_table([card(key, found[one], found[other]) for key in METRICS], beside=other, slices={"of_bot": one})
    few = any(found[bot].closed < SMALL for bot in (one, other))
    said = f" Fewer than {SMALL} closed are too few to judge." if few else ""
    st.caption(
        f"{number(found[one].closed)} against {number(found[other].closed)} closed conversations. A difference is called better "
        f"or worse where its interval leaves out zero. Bots may serve different topics: filter to compare like with like.{said}"
    )
