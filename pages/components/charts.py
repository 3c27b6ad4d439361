"""The charts of the past: one series at a time, gaps as gaps, counts from zero, what it rests on under the pointer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from metrics.figures import Rate, Totals
from metrics.metric import Metric, MetricKind, Unit
from metrics.metric_targets import MetricTarget, Statistic, value_at
from metrics.questions import Figure, Placed, value_of
from metrics.surveys.figures import Nps
from pages.components.formats import NARROW, basis, bucket, buckets, figure_text, number, several, share, spread, value
from pages.components.metric_targets import count_met, target_text

LABELS_ON_AXIS = 8
MOST_MARKED, MARKED = 100, 5  # points of a line that are all marked; how large, in pixels
FLOWS_SAID = 12  # to those who do not see them
FLOW_LETTERS = 28  # of a name in a flow
SENTIMENT_SHOWN = 0.3  # either way: the end of what is called slightly positive or negative
TARGET_ROOM = 64  # pixels right of a trend for the words of its target
NOTED_LETTERS, NOTED_ROWS = 26, 3  # of an annotation above a trend; rows that they take turns in
CONFIG = {"displayModeBar": False, "scrollZoom": False}
# Name, series colour of the theme, strength: the three kinds of resolution are shades of one colour, the rest have their own.
OUTCOMES = (
    *(("confirmed", 0, 1.0), ("implied", 0, 0.75), ("assumed", 0, 0.5)),
    *(("escalated", 2, 1.0), ("abandoned", 5, 1.0), ("other", 7, 1.0)),
)


def trend_chart(
    points: Sequence[Placed[Any]],
    metric: Metric,
    target: MetricTarget | None = None,
    noted: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """One metric over time, what it should be, and what was `noted` when; of times the number that the target is set for."""
    figures: list[Figure] = [getattr(point.totals, metric.key) for point in points]
    scale, unit = _scale(metric, figures)
    statistic = Statistic.MEAN if target is None else target.statistic
    heights = [None if (height := value_at(figure, statistic)) is None else height / scale for figure in figures]
    places = list(range(len(points)))
    names = buckets([point.key for point in points])
    hover = [_hover(name, metric, figure, statistic) for name, figure in zip(names, figures, strict=True)]
    look = {"x": places, "y": heights, "customdata": hover, "hovertemplate": "%{customdata}<extra></extra>"}
    if metric.kind is MetricKind.COUNT:
        series: go.Bar | go.Scatter = go.Bar(**look, marker={"color": theme_colour(0)})
    else:
        marked = _marked(heights)
        line = {
            "mode": "lines+markers" if any(marked) else "lines",
            "line": {"width": 2, "color": theme_colour(0)},
            "marker": {"size": [MARKED * each for each in marked]},
        }
        series = go.Scatter(**look, **line, connectgaps=False, error_y=_error_bars(figures, scale))
    chart = go.Figure(series)
    name_places(chart, names)
    tick_format = "+.1f" if metric.unit is Unit.POLARITY else None
    count_from_zero(chart, tickformat=tick_format, ticksuffix=unit, range=_range(metric, heights))
    chart.update_layout(height=250, margin={"l": 0, "r": 8, "t": 8, "b": 0}, bargap=0.25, hovermode="x", dragmode=False)
    chart.update_layout(showlegend=False)
    if target is not None:
        _draw_target(chart, places, target, target_text(target, metric), scale)
    _draw_noted(chart, {place: noted[point.key] for place, point in enumerate(points) if noted and point.key in noted})
    beside = "" if target is None else f"; target {target_text(target, metric)}, {count_met(target, figures)}"
    beside += "".join(f"; {bucket(key)}: {'; '.join(texts)}" for key, texts in (noted or {}).items())
    st.plotly_chart(chart, key="trend", config=CONFIG, alt=f"{_alt(points, figures, metric)}{beside}")


def _marked(heights: Sequence[float | None]) -> list[bool]:
    """Which points are drawn as such: of many only those between gaps, which no line reaches."""
    if len(heights) <= MOST_MARKED:
        return [True] * len(heights)
    around = [None, *heights, None]
    return [
        before is None and at is not None and after is None
        for before, at, after in zip(around, heights, around[2:], strict=False)
    ]


def _draw_noted(chart: go.Figure, noted: Mapping[int, Sequence[str]]) -> None:
    """A dotted line for each bucket of which something is noted, with its words above, and all of them under the pointer."""
    colour, ground = theme("grayTextColor") or theme_colour(7), theme("backgroundColor")
    for number_of, (place, texts) in enumerate(noted.items()):
        whole = "; ".join(texts)
        short = whole if len(whole) <= NOTED_LETTERS else f"{whole[: NOTED_LETTERS - 1]}…"
        chart.add_vline(x=place, line={"width": 1, "dash": "dot", "color": colour})
        chart.add_annotation(
            x=place, y=1, yref="paper", yanchor="bottom", yshift=14 * (number_of % NOTED_ROWS), text=chart_text(short),
            hovertext=chart_text(whole), showarrow=False, xanchor="left", font={"size": 11}, bgcolor=ground, captureevents=True,
        )  # fmt: skip
    if noted:
        room = 14 * min(len(noted), NOTED_ROWS)
        chart.update_layout(height=chart.layout.height + room, margin={"t": 8 + room})


def _draw_target(chart: go.Figure, places: Sequence[int], target: MetricTarget, text: str, scale: float) -> None:
    """A broken line across, so that it is in the picture wherever the figures lie, with its words beside it."""
    if not places:
        return
    height, ends = target.level / scale, [places[0] - 0.5, places[-1] + 0.5]
    line = {"width": 1.5, "dash": "dash", "color": theme("grayTextColor") or theme_colour(7)}
    chart.add_scatter(x=ends, y=[height] * 2, mode="lines", line=line, hoverinfo="skip")
    sign, _, level = text.partition(NARROW)
    look = {"xref": "paper", "xanchor": "left", "align": "left", "showarrow": False, "font": {"size": 11}}
    chart.add_annotation(x=1, y=height, text=f"Target<br>{sign}{NARROW}{'<br>'.join(level.rsplit(' ', 1))}", **look)
    chart.update_layout(margin={"r": TARGET_ROOM})


def counts_chart(counts: Mapping[str, int], *, label: str, key: str) -> None:
    """A count for each bucket of time, by its key."""
    names = buckets(list(counts))
    hover = [f"{name}<br>{number(count)}" for name, count in zip(names, counts.values(), strict=True)]
    look = {"customdata": hover, "hovertemplate": "%{customdata}<extra></extra>", "marker": {"color": theme_colour(0)}}
    chart = go.Figure(go.Bar(x=list(range(len(counts))), y=list(counts.values()), **look))
    name_places(chart, names)
    count_from_zero(chart, tickformat=",d")
    chart.update_layout(height=200, margin={"l": 0, "r": 8, "t": 8, "b": 0}, bargap=0.25, hovermode="x", dragmode=False)
    most = max(counts.items(), key=lambda item: item[1], default=("", 0))
    alt = f"{label} over time: {number(sum(counts.values()))}, most {bucket(most[0])}" if most[0] else label
    st.plotly_chart(chart, key=key, config=CONFIG, alt=alt)


def outcome_bar(totals: Totals) -> None:
    """The outcomes of the closed conversations as one bar; with the line under it they sum to all of them."""
    if not totals.closed:
        return
    rates = {name: Rate(getattr(totals, name), totals.closed) for name, *_ in OUTCOMES}
    parts = [
        Part(name, rate.value or 0.0, theme_colour(colour, strength), f"{name}: {basis(rate)}, {share(rate.value)}")
        for rate, (name, colour, strength) in zip(rates.values(), OUTCOMES, strict=True)
    ]
    said = ", ".join(f"{number(rate.numerator)} {name}" for name, rate in rates.items())
    part_bar(parts, key="outcomes", about=f"Outcomes of {several(totals.closed, 'closed conversation')}: {said}")


@dataclass(frozen=True, slots=True)
class Part:
    """One of the parts that a whole is made of. `value` is its share."""

    name: str
    value: float
    colour: str | None
    said: str  # under the pointer


def part_bar(parts: Sequence[Part], *, key: str, about: str) -> None:
    """The parts of a whole as one bar."""
    chart = go.Figure()
    for part in parts:
        chart.add_bar(
            x=[part.value], y=[""], orientation="h", name=part.name, text=[f"{part.name} {share(part.value, 0)}"],
            textposition="inside", insidetextanchor="middle", textangle=0,
            marker={"color": part.colour, "line": {"width": 0}}, hovertemplate=f"{part.said}<extra></extra>",
        )  # fmt: skip
    chart.update_layout(
        barmode="stack", height=34, margin={"l": 0, "r": 0, "t": 0, "b": 0}, showlegend=False, dragmode=False,
        uniformtext={"minsize": 11, "mode": "hide"},
    )  # fmt: skip
    chart.update_xaxes(visible=False, range=[0, 1])
    chart.update_yaxes(visible=False)
    st.plotly_chart(chart, key=key, config=CONFIG, alt=about)


def flow_chart(links: Mapping[tuple[str, str], int], *, key: str, about: str, height: int) -> None:
    """How many went from where to where. Names that stand in two places are two nodes: spaces behind them are not seen."""
    nodes = list(dict.fromkeys(name for pair in links for name in pair))
    chart = go.Figure(
        go.Sankey(
            textfont={"color": theme("textColor"), "shadow": "none"},
            node={
                "label": [_short(name.strip()) for name in nodes],
                "pad": 14,
                "thickness": 14,
                "color": theme_colour(0),
                "line": {"width": 0},
            },
            link={
                "source": [nodes.index(source) for source, _ in links],
                "target": [nodes.index(target) for _, target in links],
                "value": list(links.values()),
                "color": theme_colour(7, 0.35),
            },
        )
    )
    chart.update_layout(height=max(height, 26 * len(nodes)), margin={"l": 0, "r": 0, "t": 8, "b": 8})
    most = sorted(links.items(), key=lambda link: -link[1])[:FLOWS_SAID]
    said = ", ".join(f"{source.strip()} to {target.strip()} {number(count)}" for (source, target), count in most)
    st.plotly_chart(chart, key=key, config=CONFIG, alt=f"{about}: {said}")


def _short(name: str) -> str:
    shown = chart_text(name)
    return shown if len(shown) <= FLOW_LETTERS else f"{shown[: FLOW_LETTERS - 1]}…"


def name_places(chart: go.Figure, names: Sequence[str]) -> None:
    """Write under the places 0, 1, 2 … as many of their names as there is room for."""
    step = max(1, -(-len(names) // LABELS_ON_AXIS))
    places = list(range(len(names)))
    chart.update_xaxes(tickvals=places[::step], ticktext=list(names[::step]), showgrid=False, zeroline=False)


def count_from_zero(chart: go.Figure, **look: Any) -> None:
    """Heights that begin at zero, with lines across."""
    chart.update_yaxes(rangemode="tozero", gridcolor=theme("borderColor"), zerolinecolor=theme("borderColor"), **look)


def theme_colour(number_in_theme: int, strength: float = 1.0) -> str | None:
    """A series colour of the viewer's theme, thinned towards its background; None where the theme names none."""
    colours, background = theme("chartCategoricalColors"), theme("backgroundColor")
    if not colours or not background:
        return None
    parts = zip(_rgb(colours[number_in_theme]), _rgb(background), strict=True)
    return f"rgb({','.join(str(round(strength * own + (1 - strength) * ground)) for own, ground in parts)})"


