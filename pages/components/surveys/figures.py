"""The cards of a kind of survey, and one of its figures over time, each with the way to the conversations."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from metrics.annotations import by_bucket
from metrics.survey_catalogue import find_survey_metric
from metrics.surveyed import ANSWERED
from pages.components import loaders
from pages.components.annotations import add_annotation, list_annotations
from pages.components.cards import show_cards
from pages.components.charts import trend_chart
from pages.components.choose import choose_figure, choose_grain
from pages.components.drill import opening
from pages.components.formats import INTERVAL, basis, bucket, figure_text, number, spread
from pages.components.period import natural_grain
from pages.components.surveys import loading
from pages.components.surveys.asking import Wanted, figures_of

COLUMN = st.column_config


def show_figures(wanted: Wanted) -> bool:
    """The cards of the period; False where no such survey was asked."""
    asked, keys = wanted.asked, tuple(figures_of(wanted.kind))
    found = loading.headline(asked.filters, wanted.kind, wanted.whose, asked.as_of, keys)
    if not found.totals.surveys_asked:
        return False
    points = loading.trend(asked.filters, wanted.kind, wanted.whose, natural_grain(asked.filters.window), asked.as_of)
    show_cards(found.cards, found.totals, points, asked, leads={key: wanted.lead_of(key) for key in keys})
    return True


def show_trend(wanted: Wanted) -> None:
    """One figure over time, with the numbers behind the line."""
    asked, keys = wanted.asked, figures_of(wanted.kind)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = choose_figure(keys, default=keys[0], label_of=lambda each: find_survey_metric(each).label)
        grain = choose_grain(natural_grain(asked.filters.window))
        add_annotation(asked)
    points = loading.trend(asked.filters, wanted.kind, wanted.whose, grain, asked.as_of)
    metric, noted = find_survey_metric(key), loaders.annotations(asked.filters)
    placed = by_bucket(noted, [point.key for point in points], asked.filters.tz)
    trend_chart(points, metric, noted={at: [each.text for each in found] for at, found in placed.items()})
    with st.expander("Table", icon=":material/table:"):
        figures = [getattr(point.totals, key) for point in points]
        frame = pd.DataFrame(
            {
                "bucket": [bucket(point.key) for point in points],
                "value": [figure_text(metric, figure) for figure in figures],
                "n": [basis(figure) for figure in figures],
                "spread": [spread(figure) for figure in figures],
                "asked": [number(point.totals.surveys_asked) for point in points],
                "answered": [number(point.totals.surveys_answered) for point in points],
            }
        )
        st.dataframe(
            frame,
            key="trend_table",
            hide_index=True,
            alt=f"{metric.label} by bucket of time",
            column_config={
                "bucket": COLUMN.TextColumn("Time"),
                "value": COLUMN.TextColumn(metric.label, alignment="right"),
                "n": opening("Rests on", "trend_click", [wanted.lead_of(key, bucket=point.key) for point in points]),
                "spread": COLUMN.TextColumn(INTERVAL, alignment="right"),
                "asked": opening("Asked", "trend_asked_click", [wanted.lead(bucket=point.key) for point in points]),
                "answered": opening("Answered", "trend_answered_click", [wanted.lead(ANSWERED, bucket=p.key) for p in points]),
            },
        )
    list_annotations(asked, noted)
