"""Every metric as data. Tooltips, the Definitions page, the data dictionary and docs/metrics.md are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MetricKind(StrEnum):
    """How a metric is counted."""

    COUNT = "count"
    RATIO = "ratio"
    DURATION = "duration"
    SCORE = "score"


class Better(StrEnum):
    """Which way is good."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Unit(StrEnum):
    """What a value is measured in."""

    CONVERSATIONS = "conversations"
    SHARE = "share, 0–1"
    SECONDS = "seconds"
    POLARITY = "polarity, −1…1"
    RATING = "survey answer, 1–5"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. `empty` is its value where there is nothing to count: 0 for a count, None ("–") for everything else."""

    key: str
    label: str
    definition: str
    kind: MetricKind
    numerator: str
    denominator: str
    unit: Unit
    grain: str
    better: Better
    empty: int | None
    source: str
    is_estimate: bool = False


BOT_DASHBOARD = "Microsoft Learn, Dynamics 365 Customer Service: Omnichannel historical analytics, bot insights"
BOT_TAB = "Microsoft Learn, Dynamics 365 Customer Service: Bot dashboard (oc-bot-dashboard)"
SENTIMENT_REPORT = "Microsoft Learn, Dynamics 365 Customer Service: Omnichannel historical analytics, sentiment report"
ANALYTICS = "Microsoft Learn, Copilot Studio: analytics summary, session outcomes"
CSAT_PAGE = "Microsoft Learn, Copilot Studio: customer satisfaction analytics"

CLOSED = "closed bot conversations"
PER_CONVERSATION = "conversation"
PER_SESSION = "deciding bot session"


def _count(key: str, label: str, definition: str, source: str, better: Better = Better.NEITHER) -> Metric:
    return Metric(
        key, label, definition, MetricKind.COUNT, label.lower(), "", Unit.CONVERSATIONS, PER_CONVERSATION, better, 0, source
    )


def _rate(key: str, label: str, definition: str, numerator: str, source: str, better: Better) -> Metric:
    return Metric(
        key, label, definition, MetricKind.RATIO, numerator, CLOSED, Unit.SHARE, PER_CONVERSATION, better, None, source
    )  # fmt: skip


def _time(key: str, label: str, definition: str, of: str) -> Metric:
    numerator = "duration of the deciding bot session"
    return Metric(
        key, label, definition, MetricKind.DURATION, numerator, of, Unit.SECONDS, PER_SESSION, Better.LOWER, None, BOT_DASHBOARD
    )


CATALOGUE: tuple[Metric, ...] = (
    _count(
        "bot_conversations",
        "Bot conversations",
        "Conversations, open and closed, in which a bot served the customer; tests are left out.",
        BOT_DASHBOARD,
    ),
    _count("closed", "Closed", "Bot conversations that ended in the period; each has exactly one outcome.", BOT_DASHBOARD),
    _count(
        "resolved",
        "Resolved",
        "Closed bot conversations in which the need was met, as confirmed by the customer, implied or assumed.",
        BOT_DASHBOARD,
        Better.HIGHER,
    ),
    _count(
        "confirmed",
        "Resolved, confirmed",
        "Resolved conversations in which the customer said that the question was answered.",
        ANALYTICS,
        Better.HIGHER,
    ),
    _count(
        "implied",
        "Resolved, implied",
        "Resolved conversations in which the platform or the bot says so, and the customer's last message was answered.",
        ANALYTICS,
    ),
    _count(
        "assumed",
        "Resolved, assumed",
        "Resolved conversations that simply ended after the bot's answer, which neither asked anything nor failed to understand.",
        "Floorwalker: Microsoft counts these as resolved without saying how sure it is",
    ),
    _count(
        "escalated",
        "Escalated",
        "Closed bot conversations in which a human was asked for, by or for the bot, whether or not one came.",
        BOT_DASHBOARD,
        Better.LOWER,
    ),
    _count(
        "abandoned",
        "Abandoned",
        "Closed bot conversations in which the customer stopped or left while the bot owed or awaited an answer.",
        ANALYTICS,
        Better.LOWER,
    ),
    _count(
        "other",
        "Other",
        "Closed bot conversations in which the customer never wrote, or that failed or were closed from outside.",
        ANALYTICS,
    ),
    _rate(
        "resolution_rate",
        "Resolution rate",
        "Share of closed bot conversations that were resolved; confirmed, implied and assumed resolutions are its parts.",
        "resolved bot conversations",
        BOT_DASHBOARD,
        Better.HIGHER,
    ),
    _rate(
        "escalation_rate",
        "Escalation rate",
        "Share of closed bot conversations in which a human was asked for.",
        "escalated bot conversations",
        BOT_DASHBOARD,
        Better.LOWER,
    ),
    _rate(
        "abandonment_rate",
        "Abandonment rate",
        "Share of closed bot conversations that the customer abandoned.",
        "abandoned bot conversations",
        ANALYTICS,
        Better.LOWER,
    ),
    _rate(
        "deflection_rate",
        "Deflection rate",
        "Share of closed bot conversations resolved or abandoned: Microsoft's figure, which hides the people who gave up.",
        "resolved and abandoned bot conversations",
        BOT_TAB,
        Better.HIGHER,
    ),
    _time(
        "resolution_time",
        "Resolution time",
        "How long the deciding bot session of resolved conversations lasted, without the idle time-out.",
        "resolved bot conversations whose source gives times",
    ),
    _time(
        "escalation_time",
        "Escalation time",
        "How long the deciding bot session of escalated conversations lasted up to the request for a human.",
        "escalated bot conversations whose source gives times",
    ),
    Metric(
        key="average_sentiment",
        label="Average sentiment (estimated)",
        definition="Mean sentiment of customers at the end of closed bot conversations, over those that have a score.",
        kind=MetricKind.SCORE,
        numerator="end sentiment of the conversation: its last six scored customer messages, the newest weighing most",
        denominator="closed bot conversations with a score",
        unit=Unit.POLARITY,
        grain=PER_CONVERSATION,
        better=Better.HIGHER,
        empty=None,
        source=SENTIMENT_REPORT,
        is_estimate=True,
    ),
    Metric(
        key="csat",
        label="CSAT",
        definition="Mean answer to the satisfaction survey of closed bot conversations, beside the share who answered.",
        kind=MetricKind.SCORE,
        numerator="survey answer",
        denominator="closed bot conversations with an answer",
        unit=Unit.RATING,
        grain=PER_CONVERSATION,
        better=Better.HIGHER,
        empty=None,
        source=CSAT_PAGE,
    ),
)

_BY_KEY = {metric.key: metric for metric in CATALOGUE}


def find_metric(key: str) -> Metric:
    """The metric with this key. Raises KeyError."""
    return _BY_KEY[key]
