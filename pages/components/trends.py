"""One metric over time, in buckets of a chosen size, with the numbers behind the line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from metrics.annotations import by_bucket
from metrics.catalogue import find_metric
from metrics.metric import Metric
from metrics.metric_targets import MetricTarget, Statistic, judge
from metrics.questions import Placed
from metrics.windows import Grain
from pages.components import loaders
from pages.components.annotations import add_annotation, list_annotations
from pages.components.charts import trend_chart
from pages.components.choose import choose_figure, choose_grain, choose_metric
from pages.components.drill import Choices, Lead, opening
from pages.components.formats import INTERVAL, basis, buckets, figure_text, number, spread
from pages.components.metric_targets import choose_target, target_for, target_text, verdict_word
from pages.components.period import Asked, natural_grain
from pages.components.tables import Column, figures, show_table, text


def show_trend(asked: Asked, *, default: str = "resolution_rate") -> None:
    """Which metric and which buckets, the chart, the table."""
    with st.container(horizontal=True, vertical_alignment="center"):
        metric = find_metric(choose_metric(default))
        grain = choose_grain(natural_grain(asked.filters.window))
        choose_target(asked, metric)
        add_annotation(asked)
    points = loaders.trend(asked.filters, grain, asked.as_of, (metric.key,))
    _show(points, metric, asked, beside={"closed": "Closed"}, target=target_for(asked, metric))


def show_figure(
    asked: Asked,
    metrics: Sequence[Metric],
    *,
    default: str,
    read: Callable[[Grain], Sequence[Placed[Any]]],
    beside: Mapping[str, str],
    lead: Callable[[str, Choices], Lead],
) -> None:
    """One of a page's own figures over time, with the numbers behind the line."""
    by_key = {metric.key: metric for metric in metrics}
    with st.container(horizontal=True, vertical_alignment="center"):
        metric = by_key[choose_figure(metrics, default=default)]
        grain = choose_grain(natural_grain(asked.filters.window))
        add_annotation(asked)
    _show(read(grain), metric, asked, beside=beside, lead=lead)


def _show(
    points: Sequence[Placed[Any]],
    metric: Metric,
    asked: Asked,
    *,
    beside: Mapping[str, str],
    lead: Callable[[str, Choices], Lead] = lambda figure, within: (figure, within),
    target: MetricTarget | None = None,
) -> None:
    noted = loaders.annotations_of(asked.filters)
    by_key = by_bucket(noted, [point.key for point in points], asked.filters.tz)
    placed = {key: [each.text for each in found] for key, found in by_key.items()}
    trend_chart(points, metric, target, placed)
    if target is not None and target.statistic is not Statistic.MEAN:
        st.caption(f"Drawn is the {target.statistic.value}, for which the target is set.")
    with st.expander("Table", icon=":material/table:"):
        _table(points, metric, beside=beside, lead=lead, target=target, noted=placed)
    list_annotations(asked, noted)


def _table(
    points: Sequence[Placed[Any]],
    metric: Metric,
    *,
    beside: Mapping[str, str],
    lead: Callable[[str, Choices], Lead],
    target: MetricTarget | None,
    noted: Mapping[str, Sequence[str]],
) -> None:
    """The numbers behind the line, and the counts that stand `beside` them by their labels; `lead` says what they open."""
    keys = [point.key for point in points]
    shown = [getattr(point.totals, metric.key) for point in points]

    def opens(label: str, click: str, key: str, numbers: Sequence[str]) -> Column:
        return opening(label, click, numbers, [lead(key, {"bucket": each}) for each in keys])

    show_table(
        "trend_table",
        {
            "bucket": text("Time", buckets(keys)),
            "value": figures(metric.label, [figure_text(metric, figure) for figure in shown]),
            "n": opens("Rests on", "trend_click", metric.key, [basis(figure) for figure in shown]),
            "spread": figures(f"{INTERVAL} or spread", [spread(figure) for figure in shown]),
            **{
                key: opens(label, f"trend_{key}_click", key, [number(getattr(point.totals, key)) for point in points])
                for key, label in beside.items()
            },
            "target": text(f"Target {target_text(target, metric)}", [verdict_word(judge(target, figure)) for figure in shown])
            if target
            else None,
            "annotations": text("Annotations", ["; ".join(noted.get(key, ())) for key in keys], width=260) if noted else None,
        },
        about=f"{metric.label} by bucket of time",
        height="auto",
    )
