"""Horizontal bars: one for each of some words, with the figure written at its end, and the interval where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from metrics.figures import Rate
from pages.components.charts import CONFIG, chart_text, theme, theme_colour
from pages.components.formats import number, share

HEIGHT, FRAME = 30, 24  # pixels a bar, and around all of them
LETTER = 7  # pixels of what is written at its end
LONGEST = 34  # characters of a word
MOST_BARS = 12  # of words without an end, the first so many


@dataclass(frozen=True, slots=True)
class Bar:
    """One word. `value` is a share or a difference of shares; None: nothing to draw."""

    name: str
    value: float | None
    text: str
    low: float | None = None  # 95 %
    high: float | None = None
    is_small: bool = False  # rests on few: grey
    colour: str | None = None  # of its own, where a word has one


def rate_bar(name: str, rate: Rate, *, has_interval: bool = True, is_small: bool = False, colour: str | None = None) -> Bar:
    """A share of the whole, with how many that is."""
    low, high = (rate.interval if has_interval else None) or (None, None)
    return Bar(name, rate.value, f"{share(rate.value or 0, 0)}, {number(rate.numerator)}", low, high, is_small, colour)


def show_bars(bars: Sequence[Bar], *, key: str, about: str, colour: int = 0) -> None:
    """Draw them in this order, from the top."""
    places = list(range(len(bars)))
    plain, grey = theme_colour(colour), theme("grayColor") or theme_colour(7)
    chart = go.Figure(
        go.Bar(
            x=[bar.value for bar in bars],
            y=places,
            orientation="h",
            marker=_colours(bars, plain, grey),
            error_x=_interval(bars),
            customdata=[f"{chart_text(bar.name)}<br>{bar.text}" for bar in bars],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    for place, bar in zip(places, bars, strict=True):
        # Beside the interval, not beneath it.
        ends = [end for end in (0.0, bar.value, bar.high) if end is not None]
        chart.add_annotation(x=max(ends), y=place, text=bar.text, showarrow=False, xanchor="left", xshift=6)
    chart.update_yaxes(
        tickvals=places, ticktext=[_short(bar.name) for bar in bars], autorange="reversed", showgrid=False, automargin=True
    )
    chart.update_xaxes(visible=False, range=_range(bars))
    room = LETTER * max((len(bar.text) for bar in bars), default=0) + LETTER
    chart.update_layout(height=HEIGHT * len(bars) + FRAME, margin={"l": 0, "r": room, "t": 0, "b": 0}, bargap=0.4, dragmode=False)
    said = "; ".join(f"{bar.name}: {bar.text}" for bar in bars)
    st.plotly_chart(chart, key=key, config=CONFIG, alt=f"{about}: {said}")


def _colours(bars: Sequence[Bar], plain: str | None, grey: str | None) -> dict[str, object]:
    """Each bar's colour; all are left to the chart's template where the theme names one of them not: a list takes no gaps."""
    colours = [grey if bar.is_small else bar.colour or plain for bar in bars]
    return {} if None in colours else {"color": colours}


def _short(name: str) -> str:
    shown = chart_text(name)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def _range(bars: Sequence[Bar]) -> list[float]:
    """From zero, or from the least; what is written at the ends stands in the margin, which a narrow screen leaves its width."""
    ends = [end for bar in bars for end in (bar.value, bar.low, bar.high) if end is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    length = (high - low) or 1.0
    return [low - 0.02 * length, high]


def _interval(bars: Sequence[Bar]) -> dict[str, object]:
    above = [None if bar.high is None or bar.value is None else bar.high - bar.value for bar in bars]
    below = [None if bar.low is None or bar.value is None else bar.value - bar.low for bar in bars]
    return {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "thickness": 0.8, "width": 0}
