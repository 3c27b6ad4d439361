"""Bots: are they any good, are they getting better, where do they fail? Every number opens onto its conversations."""

from pages.components.by_bot import show_by_bot
from pages.components.charts import outcome_bar
from pages.components.choose import BY_BOT, TREND
from pages.components.compare import show_comparison, show_releases
from pages.components.outcomes import say_outcomes
from pages.components.period import choose_filters
from pages.components.trends import show_trend
from pages.components.views import show_end, show_headline, show_views

asked = choose_filters()
totals = show_headline(asked)
outcome_bar(totals)
say_outcomes(totals)

show_views(
    {
        TREND: lambda: show_trend(asked),
        BY_BOT: lambda: show_by_bot(asked),
        "Bot against bot": lambda: show_comparison(asked),
        "Version against version": lambda: show_releases(asked),
    }
)
show_end(asked)