def theme(option: str) -> Any:
    """A setting of the theme that the viewer has chosen; None where it is not set."""
    return st.get_option(f"theme.{st.context.theme.type or 'light'}.{option}")


def chart_text(name: str) -> str:
    """Words from outside: never markup, which a chart's labels would take."""
    return name.replace("&", "＆").replace("<", "‹").replace(">", "›")


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def _hover(name: str, metric: Metric, figure: Figure, statistic: Statistic) -> str:
    drawn = "" if statistic is Statistic.MEAN else f"{statistic.value} {value(metric, value_at(figure, statistic))}"
    lines = [name, drawn, f"{'mean ' if drawn else ''}{figure_text(metric, figure)}", basis(figure), spread(figure)]
    return "<br>".join(line for line in dict.fromkeys(lines) if line)


def _scale(metric: Metric, figures: Sequence[Figure]) -> tuple[float, str]:
    """What heights are divided by, and the unit beside them. Durations are drawn in minutes where they last some."""
    if metric.unit is Unit.SHARE:
        return 0.01, f"{NARROW}%"
    if metric.unit is Unit.POINTS:
        return 0.01, ""
    if metric.unit is not Unit.SECONDS:
        return 1, ""
    longest = max((height for figure in figures if (height := value_of(figure)) is not None), default=0)
    return (60, f"{NARROW}min") if longest >= 120 else (1, f"{NARROW}s")


