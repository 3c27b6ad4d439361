"""Ready views: the usual questions, as links. By page, the words of its address are those its widgets have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Query = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class ReadyView:
    """One of the usual questions."""

    name: str
    page: str
    query: Query


READY = (
    ReadyView("Suspect resolutions", "conversations", {"rows": "suspect_resolutions"}),
    ReadyView("Escalated, never accepted", "conversations", {"rows": "never_accepted_rate"}),
    ReadyView(
        "Very negative, last 7 days", "conversations", {"rows": "closed", "period": "7 days", "sentiment": "very negative"}
    ),
    ReadyView("Abandoned after a fallback", "conversations", {"rows": "abandoned", "fallback": "true"}),
    ReadyView("Resolved, and back within 7 days", "conversations", {"rows": "repeat_contact_7", "period": "90 days"}),
    ReadyView("Still open, waiting or with an agent", "conversations", {"rows": "all", "state": ["waiting", "with agent"]}),
    ReadyView("Busy hours of the last 30 days", "overview", {"view": "Week", "metric": "closed"}),
    ReadyView("As Copilot Studio counts", "overview", {"out_of": "Engaged"}),
    ReadyView("Every metric, last 7 days", "overview", {"period": "7 days", "view": "All metrics"}),
    ReadyView("Why humans were asked for, last 7 days", "escalations", {"period": "7 days", "by": "Reason"}),
    ReadyView("Topics that raise the rate", "escalations", {"view": "Topics", "moved_by": "Topic"}),
    ReadyView("Not understood, last 7 days", "topics", {"period": "7 days", "view": "Not understood"}),
    ReadyView("What made customers unhappy", "sentiment", {"view": "What moved it", "moved_by": "Topic"}),
    ReadyView("Bots side by side, 90 days", "bots", {"period": "90 days", "view": "By bot"}),
    ReadyView("Queues side by side, last 7 days", "queues", {"period": "7 days", "view": "By queue"}),
    ReadyView("Satisfaction by topic", "surveys", {"view": "Breakdown", "survey_by": "Topic"}),
    ReadyView("What customers wrote, last 7 days", "surveys", {"period": "7 days", "view": "Comments"}),
    ReadyView("Landed elsewhere, last 7 days", "routing", {"period": "7 days", "view": "Landed elsewhere"}),
    ReadyView("Calls by agent, last 7 days", "voice", {"period": "7 days", "view": "By agent"}),
    ReadyView("Bot sessions of the month, each with its reason", "bot_sessions", {"view": "Counted"}),
    ReadyView("Suggestions by agent, last 7 days", "smart_assist", {"period": "7 days", "view": "By agent, bot, queue"}),
    ReadyView("Handle time with suggestions and without", "smart_assist", {"view": "With and without"}),
)
TITLES = {
    "overview": "Overview",
    "escalations": "Escalations",
    "topics": "Topics",
    "sentiment": "Sentiment",
    "bots": "Bots",
    "conversations": "Conversations",
    "queues": "Queues",
    "surveys": "Surveys",
    "routing": "Routing",
    "voice": "Voice",
    "bot_sessions": "Bot sessions",
    "smart_assist": "Smart assist",
}
