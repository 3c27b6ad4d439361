"""Topics: what do customers come for, how does each end, and what did the bots not understand?"""

from metrics.catalogue import find_metric
from pages.components.choose import CONVERSATIONS, TREND, choose_metric
from pages.components.misunderstood import show_misunderstood
from pages.components.paging import show_conversations
from pages.components.period import choose_filters
from pages.components.topics import show_topics
from pages.components.trends import show_trend
from pages.components.views import show_end, show_headline, show_views

CARDS = ("closed", "resolution_rate", "escalation_rate", "abandonment_rate", "average_sentiment")

asked = choose_filters("topics")
totals = show_headline(asked, CARDS)

show_views(
    {
        "Topics": lambda: show_topics(asked),
        "Not understood": lambda: show_misunderstood(asked),
        TREND: lambda: show_trend(asked),
        CONVERSATIONS: lambda: show_conversations(asked, find_metric(choose_metric("closed"))),
    }
)
show_end(asked, rows="bots")
