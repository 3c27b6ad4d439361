"""What each page of the past asks, view by view: the same calls that `pages/components/loaders.py` makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import metrics.moods
from metrics import courses, impact, questions, report, week
from metrics.assist import questions as assists
from metrics.assist.comparing import ALIKE_IN, Of
from metrics.bot_sessions import lists as bot_session_lists
from metrics.bot_sessions import questions as bot_sessions
from metrics.bot_sessions.entitlement import Entitlement
from metrics.catalogue import CATALOGUE
from metrics.courses import Clock
from metrics.exports import rows as exports
from metrics.exports.rows import Wanted
from metrics.filters import Filters
from metrics.finding import list_conversations
from metrics.misunderstood import misunderstood
from metrics.months import month_of
from metrics.questions import HEADLINE
from metrics.queues import questions as queues
from metrics.routing import reading
from metrics.routing.escalations import Landing
from metrics.routing.listing import Which
from metrics.surveys import questions as survey_questions
from metrics.surveys.counting import Whose
from metrics.voice import questions as voice
from metrics.windows import DAY_MS, Grain
from store.engine import Store
from store.history import bounds
from store.surveys.records import SurveyKind

Ask = Callable[[Store, Filters], Any]

PAGE_ROWS = 25
PREVIEW_ROWS = 20
METRICS = tuple(metric.key for metric in CATALOGUE)
RANKED = (*HEADLINE, "abandonment_rate", "durable_resolution_7")
ESCALATIONS = ("escalation_rate", "escalation_time", "escalation_turns", "wasted_turns", "wait_after_escalation")
FEELINGS = ("average_sentiment", "sentiment_with_bot", "sentiment_waiting", "sentiment_with_agent", "csat")
TOPICS = ("closed", "resolution_rate", "escalation_rate", "abandonment_rate", "average_sentiment")
QUEUE_CARDS = ("service_level", "speed_to_answer", "queue_abandonment", "offered", "accepted")
SURVEY_CARDS = ("survey_csat", "survey_csat_satisfied", "survey_response_rate", "surveys_asked")
CSAT = SurveyKind.CSAT
QUEUE = ("CreditCardQueue",)
CALL_CARDS = ("calls", "silence_share", "overlap_share", "hold_time", "call_length")
ASSIST_CARDS = ("suggestions_shown", "suggestions_used", "suggestions_dismissed", "time_to_use", "suggestion_reach")
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


def _rows(metric: str | None, *, bots_only: bool = True, **narrowed: Any) -> tuple[Ask, ...]:
    """What a page of the conversations behind a metric asks: the choices of its filters, the rows, and how many there are."""

    def ask(store: Store, filters: Filters) -> None:
        wanted = Wanted("conversations", replace(filters, **narrowed), bots_only=bots_only, metric=metric)
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


def _export(table: str, **wanted: Any) -> tuple[Ask, ...]:
    """What the Export page asks: how many rows there will be, and the first of them."""

    def ask(store: Store, filters: Filters) -> None:
        chosen = Wanted(table, filters, **wanted)
        if chosen.unfit is not None:  # the page says so, and asks nothing
            return
        exports.count(store, chosen)
        exports.preview(store, chosen, PREVIEW_ROWS)

    return questions.choices, ask


def _misunderstood(by: str) -> Ask:
    return lambda store, filters: misunderstood(store, filters, by, _grain(filters))


def _of_queues(grain: Grain | None = None) -> tuple[Ask, ...]:
    """What every view of the Queues page asks, and a course by this grain."""
    return (
        questions.choices,
        queues.queue_names,
        lambda store, filters: queues.headline(store, filters, QUEUE_CARDS),
        lambda store, filters: queues.trend(store, filters, grain or _grain(filters)),
        queues.by_queue,
    )


def _of_calls(way: str | None = None) -> tuple[Ask, ...]:
    """What every view of the Voice page asks, and its calls told apart in a way."""
    every: tuple[Ask, ...] = (
        questions.choices,
        voice.names,
        lambda store, filters: voice.headline(store, filters, CALL_CARDS),
        lambda store, filters: voice.trend(store, filters, _grain(filters)),
    )
    return every if way is None else (*every, lambda store, filters: voice.by_word(store, filters, way))


def _of_suggestions(*more: Ask) -> tuple[Ask, ...]:
    """What every view of the Smart assist page asks, and `more`."""
    return (
        questions.choices,
        assists.names,
        lambda store, filters: assists.headline(store, filters, ASSIST_CARDS),
        lambda store, filters: assists.trend(store, filters, _grain(filters)),
        *more,
    )


def _assists_by(by: str) -> Ask:
    return lambda store, filters: assists.by_word(store, filters, by)


def _assists_compared(of: Of, alike_in: str) -> Ask:
    return lambda store, filters: assists.compared(store, filters, of, alike_in)


def _of_surveys(*more: Ask, whose: Whose = Whose.BOTS) -> tuple[Ask, ...]:
    """What every view of the Surveys page asks, and `more`."""
    return (
        questions.choices,
        survey_questions.standing,
        lambda store, filters: survey_questions.headline(store, filters, CSAT, whose, SURVEY_CARDS),
        lambda store, filters: survey_questions.trend(store, filters, CSAT, whose, _grain(filters)),
        *more,
    )


def _of_month(ask: Callable[[Store, str, Filters], object]) -> tuple[Ask, ...]:
    """What every view of the Bot sessions page asks, and this of the last month of the cut."""

    def every(store: Store, filters: Filters) -> None:
        months, month = _months(store, filters)
        bot_sessions.read_month(store, month, Entitlement(zone=filters.tz), now_ms=_last_ms(store, filters))
        ask(store, month, filters)
        if filters.window.start_ms is None:  # the page shows them of all of history, or of none
            bot_sessions.past_months(store, Entitlement(zone=filters.tz), months)

    return (every,)


def _counting(store: Store, month: str, filters: Filters) -> None:
    cut = bot_session_lists.cut_of(month, filters.tz)
    bot_session_lists.counted_page(store, cut, after=None, limit=PAGE_ROWS)
    bot_session_lists.count_cut(store, cut)


def _not_counting(store: Store, month: str, filters: Filters) -> None:
    cut = bot_session_lists.cut_of(month, filters.tz)
    bot_session_lists.uncounted_page(store, cut, filters.tz, after=None, limit=PAGE_ROWS)
    bot_session_lists.count_cut(store, cut)


def _months(store: Store, filters: Filters) -> tuple[list[str], str]:
    last_ms = _last_ms(store, filters)
    return bot_sessions.months_of(store, filters.tz, now_ms=last_ms), month_of(last_ms, filters.tz)


def _last_ms(store: Store, filters: Filters) -> int:
    if filters.window.end_ms is not None:
        return filters.window.end_ms - 1
    with store.read() as connection:
        return bounds(connection)[1] or 0


def _routing(*landings: Landing, **words: str) -> tuple[Ask, ...]:
    """What the Routing page asks: the configurations, what escalations come to, what is wrong, and a page of some of them."""

    def ask(store: Store, filters: Filters) -> None:
        reading.kept_configurations(store)
        summary = reading.summary_of(store, filters)
        reading.health_of(store, summary)
        keys = reading.keys_of(store, filters, Which(landings or tuple(Landing), words))
        reading.judged_of(store, keys[-PAGE_ROWS:])

    return questions.choices, ask


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
    "Topics: by topic": (
        *_opened(*TOPICS),
        lambda store, filters: impact.impact_of(store, filters, "resolution_rate", "topic"),
    ),
    "Topics: not understood, by words": (*_opened(*TOPICS), _misunderstood("words")),
    "Topics: not understood, by bot": (*_opened(*TOPICS), _misunderstood("bot")),
    "Queues: by queue": _of_queues(),
    "Queues: by day": _of_queues(Grain.DAY),
    "Voice: trend": _of_calls(),
    "Voice: by agent": _of_calls("agent"),
    "Voice: by queue": _of_calls("queue"),
    "Conversations: calls on hold": _rows("held_calls"),
    "Surveys: answers": _of_surveys(),
    "Surveys: by topic": _of_surveys(lambda store, filters: survey_questions.by_word(store, filters, CSAT, Whose.BOTS, "topic")),
    "Surveys: everybody's, by outcome": _of_surveys(
        lambda store, filters: survey_questions.by_word(store, filters, CSAT, Whose.ALL, "outcome"), whose=Whose.ALL
    ),
    "Surveys: comments": _of_surveys(lambda store, filters: survey_questions.comments(store, filters, CSAT, Whose.BOTS)),
    "Conversations: satisfied": _rows(None, surveyed=("csat:4-5",)),
    "Conversations: everybody's, asked and silent": _rows(None, bots_only=False, surveyed=("csat:unanswered",)),
    "Conversations: offered in any queue": _rows("offered"),
    "Conversations: abandoned in one queue": _rows("abandoned_in_queue", stayed_in=QUEUE),
    "Conversations: accepted in time in one queue": _rows("service_level", stayed_in=QUEUE),
    "Conversations: very negative ones that waited in one queue": _rows(None, stayed_in=QUEUE, sentiments=("very negative",)),
    "Conversations: everybody's": _rows(None, bots_only=False),
    "Conversations: everybody's, a reason hardly given": _rows(None, bots_only=False, reasons=("hardly given",)),
    "Conversations: everybody's, very negative": _rows(None, bots_only=False, sentiments=("very negative",)),
    "Bot sessions: those that count": _of_month(_counting),
    "Bot sessions: those that do not": _of_month(_not_counting),
    "Routing: landed elsewhere": _routing(Landing.ELSEWHERE),
    "Routing: all escalations": _routing(),
    "Routing: to one queue": _routing(to_queue=QUEUE[0]),
    "Smart assist: what became of them": _of_suggestions(),
    "Smart assist: by agent": _of_suggestions(_assists_by("agent")),
    "Smart assist: by topic": _of_suggestions(_assists_by("topic")),
    "Smart assist: handle time within a queue and channel": _of_suggestions(
        _assists_compared(Of.HANDLE_TIME, next(iter(ALIKE_IN)))
    ),
    "Smart assist: sentiment within a topic": _of_suggestions(_assists_compared(Of.SENTIMENT, "topic")),
    "Conversations: a used suggestion": _rows(None, bots_only=False, suggested=("used",)),
    "Conversations: served without suggestions": _rows(None, bots_only=False, suggested=("without",)),
    "Export: conversations of bots": _export("conversations", bots_only=True),
    "Export: everybody's conversations": _export("conversations"),
    "Export: everybody's sessions": _export("sessions"),
    "Export: everybody's messages": _export("messages"),
    "Export: stays in queues": _export("stays"),
    "Export: what bots did not understand": _export("fallbacks"),
    "Export: surveys": _export("surveys"),
    "Export: suggestions": _export("suggestions"),
    "Export: bot sessions": _export("bot_sessions"),
    "Export: escalations": _export("escalations"),
    "Export: days": _export("rollups"),
}
