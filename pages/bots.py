"""Bots: are they any good, are they getting better, where do they fail? Every number opens onto its conversations."""

from metrics.catalogue import find_metric
from pages.components.charts import outcome_bar, say_outcomes
from pages.components.choose import BY_BOT, CONVERSATIONS, TREND, choose_metric
from pages.components.compare import show_comparison, show_releases
from pages.components.paging import show_conversations
from pages.components.period import choose_filters
from pages.components.tables import show_by_bot
from pages.components.trends import show_trend
from pages.components.views import show_end, show_headline, show_views

asked = choose_filters("bots")
totals = show_headline(asked)
outcome_bar(totals)
say_outcomes(totals)

show_views(
    {
        TREND: lambda: show_trend(asked),
        BY_BOT: lambda: show_by_bot(asked),
        "Bot against bot": lambda: show_comparison(asked),
        "Version against version": lambda: show_releases(asked),
        CONVERSATIONS: lambda: show_conversations(asked, find_metric(choose_metric())),
    }
)
show_end(asked, rows="bots")
