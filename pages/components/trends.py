"""One metric over time, in buckets of a chosen size, with the numbers behind the line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from metrics.annotations import by_bucket
from metrics.catalogue import find_metric
from metrics.filters import Filters
from metrics.metric_targets import Statistic
from metrics.questions import Point
from metrics.windows import Grain
from pages.components import loaders
from pages.components.annotations import add_annotation, list_annotations
from pages.components.charts import trend_chart
from pages.components.choose import choose_figure, choose_grain, choose_metric
from pages.components.drill import Choices
from pages.components.loaders import AsOf
from pages.components.metric_targets import choose_target, target_for
from pages.components.period import Asked, natural_grain
from pages.components.tables import trend_table


def show_trend(asked: Asked, *, default: str = "resolution_rate") -> None:
    """Which metric and which buckets, the chart, the table."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        metric = find_metric(choose_metric(default))
        grain = choose_grain(natural_grain(asked.filters.window))
        choose_target(asked, metric)
        add_annotation(asked)
    points = loaders.trend(asked.filters, grain, asked.as_of, (metric.key,))
    target, noted = target_for(asked, metric), loaders.annotations(asked.filters)
    by_key = by_bucket(noted, [point.key for point in points], asked.filters.tz)
    placed = {key: [each.text for each in found] for key, found in by_key.items()}
    trend_chart(points, metric, target, placed)
    if target is not None and target.statistic is not Statistic.MEAN:
        st.caption(f"Drawn is the {target.statistic.value}, for which the target is set.")
    with st.expander("Table", icon=":material/table:"):
        trend_table(points, metric, target, placed)
    list_annotations(asked, noted)


def show_figure(
    asked: Asked,
    keys: Sequence[str],
    *,
    default: str,
    read: Callable[[Filters, Grain, AsOf], Sequence[Point]],
    beside: str,
    choices: Choices,
) -> None:
    """One of a page's own figures over time, with the numbers behind the line."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = choose_figure(keys, default=default, label_of=lambda each: find_metric(each).label)
        grain = choose_grain(natural_grain(asked.filters.window))
    points = read(asked.filters, grain, asked.as_of)
    trend_chart(points, find_metric(key))
    with st.expander("Table", icon=":material/table:"):
        trend_table(points, find_metric(key), beside=beside, choices=choices)
