"""What each page of the past asks, view by view: the same calls that `pages/components/loaders.py` makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import metrics.moods
from metrics import courses, exports, impact, questions, report, week
from metrics.catalogue import CATALOGUE
from metrics.courses import Clock
from metrics.exports import Wanted
from metrics.filters import Filters
from metrics.finding import list_conversations
from metrics.questions import HEADLINE
from metrics.windows import DAY_MS, Grain
from store.engine import Store

Ask = Callable[[Store, Filters], Any]

PAGE_ROWS = 25
PREVIEW_ROWS = 20
METRICS = tuple(metric.key for metric in CATALOGUE)
RANKED = (*HEADLINE, "abandonment_rate", "durable_resolution_7")
ESCALATIONS = ("escalation_rate", "escalation_time", "escalation_turns", "wasted_turns", "wait_after_escalation")
FEELINGS = ("average_sentiment", "sentiment_with_bot", "sentiment_waiting", "sentiment_with_agent", "csat")
BY_REASON = ("escalation_time", "escalation_turns", "wait_after_escalation", "never_accepted_rate", "average_sentiment")


def _opened(*keys: str) -> tuple[Ask, ...]:
    """What every view of a page asks: what can be filtered by, the cards, and the lines in them."""
    cards = keys or HEADLINE
    return (
        questions.choices,
        lambda store, filters: questions.headline(store, filters, cards),
        lambda store, filters: questions.trend(store, filters, _grain(filters), cards),
    )


def _trend(metric: str, grain: Grain | None = None) -> Ask:
    return lambda store, filters: questions.trend(store, filters, grain or _grain(filters), (metric,))


def _rows(metric: str | None, **narrowed: Any) -> tuple[Ask, ...]:
    """What a page of the conversations behind a metric asks: the choices of its filters, the rows, and how many there are."""

    def ask(store: Store, filters: Filters) -> None:
        wanted = Wanted("conversations", replace(filters, **narrowed), bots_only=True, metric=metric)
        list_conversations(store, wanted, limit=PAGE_ROWS)

    return questions.choices, ask


def _by(word: str, *wanted: str) -> Ask:
    return lambda store, filters: report.count(store, filters, (word,), wanted=wanted)


def _grain(filters: Filters) -> Grain:
    """As pages choose it by themselves."""
    window = filters.window
    if window.start_ms is None or window.end_ms is None:
        return Grain.MONTH
    return Grain.DAY if window.end_ms - window.start_ms <= 62 * DAY_MS else Grain.WEEK


def _export(store: Store, filters: Filters) -> None:
    wanted = Wanted("conversations", filters, bots_only=True)
    exports.count(store, wanted)
    exports.preview(store, wanted, PREVIEW_ROWS)


VIEWS: Mapping[str, tuple[Ask, ...]] = {
    "Overview: trend": (*_opened(), _trend("resolution_rate")),
    "Overview: trend by day": (*_opened(), _trend("resolution_rate", Grain.DAY)),
    "Overview: week": (*_opened(), lambda store, filters: week.by_slot(store, filters, "resolution_rate")),
    "Overview: all metrics": (*_opened(), lambda store, filters: questions.headline(store, filters, METRICS)),
    "Conversations": _rows(None),
    "Conversations: resolved": _rows("resolution_rate"),
    "Conversations: suspect": _rows("suspect_resolutions"),
    "Conversations: never accepted": _rows("never_accepted_rate"),
    "Conversations: very negative, not understood": _rows(None, sentiments=("very negative",), has_fallback=True),
    "Bots: trend": (*_opened(), _trend("escalation_time")),
    "Bots: by bot": (*_opened(), _by("bot", *RANKED)),
    "Bots: bot against bot": (*_opened(), _by("bot", *METRICS)),
    "Escalations: reasons": (
        *_opened(*ESCALATIONS),
        lambda store, filters: report.count(store, replace(filters, outcomes=("escalated",)), ("reason",), wanted=BY_REASON),
    ),
    "Escalations: time to it": (
        *_opened(*ESCALATIONS),
        lambda store, filters: courses.course(store, filters, Clock.SECONDS),
    ),
    "Escalations: topics": (
        *_opened(*ESCALATIONS),
        lambda store, filters: impact.impact_of(store, filters, "escalation_rate", "topic"),
    ),
    "Sentiment: levels": (*_opened(*FEELINGS), metrics.moods.moods),
    "Sentiment: what moved it": (
        *_opened(*FEELINGS),
        lambda store, filters: impact.impact_of(store, filters, "average_sentiment", "topic"),
    ),
    "Export": (questions.choices, _export),
}