def _range(metric: Metric, heights: Sequence[float | None]) -> list[float] | None:
    """Sentiment is drawn around its middle and never so close that noise looks like news; else the data decide."""
    if metric.unit is not Unit.POLARITY:
        return None
    widest = max([SENTIMENT_SHOWN, *(1.1 * abs(height) for height in heights if height is not None)])
    return [-widest, widest]


def _error_bars(figures: Sequence[Figure], scale: float) -> dict[str, object]:
    """The interval of a figure that has one."""
    above: list[float | None] = []
    below: list[float | None] = []
    for figure in figures:
        middle, interval = value_of(figure), figure.interval if isinstance(figure, Rate | Nps) else None
        if middle is None or interval is None:
            above.append(None)
            below.append(None)
        else:
            above.append((interval[1] - middle) / scale)
            below.append((middle - interval[0]) / scale)
    return {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "thickness": 0.6, "width": 0}


def _alt(points: Sequence[Placed[Any]], figures: Sequence[Figure], metric: Metric) -> str:
    known = [found for figure in figures if (found := value_of(figure)) is not None]
    if not known:
        return f"{metric.label}: no value in this period"
    ends = {"lowest": min(known), "highest": max(known), "last": known[-1]}
    said = ", ".join(f"{name} {value(metric, found)}" for name, found in ends.items())
    return f"{metric.label}, {bucket(points[0].key)} to {bucket(points[-1].key)}: {said}"
