"""Every metric as data. Tooltips, the Definitions page, the data dictionary and docs/metrics.md are made from it."""

from __future__ import annotations

from metrics.assist.catalogue import ASSIST_CATALOGUE
from metrics.bot_sessions.catalogue import BOT_SESSION_CATALOGUE
from metrics.figures import RETURN_DAYS
from metrics.live_catalogue import LIVE_CATALOGUE
from metrics.metric import Better, Metric, MetricKind, Unit
from metrics.queues.catalogue import QUEUE_REPORT, QUEUES
from metrics.routing.catalogue import ROUTING_CATALOGUE
from metrics.surveys.catalogue import CSAT_PAGE, SURVEY_CATALOGUE
from metrics.voice.catalogue import VOICE_CATALOGUE

BOT_DASHBOARD = "Microsoft Learn, Dynamics 365 Customer Service: Omnichannel historical analytics, bot insights"
BOT_TAB = "Microsoft Learn, Dynamics 365 Customer Service: Bot dashboard (oc-bot-dashboard)"
SENTIMENT_REPORT = "Microsoft Learn, Dynamics 365 Customer Service: Omnichannel historical analytics, sentiment report"
ANALYTICS = "Microsoft Learn, Copilot Studio: analytics summary, session outcomes"
OMNICHANNEL = "Microsoft Learn, Dynamics 365 Customer Service: Omnichannel historical analytics, conversations of every state"
DURABLE = "Floorwalker, after Google Dialogflow CX's contained sessions without a callback; customers are known within a source"
OWN = "Floorwalker: no vendor counts it"

CLOSED = "closed bot conversations"
PER_CONVERSATION = "conversation"
PER_SESSION = "deciding bot session"


def _count(key: str, label: str, definition: str, source: str, better: Better = Better.NEITHER) -> Metric:
    return Metric(
        key, label, definition, MetricKind.COUNT, label.lower(), "", Unit.CONVERSATIONS, PER_CONVERSATION, better, 0, source
    )


def _rate(
    key: str, label: str, definition: str, numerator: str, source: str, better: Better, denominator: str = CLOSED
) -> Metric:
    return Metric(
        key, label, definition, MetricKind.RATIO, numerator, denominator, Unit.SHARE, PER_CONVERSATION, better, None, source
    )  # fmt: skip


def _turns(key: str, label: str, definition: str, numerator: str, of: str) -> Metric:
    return Metric(
        key, label, definition, MetricKind.DURATION, numerator, of, Unit.TURNS, PER_SESSION, Better.LOWER, None, OWN
    )  # fmt: skip


def _stage(key: str, label: str, where: str) -> Metric:
    return Metric(
        key=key,
        label=f"{label} (estimated)",
        definition=f"Mean sentiment of what customers wrote {where}, over the closed bot conversations that have a score there.",
        kind=MetricKind.SCORE,
        numerator=f"mean score of the customer's messages {where}, of one conversation",
        denominator=f"closed bot conversations with a scored message {where}",
        unit=Unit.POLARITY,
        grain=PER_CONVERSATION,
        better=Better.HIGHER,
        empty=None,
        source=SENTIMENT_REPORT,
        is_estimate=True,
    )


