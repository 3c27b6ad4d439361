"""How customers felt at the end: how many at each level, and the conversations behind each."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from metrics.figures import Rate
from metrics.levels import LEVELS
from pages.components import loaders
from pages.components.bars import Bar, rate_bar, show_bars
from pages.components.charts import theme
from pages.components.drill import list_button, opening
from pages.components.formats import INTERVAL, number, several
from pages.components.period import WITHOUT, Asked
from pages.components.tables import share_columns, show_table, text

PLACES = (0, 1, 2, 4, 7, 8, 9)  # in the theme's diverging colours, from worst to best


def show_levels(asked: Asked) -> None:
    """Bars from best to worst, and their numbers."""
    found = loaders.moods(asked.filters, asked.as_of)
    rates = {level: Rate(count, found.scored) for level, count in reversed(found.levels.items())}
    bars = [_bar(level, rate) for level, rate in rates.items()]
    show_bars(bars, key="levels", about=f"End sentiment of {several(found.scored, 'conversation')}")
    _table(rates)
    st.caption(
        f"Shares of {several(found.scored, 'conversation')} with a score, with their {INTERVAL}. "
        "Estimated from the customers\u2019 words."
    )
    if found.unscored:
        list_button(
            f"{number(found.unscored)} without a score",
            "open_unscored",
            ("closed", {"sentiment": WITHOUT}),
            help="Opens these conversations: nothing was written, or in a language that the engine does not know.",
        )


def _table(rates: Mapping[str, Rate]) -> None:
    show_table(
        "levels_table",
        {
            "level": text("Level at the end", [level.capitalize() for level in rates]),
            "list": opening(
                "Conversations",
                "levels_click",
                [number(rate.numerator) for rate in rates.values()],
                [("average_sentiment", {"sentiment": level}) for level in rates],
                help="Opens these conversations.",
            ),
            **share_columns(rates.values()),
        },
        about="Conversations by the level of their end sentiment",
    )


def _bar(level: str, rate: Rate) -> Bar:
    colours = theme("chartDivergingColors")
    return rate_bar(level.capitalize(), rate, colour=colours[PLACES[LEVELS.index(level)]] if colours else None)
