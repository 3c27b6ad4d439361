"""Topics: what do customers come for, how does each end, and what did the bots not understand?"""

from pages.components.choose import TREND
from pages.components.misunderstood import show_misunderstood
from pages.components.period import choose_filters
from pages.components.topics import show_topics
from pages.components.trends import show_trend
from pages.components.views import show_end, show_headline, show_views

CARDS = ("closed", "resolution_rate", "escalation_rate", "abandonment_rate", "average_sentiment")

asked = choose_filters()
totals = show_headline(asked, CARDS)

show_views(
    {
        "Topics": lambda: show_topics(asked),
        "Not understood": lambda: show_misunderstood(asked),
        TREND: lambda: show_trend(asked),
    }
)
show_end(asked)
