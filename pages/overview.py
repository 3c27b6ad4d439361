"""Overview: how are the bots doing as a whole, since when, at which hours? Every number opens onto its conversations."""

from metrics.catalogue import find_metric
from pages.components.charts import outcome_bar
from pages.components.choose import TREND, choose_metric
from pages.components.counting import choose_counting
from pages.components.heatmap import show_week
from pages.components.metric_table import show_metrics
from pages.components.outcomes import say_outcomes
from pages.components.period import choose_filters
from pages.components.trends import show_trend
from pages.components.views import show_end, show_headline, show_views

asked = choose_filters()
totals = show_headline(asked, choose_counting())
outcome_bar(totals)
say_outcomes(totals)

show_views(
    {
        TREND: lambda: show_trend(asked),
        "Week": lambda: show_week(asked, find_metric(choose_metric())),
        "All metrics": lambda: show_metrics(asked),
    }
)
show_end(asked)
