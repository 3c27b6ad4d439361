"""Time to escalation: what share of conversations has been escalated, resolved, abandoned or otherwise ended by then."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from metrics.courses import ENDS, Clock, Course, Moment
from pages.components import loaders
from pages.components.charts import CONFIG, theme, theme_colour
from pages.components.choose import choose_among
from pages.components.drill import opening
from pages.components.formats import NARROW, number, several, share, span
from pages.components.period import Asked
from pages.components.tables import figures, show_table, text

CLOCKS = {"Time": Clock.SECONDS, "Messages of the customer": Clock.TURNS}
SLICE = {Clock.SECONDS: "within", Clock.TURNS: "turns"}
COLOURS = {"escalated": 2, "resolved": 0, "abandoned": 5, "other": 7}
SHOWN = 0.985  # the curve ends where so many conversations have ended; the table goes on


def show_course(asked: Asked) -> None:
    """Choose the measure; then the curves, and their numbers."""
    chosen = choose_among("Measured in", CLOCKS, name="clock")
    found = loaders.course(asked.filters, CLOCKS[chosen], asked.as_of)
    if not found.n:
        st.info("The source of these conversations gives no times to measure by.", icon=":material/timer_off:")
        return
    _curves(found)
    _table(found)
    st.caption(
        f"Cumulative incidence with competing ends (Aalen\u2013Johansen) of {several(found.n, 'closed conversation')}: "
        "at every point what has ended and what is still with the bot add up to all. Measured in the deciding bot session."
    )


def _curves(found: Course) -> None:
    points = _shown(found)
    unit = 60 if found.clock is Clock.SECONDS and points[-1].at >= 180 else 1
    chart = go.Figure()
    for end in ENDS:
        chart.add_scatter(
            x=[point.at / unit for point in points],
            y=[100 * point.ended[end] / found.n for point in points],
            name=str(end),
            mode="lines",
            stackgroup="ends",
            line={"width": 0.5, "color": theme_colour(COLOURS[end]), "shape": "hv" if found.clock is Clock.TURNS else "linear"},
            fillcolor=theme_colour(COLOURS[end]),
            customdata=[f"{_at(point, found.clock)}: {end} {share(point.ended[end] / found.n)}" for point in points],
            hovertemplate="%{customdata}<extra></extra>",
        )
    named = "minutes" if unit == 60 else "seconds" if found.clock is Clock.SECONDS else "messages of the customer"
    chart.update_xaxes(title={"text": named, "standoff": 6}, showgrid=False, zeroline=False)
    chart.update_yaxes(ticksuffix=f"{NARROW}%", range=[0, 100], gridcolor=theme("borderColor"))
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
    chart.update_layout(height=300, margin={"l": 0, "r": 8, "t": 8, "b": 0}, legend=legend, dragmode=False, hovermode="x")
    st.plotly_chart(chart, key="course", config=CONFIG, alt=_alt(found))


def _table(found: Course) -> None:
    moments = found.table
    show_table(
        "course_table",
        {
            "by": text("Within", [_at(moment, found.clock) for moment in moments]),
            "list": opening(
                "Escalated, number",
                "course_click",
                [number(moment.ended[ENDS[0]]) for moment in moments],
                [("escalated", {SLICE[found.clock]: str(round(moment.at))}) for moment in moments],
                help="Opens the conversations escalated by then.",
            ),
            **{
                str(end): figures(str(end).capitalize(), [share(moment.ended[end] / found.n) for moment in moments])
                for end in ENDS
            },
            "left": figures("Still with the bot", [share((found.n - moment.num_ended) / found.n) for moment in moments]),
        },
        about="Shares of conversations ended by then, by how they ended",
    )


def _shown(found: Course) -> list[Moment]:
    enough = next((place for place, point in enumerate(found.curve) if point.num_ended >= SHOWN * found.n), len(found.curve) - 1)
    return list(found.curve[: enough + 1])


def _at(moment: Moment, clock: Clock) -> str:
    if clock is Clock.SECONDS:
        return span(moment.at)
    return several(round(moment.at), "message")


def _alt(found: Course) -> str:
    middle, last = found.table[len(found.table) // 2], found.table[-1]
    said = "; ".join(
        f"within {_at(moment, found.clock)} " + ", ".join(f"{end} {share(moment.ended[end] / found.n)}" for end in ENDS)
        for moment in (middle, last)
    )
    return f"Ends of {several(found.n, 'conversation')} over {found.clock}: {said}"
