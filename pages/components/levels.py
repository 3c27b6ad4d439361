"""How customers felt at the end: how many at each level, and the conversations behind each."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from metrics.figures import Rate
from metrics.levels import LEVELS
from pages.components import loaders
from pages.components.bars import Bar, show_bars
from pages.components.charts import theme
from pages.components.drill import open_clicked, open_conversations
from pages.components.formats import INTERVAL, number, share, spread
from pages.components.period import WITHOUT, Asked

COLUMN = st.column_config
PLACES = (0, 1, 2, 4, 7, 8, 9)  # in the theme's diverging colours, from worst to best


def show_levels(asked: Asked) -> None:
    """Bars from best to worst, and their numbers."""
    found = loaders.moods(asked.filters, asked.as_of)
    rates = {level: Rate(count, found.scored) for level, count in reversed(found.levels.items())}
    bars = [_bar(level, rate) for level, rate in rates.items()]
    said = "; ".join(f"{bar.name}: {bar.text}" for bar in bars)
    show_bars(bars, key="levels", alt=f"End sentiment of {number(found.scored)} conversations: {said}")
    frame = pd.DataFrame(
        {
            "level": list(rates),
            "list": [number(rate.numerator) for rate in rates.values()],
            "share": [share(rate.value) for rate in rates.values()],
            "interval": [spread(rate) for rate in rates.values()],
        }
    )
    st.dataframe(
        frame,
        key="levels_table",
        hide_index=True,
        height="content",
        alt="Conversations by the level of their end sentiment",
        column_config={
            "level": COLUMN.TextColumn("Level at the end"),
            "list": COLUMN.ButtonColumn(
                "Conversations",
                type="tertiary",
                alignment="right",
                key="levels_click",
                on_click=open_clicked,
                args=("levels_click", [("average_sentiment", {"sentiment": level}) for level in rates]),
                help="Opens these conversations.",
            ),
            "share": COLUMN.TextColumn("Share", alignment="right"),
            "interval": COLUMN.TextColumn(INTERVAL, alignment="right"),
        },
    )
    st.caption(
        f"Shares of {number(found.scored)} conversations with a score, with their {INTERVAL}. "
        "Estimated from the customers\u2019 words."
    )
    if found.unscored:
        st.button(
            f"{number(found.unscored)} without a score",
            type="tertiary",
            icon=":material/list:",
            key="open_unscored",
            on_click=open_conversations,
            args=("closed", {"sentiment": WITHOUT}),
            help="Opens these conversations: nothing was written, or in a language that the engine does not know.",
        )


def _bar(level: str, rate: Rate) -> Bar:
    low, high = rate.interval or (None, None)
    colours = theme("chartDivergingColors")
    text = f"{share(rate.value or 0, 0)}, {number(rate.numerator)}"
    return Bar(level, rate.value, text, low, high, colour=colours[PLACES[LEVELS.index(level)]] if colours else None)
