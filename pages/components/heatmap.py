"""The week at a glance: one metric by weekday and hour of the viewer's zone, with a table whose numbers open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

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

STEPS = (0.12, 0.3, 0.55, 0.8, 1.0)  # strengths of a colour, from least to most
COLOUR, GREY = (0, 1.0), (7, 0.5)  # of the theme, and how strong at most: what is grey stands back
FEW = 5  # an hour of the week seldom has as many as make a rate sure, but a colour needs more than one or two
LOOK: dict[str, Any] = {"hovertemplate": "%{customdata}<extra></extra>", "xgap": 2, "ygap": 2, "hoverongaps": False}


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
    few = {slot for slot in figures if metric.kind is not MetricKind.COUNT and found[slot].closed < FEW}
    known = {slot: height for slot, figure in figures.items() if (height := value_of(figure)) is not None}
    heights = [height for slot, height in known.items() if slot not in few] or list(known.values()) or [0.0]
    low, high = (0.0 if metric.kind is MetricKind.COUNT else min(heights)), max(heights)
    chart = go.Figure()
    for colour, slots in ((GREY, few), (COLOUR, known.keys() - few)):
        chart.add_heatmap(
            x=[f"{hour:02}" for hour in range(HOURS)],
            y=[day[:3] for day in WEEKDAYS],
            z=_grid(lambda slot, shown=slots: known.get(slot) if slot in shown else None),
            customdata=_grid(lambda slot: _hover(slot, figures, found, metric)),
            colorscale=_ramp(*colour),
            zmin=low,
            zmax=high if high > low else low + 1,
            showscale=False,
            **LOOK,
        )
    chart.update_xaxes(showgrid=False, zeroline=False, type="category")
    chart.update_yaxes(autorange="reversed", showgrid=False, zeroline=False, type="category")
    chart.update_layout(height=270, margin={"l": 0, "r": 0, "t": 8, "b": 0}, dragmode=False)
    st.plotly_chart(chart, key="week", config=CONFIG, alt=_alt(figures, metric))
    scale = f"the faintest colour is {value(metric, low)}, the strongest {value(metric, high)}"
    grey = f" Grey: fewer than {FEW} closed, too few to judge." if few else ""
    st.caption(f"{metric.label} by weekday and hour of the end, by the clock of {tz}: {scale}.{grey}")


def _grid(of: Callable[[Slot], Any]) -> list[list[Any]]:
    """A cell for each hour of each day."""
    return [[of((day, hour)) for hour in range(HOURS)] for day in range(len(WEEKDAYS))]


def _ramp(colour: int, most: float) -> list[list[Any]] | None:
    """From faint to strong; the chart's own where the theme names no colours."""
    ramp = [[place / (len(STEPS) - 1), theme_colour(colour, most * strength)] for place, strength in enumerate(STEPS)]
    return ramp if ramp[0][1] is not None else None


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
