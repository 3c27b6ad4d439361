"""The course of a month: what is used up to each day beside what is entitled to, how it will go on, and day by day."""

from __future__ import annotations

from datetime import date
from itertools import accumulate

import plotly.graph_objects as go
import streamlit as st

from metrics.bot_sessions.entitlement import AT_RISK
from metrics.bot_sessions.questions import Month
from metrics.months import days_of
from pages.components.bot_sessions.asking import COUNTED, listing
from pages.components.charts import CONFIG, count_from_zero, counts_chart, name_places, theme, theme_colour
from pages.components.formats import NARROW, bucket, number, share
from pages.components.tables import counts, show_table, text


def show_course(found: Month) -> None:
    """The sum as a line, then the days."""
    _show_sum(found)
    if found.forecast is not None:
        st.caption(
            f"Dotted: the average of each weekday over the last {found.forecast.rests_on_days} whole days. The band holds "
            f"95{NARROW}% of what days strayed from it. Growth and holidays are not known to it."
        )
    counts_chart(found.by_day, label=f"Bot sessions, days of {found.zone}", key="days")
    with st.expander("Table of days", icon=":material/table:"):
        _show_days(found)


def _show_sum(found: Month) -> None:
    days = [day.isoformat() for day in days_of(found.month)]
    used = list(accumulate(found.by_day.values()))
    chart = go.Figure()
    _draw_forecast(chart, found, days)
    line = {"width": 2, "color": theme_colour(0)}
    hover = [f"{bucket(day)}<br>{number(total)} used" for day, total in zip(found.by_day, used, strict=True)]
    look = {"customdata": hover, "hovertemplate": "%{customdata}<extra></extra>"}
    chart.add_scatter(
        x=[days.index(day) for day in found.by_day], y=used, mode="lines+markers", line=line, marker={"size": 5}, **look
    )
    _draw_entitlement(chart, found, len(days))
    name_places(chart, [str(int(day[-2:])) for day in days])
    chart.update_xaxes(range=[-0.5, len(days) - 0.5])
    count_from_zero(chart, tickformat=",d")
    frame = {"l": 0, "r": 8, "t": 16, "b": 0}
    chart.update_layout(height=280, margin=frame, showlegend=False, hovermode="x", dragmode=False)
    st.plotly_chart(chart, key="sum", config=CONFIG, alt=_alt(found))


def _draw_forecast(chart: go.Figure, found: Month, days: list[str]) -> None:
    if found.forecast is None:
        return
    path = found.forecast.path
    places = [days.index(ahead.day.isoformat()) for ahead in path]
    # From where the sum stands at the end of yesterday on.
    before = found.used - found.by_day.get(path[0].day.isoformat(), 0)
    start = places[0] - 1
    x = [start, *places] if start >= 0 else places
    lead = [float(before)] if start >= 0 else []
    ends = {name: [*lead, *(getattr(ahead, name) for ahead in path)] for name in ("low", "expected", "high")}
    bare = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    chart.add_scatter(x=x, y=ends["low"], **bare)
    chart.add_scatter(x=x, y=ends["high"], fill="tonexty", fillcolor=theme_colour(0, 0.18), **bare)
    said = [
        f"{bucket(ahead.day.isoformat())}<br>{number(round(ahead.expected))} expected<br>"
        f"{number(round(ahead.low))}–{number(round(ahead.high))}, 95{NARROW}%"
        for ahead in path
    ]
    chart.add_scatter(
        x=places,
        y=[ahead.expected for ahead in path],
        mode="lines",
        line={"width": 2, "dash": "dot", "color": theme_colour(0, 0.8)},
        customdata=said,
        hovertemplate="%{customdata}<extra></extra>",
    )


def _draw_entitlement(chart: go.Figure, found: Month, num_days: int) -> None:
    if not found.entitled:
        return
    for level, word, colour in (
        (found.entitled, f"entitled to {number(found.entitled)}", theme("redColor")),
        (round(found.entitled * AT_RISK), share(AT_RISK, 0), theme("orangeColor")),
    ):
        chart.add_scatter(
            x=[-0.5, num_days - 0.5],
            y=[level, level],
            mode="lines",
            line={"width": 1, "color": colour},
            hoverinfo="skip",
        )
        chart.add_annotation(x=-0.4, y=level, text=word, showarrow=False, xanchor="left", yanchor="bottom")


def _alt(found: Month) -> str:
    said = f"Bot sessions used in {bucket(found.month)}: {number(found.used)}"
    said += "" if found.entitled is None else f" of {number(found.entitled)}"
    if found.forecast is not None:
        end = found.forecast.end
        said += f"; at the end {number(round(end.expected))}, between {number(round(end.low))} and {number(round(end.high))}"
    return said


def _show_days(found: Month) -> None:
    days = list(found.by_day)
    sums = list(accumulate(found.by_day.values()))
    show_table(
        "days_table",
        {
            "day": text("Day", [f"{bucket(day)}, {date.fromisoformat(day):%a}" for day in days][::-1]),
            "used": listing(
                "Used",
                "day_click",
                [number(found.by_day[day]) for day in days][::-1],
                COUNTED,
                "of_day",
                days[::-1],
                help="Opens these conversations.",
            ),
            "sum": counts("Since the first", sums[::-1]),
        },
        about="Bot sessions of each day, the latest first",
    )