def _returning(days: int) -> tuple[Metric, ...]:
    """Whether resolutions last: by so many days, in which customers may come back on any channel."""
    span = f"{days} {'day' if days == 1 else 'days'}"
    old_enough = f"resolved bot conversations with a known customer that ended at least {span} ago"
    return (
        _rate(
            f"durable_resolution_{days}",
            f"Durable resolution, {span}",
            f"Share of resolved conversations whose customer made no contact again, on any channel, within {span} of the end.",
            "those of them not followed by another conversation in which the same customer wrote",
            DURABLE,
            Better.HIGHER,
            old_enough,
        ),
        _rate(
            f"repeat_contact_{days}",
            f"Repeat contact, {span}",
            f"Share of resolved conversations whose customer came back, on any channel, within {span} of the end.",
            "those of them followed by another conversation in which the same customer wrote",
            DURABLE,
            Better.LOWER,
            old_enough,
        ),
        _rate(
            f"mature_resolutions_{days}",
            f"Old enough for {span}",
            f"Share of resolved conversations with a known customer that ended at least {span} ago, so that it can be told.",
            old_enough,
            DURABLE,
            Better.NEITHER,
            "resolved bot conversations with a known customer",
        ),
    )


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
        key="wait_after_escalation",
        label="Wait after escalation",
        definition="How long customers of escalated conversations waited from the request for a human to an agent's acceptance.",
        kind=MetricKind.DURATION,
        numerator="time from the earliest request for a human to the acceptance by an agent",
        denominator="escalated bot conversations that an agent accepted and whose source gives times",
        unit=Unit.SECONDS,
        grain=PER_CONVERSATION,
        better=Better.LOWER,
        empty=None,
        source=QUEUE_REPORT,
    ),
    _rate(
        "never_accepted_rate",
        "Never accepted",
        "Share of escalated conversations that no agent accepted: the customer left, or nobody came.",
        "escalated bot conversations without an acceptance",
        QUEUE_REPORT,
        Better.LOWER,
        "escalated bot conversations",
    ),
    _turns(
        "escalation_turns",
        "Turns to escalation",
        "How many messages the customer had written to the deciding bot when a human was asked for.",
        "the customer's messages in the deciding bot session up to the request",
        "escalated bot conversations",
    ),
    _turns(
        "wasted_turns",
        "Turns after first trouble",
        "How many messages the customer still wrote to the bot between the first sign of trouble and the request for a human.",
        "the customer's messages after the first fallback, the first wish for a human or the first plainly negative message",
        "escalated bot conversations with such a sign",
    ),
    _count(
        "suspect_resolutions",
        "Suspect resolutions",
        "Implied and assumed resolutions whose last customer message is negative or asks again: a list to read, not a rate.",
        OWN,
        Better.LOWER,
    ),
    *(metric for days in RETURN_DAYS for metric in _returning(days)),
    _count(
        "engaged",
        "Engaged",
        "Closed bot conversations in which the customer wrote and the platform does not call the session unengaged.",
        ANALYTICS,
    ),
    _rate(
        "resolution_rate_engaged",
        "Resolution rate, of engaged",
        "Copilot Studio's way of counting: share of engaged closed bot conversations that were resolved.",
        "resolved bot conversations",
        ANALYTICS,
        Better.HIGHER,
        "engaged closed bot conversations",
    ),
    _rate(
        "escalation_rate_engaged",
        "Escalation rate, of engaged",
        "Copilot Studio's way of counting: share of engaged closed bot conversations in which a human was asked for.",
        "engaged escalated bot conversations",
        ANALYTICS,
        Better.LOWER,
        "engaged closed bot conversations",
    ),
    _rate(
        "resolution_rate_all",
        "Resolution rate, of all",
        "Omnichannel's way of counting: share of all bot conversations, open ones included, that were resolved.",
        "resolved bot conversations",
        OMNICHANNEL,
        Better.HIGHER,
        "bot conversations, closed and open",
    ),
    _rate(
        "escalation_rate_all",
        "Escalation rate, of all",
        "Omnichannel's way of counting: share of all bot conversations, open ones included, in which a human was asked for.",
        "escalated closed bot conversations",
        OMNICHANNEL,
        Better.LOWER,
        "bot conversations, closed and open",
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
    _stage("sentiment_with_bot", "Sentiment with the bot", "while with a bot"),
    _stage("sentiment_waiting", "Sentiment while waiting", "while waiting for an agent"),
    _stage("sentiment_with_agent", "Sentiment with the agent", "while with an agent"),
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
    _rate(
        "csat_response_rate",
        "CSAT response rate",
        "Share of the closed bot conversations in which the satisfaction survey was asked that have an answer.",
        "closed bot conversations with an answer",
        CSAT_PAGE,
        Better.NEITHER,
        "closed bot conversations in which the survey was asked or answered",
    ),
    _rate(
        "csat_satisfied_rate",
        "CSAT, satisfied",
        "Share of the satisfaction survey's answers that are 4 or 5.",
        "closed bot conversations with an answer of 4 or 5",
        CSAT_PAGE,
        Better.HIGHER,
        "closed bot conversations with an answer",
    ),
    *QUEUES,
)

# What conversations can be listed by: those of reports, and those of calls.
LISTABLE = (*CATALOGUE, *VOICE_CATALOGUE)
# Each is counted of other rows; no key is in two of them.
EVERY = (
    *(*CATALOGUE, *LIVE_CATALOGUE, *SURVEY_CATALOGUE, *BOT_SESSION_CATALOGUE),
    *(*ROUTING_CATALOGUE, *VOICE_CATALOGUE, *ASSIST_CATALOGUE),
)
_BY_KEY = {metric.key: metric for metric in EVERY}


def find_metric(key: str) -> Metric:
    """The metric with this key. Raises KeyError."""
    return _BY_KEY[key]
