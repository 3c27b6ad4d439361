"""The week at a glance: one metric by weekday and hour of the viewer's zone, with a table whose numbers open."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go
import streamlit as st

from metrics.figures import Totals
from metrics.metric import Metric, MetricKind
from metrics.questions import Figure, counted, value_of
from metrics.week import HOURS, WEEKDAYS, Slot
from pages.components import loaders
from pages.components.charts import CONFIG, theme_colour
from pages.components.drill import opening
from pages.components.formats import INTERVAL, basis, figure_text, number, spread, value
from pages.components.period import Asked
from pages.components.tables import SMALL, figures, show_table, text

STEPS = (0.06, 0.3, 0.55, 0.8, 1.0)  # strengths of the one colour, from least to most


def show_week(asked: Asked, metric: Metric) -> None:
    """The map, and under it the same as a table."""
    found = loaders.by_slot(asked.filters, metric.key, asked.as_of)
    if not found:
        st.info("No conversation has ended in this period yet.", icon=":material/hourglass_empty:")
        return
    by_slot = {slot: getattr(totals, metric.key) for slot, totals in found.items()}
    _map(by_slot, found, metric, asked.filters.tz)
    with st.expander("Table", icon=":material/table:"):
        _table(by_slot, found, metric)


def _map(figures: Mapping[Slot, Figure], found: Mapping[Slot, Totals], metric: Metric, tz: str) -> None:
    heights = [[_height(figures.get((day, hour))) for hour in range(HOURS)] for day in range(len(WEEKDAYS))]
    texts = [[_hover((day, hour), figures, found, metric) for hour in range(HOURS)] for day in range(len(WEEKDAYS))]
    ramp = [[place / (len(STEPS) - 1), theme_colour(0, strength)] for place, strength in enumerate(STEPS)]
    look = {"hovertemplate": "%{customdata}<extra></extra>", "xgap": 2, "ygap": 2, "hoverongaps": False}
    chart = go.Figure(
        go.Heatmap(
            x=[f"{hour:02}" for hour in range(HOURS)],
            y=[day[:3] for day in WEEKDAYS],
            z=heights,
            customdata=texts,
            colorscale=ramp if ramp[0][1] is not None else None,
            showscale=False,
            **look,
        )
    )
    chart.update_xaxes(showgrid=False, zeroline=False, type="category")
    chart.update_yaxes(autorange="reversed", showgrid=False, zeroline=False, type="category")
    chart.update_layout(height=270, margin={"l": 0, "r": 0, "t": 8, "b": 0}, dragmode=False)
    st.plotly_chart(chart, key="week", config=CONFIG, alt=_alt(figures, metric))
    st.caption(f"{metric.label} by weekday and hour of the end, by the clock of {tz}. The stronger the colour, the more.")


def _table(by_slot: Mapping[Slot, Figure], found: Mapping[Slot, Totals], metric: Metric) -> None:
    slots = sorted(by_slot)
    slices = [{"slot": f"{day}-{hour}"} for day, hour in slots]
    show_table(
        "week_table",
        {
            "slot": text("Ended", [f"{WEEKDAYS[day]} {hour:02}:00" for day, hour in slots]),
            "value": figures(metric.label, [figure_text(metric, by_slot[slot]) for slot in slots]),
            "list": opening(
                "List",
                "week_click",
                [number(counted(by_slot[slot])) for slot in slots],
                [(metric.key, choices) for choices in slices],
            ),
            "basis": figures("Rests on", [basis(by_slot[slot]) for slot in slots]),
            "spread": figures(f"{INTERVAL} or spread", [spread(by_slot[slot]) for slot in slots]),
            "closed": opening(
                "Closed",
                "week_closed_click",
                [number(found[slot].closed) for slot in slots],
                [("closed", choices) for choices in slices],
                help=f"Opens the closed conversations. Fewer than {SMALL} say little about a rate.",
            ),
        },
        about=f"{metric.label} by hour of the week",
        height=320,
    )


def _height(figure: Figure | None) -> float | None:
    return None if figure is None else value_of(figure)


def _hover(slot: Slot, figures: Mapping[Slot, Figure], found: Mapping[Slot, Totals], metric: Metric) -> str:
    if slot not in figures:
        return ""
    lines = [
        f"{WEEKDAYS[slot[0]]} {slot[1]:02}:00",
        figure_text(metric, figures[slot]),
        basis(figures[slot]),
        spread(figures[slot]),
    ]
    if metric.kind is not MetricKind.COUNT and found[slot].closed < SMALL:
        lines.append("few conversations: take care")
    return "<br>".join(line for line in dict.fromkeys(lines) if line)


def _alt(figures: Mapping[Slot, Figure], metric: Metric) -> str:
    known = {slot: height for slot, figure in figures.items() if (height := value_of(figure)) is not None}
    if not known:
        return f"{metric.label} by hour of the week: no value in this period"
    ends = {"lowest": min(known, key=lambda slot: known[slot]), "highest": max(known, key=lambda slot: known[slot])}
    said = ", ".join(
        f"{name} {WEEKDAYS[slot[0]]} {slot[1]:02}:00 with {value(metric, known[slot])}" for name, slot in ends.items()
    )
    return f"{metric.label} by hour of the week: {said}"
