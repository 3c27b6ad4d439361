"""Every metric as data. Tooltips, the Definitions page, the data dictionary and docs/metrics.md are made from it."""

from __future__ import annotations

from functools import partial

from metrics.assist.catalogue import ASSIST_CATALOGUE
from metrics.bot_sessions.catalogue import BOT_SESSION_CATALOGUE
from metrics.figures import RETURN_DAYS
from metrics.live_catalogue import LIVE_CATALOGUE
from metrics.metric import Better, Metric, Unit, count, duration, rate, score
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

_count = partial(count, grain=PER_CONVERSATION, source=BOT_DASHBOARD)
_rate = partial(rate, grain=PER_CONVERSATION, source=BOT_DASHBOARD)
_duration = partial(duration, grain=PER_CONVERSATION, source=BOT_DASHBOARD)
_score = partial(score, grain=PER_CONVERSATION, source=BOT_DASHBOARD)


def _stage(key: str, label: str, where: str) -> Metric:
    return _score(
        key,
        f"{label} (estimated)",
        f"Mean sentiment of what customers wrote {where}, over the closed bot conversations that have a score there.",
        f"mean score of the customer's messages {where}, of one conversation",
        f"closed bot conversations with a scored message {where}",
        unit=Unit.POLARITY,
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
            old_enough,
            Better.HIGHER,
            source=DURABLE,
        ),
        _rate(
            f"repeat_contact_{days}",
            f"Repeat contact, {span}",
            f"Share of resolved conversations whose customer came back, on any channel, within {span} of the end.",
            "those of them followed by another conversation in which the same customer wrote",
            old_enough,
            Better.LOWER,
            source=DURABLE,
        ),
        _rate(
            f"mature_resolutions_{days}",
            f"Old enough for {span}",
            f"Share of resolved conversations with a known customer that ended at least {span} ago, so that it can be told.",
            old_enough,
            "resolved bot conversations with a known customer",
            source=DURABLE,
        ),
    )


CATALOGUE: tuple[Metric, ...] = (
    _count(
        "bot_conversations",
        "Bot conversations",
        "Conversations, open and closed, in which a bot served the customer; tests are left out.",
    ),
    _count("closed", "Closed", "Bot conversations that ended in the period; each has exactly one outcome."),
    _count(
        "resolved",
        "Resolved",
        "Closed bot conversations in which the need was met, as confirmed by the customer, implied or assumed.",
        better=Better.HIGHER,
    ),
    _count(
        "confirmed",
        "Resolved, confirmed",
        "Resolved conversations in which the customer said that the question was answered.",
        better=Better.HIGHER,
        source=ANALYTICS,
    ),
    _count(
        "implied",
        "Resolved, implied",
        "Resolved conversations in which the platform or the bot says so, and the customer's last message was answered.",
        source=ANALYTICS,
    ),
    _count(
        "assumed",
        "Resolved, assumed",
        "Resolved conversations that simply ended after the bot's answer, which neither asked anything nor failed to understand.",
        source="Floorwalker: Microsoft counts these as resolved without saying how sure it is",
    ),
    _count(
        "escalated",
        "Escalated",
        "Closed bot conversations in which a human was asked for, by or for the bot, whether or not one came.",
        better=Better.LOWER,
    ),
    _count(
        "abandoned",
        "Abandoned",
        "Closed bot conversations in which the customer stopped or left while the bot owed or awaited an answer.",
        better=Better.LOWER,
        source=ANALYTICS,
    ),
    _count(
        "other",
        "Other",
        "Closed bot conversations in which the customer never wrote, or that failed or were closed from outside.",
        source=ANALYTICS,
    ),
    _rate(
        "resolution_rate",
        "Resolution rate",
        "Share of closed bot conversations that were resolved; confirmed, implied and assumed resolutions are its parts.",
        "resolved bot conversations",
        CLOSED,
        Better.HIGHER,
    ),
    _rate(
        "escalation_rate",
        "Escalation rate",
        "Share of closed bot conversations in which a human was asked for.",
        "escalated bot conversations",
        CLOSED,
        Better.LOWER,
    ),
    _rate(
        "abandonment_rate",
        "Abandonment rate",
        "Share of closed bot conversations that the customer abandoned.",
        "abandoned bot conversations",
        CLOSED,
        Better.LOWER,
        source=ANALYTICS,
    ),
    _rate(
        "deflection_rate",
        "Deflection rate",
        "Share of closed bot conversations resolved or abandoned: Microsoft's figure, which hides the people who gave up.",
        "resolved and abandoned bot conversations",
        CLOSED,
        Better.HIGHER,
        source=BOT_TAB,
    ),
    _duration(
        "resolution_time",
        "Resolution time",
        "How long the deciding bot session of resolved conversations lasted, without the idle time-out.",
        "duration of the deciding bot session",
        "resolved bot conversations whose source gives times",
        grain=PER_SESSION,
    ),
    _duration(
        "escalation_time",
        "Escalation time",
        "How long the deciding bot session of escalated conversations lasted up to the request for a human.",
        "duration of the deciding bot session",
        "escalated bot conversations whose source gives times",
        grain=PER_SESSION,
    ),
    _duration(
        "wait_after_escalation",
        "Wait after escalation",
        "How long customers of escalated conversations waited from the request for a human to an agent's acceptance.",
        "time from the earliest request for a human to the acceptance by an agent",
        "escalated bot conversations that an agent accepted and whose source gives times",
        source=QUEUE_REPORT,
    ),
    _rate(
        "never_accepted_rate",
        "Never accepted",
        "Share of escalated conversations that no agent accepted: the customer left, or nobody came.",
        "escalated bot conversations without an acceptance",
        "escalated bot conversations",
        Better.LOWER,
        source=QUEUE_REPORT,
    ),
    _duration(
        "escalation_turns",
        "Turns to escalation",
        "How many messages the customer had written to the deciding bot when a human was asked for.",
        "the customer's messages in the deciding bot session up to the request",
        "escalated bot conversations",
        unit=Unit.TURNS,
        grain=PER_SESSION,
        source=OWN,
    ),
    _duration(
        "wasted_turns",
        "Turns after first trouble",
        "How many messages the customer still wrote to the bot between the first sign of trouble and the request for a human.",
        "the customer's messages after the first fallback, the first wish for a human or the first plainly negative message",
        "escalated bot conversations with such a sign",
        unit=Unit.TURNS,
        grain=PER_SESSION,
        source=OWN,
    ),
    _count(
        "suspect_resolutions",
        "Suspect resolutions",
        "Implied and assumed resolutions whose last customer message is negative or asks again: a list to read, not a rate.",
        better=Better.LOWER,
        source=OWN,
    ),
    *(metric for days in RETURN_DAYS for metric in _returning(days)),
    _count(
        "engaged",
        "Engaged",
        "Closed bot conversations in which the customer wrote and the platform does not call the session unengaged.",
        source=ANALYTICS,
    ),
    _rate(
        "resolution_rate_engaged",
        "Resolution rate, of engaged",
        "Copilot Studio's way of counting: share of engaged closed bot conversations that were resolved.",
        "resolved bot conversations",
        "engaged closed bot conversations",
        Better.HIGHER,
        source=ANALYTICS,
    ),
    _rate(
        "escalation_rate_engaged",
        "Escalation rate, of engaged",
        "Copilot Studio's way of counting: share of engaged closed bot conversations in which a human was asked for.",
        "engaged escalated bot conversations",
        "engaged closed bot conversations",
        Better.LOWER,
        source=ANALYTICS,
    ),
    _rate(
        "resolution_rate_all",
        "Resolution rate, of all",
        "Omnichannel's way of counting: share of all bot conversations, open ones included, that were resolved.",
        "resolved bot conversations",
        "bot conversations, closed and open",
        Better.HIGHER,
        source=OMNICHANNEL,
    ),
    _rate(
        "escalation_rate_all",
        "Escalation rate, of all",
        "Omnichannel's way of counting: share of all bot conversations, open ones included, in which a human was asked for.",
        "escalated closed bot conversations",
        "bot conversations, closed and open",
        Better.LOWER,
        source=OMNICHANNEL,
    ),
    _score(
        "average_sentiment",
        "Average sentiment (estimated)",
        "Mean sentiment of customers at the end of closed bot conversations, over those that have a score.",
        "end sentiment of the conversation: its last six scored customer messages, the newest weighing most",
        "closed bot conversations with a score",
        unit=Unit.POLARITY,
        source=SENTIMENT_REPORT,
        is_estimate=True,
    ),
    _stage("sentiment_with_bot", "Sentiment with the bot", "while with a bot"),
    _stage("sentiment_waiting", "Sentiment while waiting", "while waiting for an agent"),
    _stage("sentiment_with_agent", "Sentiment with the agent", "while with an agent"),
    _score(
        "csat",
        "CSAT",
        "Mean answer to the satisfaction survey of closed bot conversations, beside the share who answered.",
        "survey answer",
        "closed bot conversations with an answer",
        unit=Unit.RATING,
        source=CSAT_PAGE,
    ),
    _rate(
        "csat_response_rate",
        "CSAT response rate",
        "Share of the closed bot conversations in which the satisfaction survey was asked that have an answer.",
        "closed bot conversations with an answer",
        "closed bot conversations in which the survey was asked or answered",
        source=CSAT_PAGE,
    ),
    _rate(
        "csat_satisfied_rate",
        "CSAT, satisfied",
        "Share of the satisfaction survey's answers that are 4 or 5.",
        "closed bot conversations with an answer of 4 or 5",
        "closed bot conversations with an answer",
        Better.HIGHER,
        source=CSAT_PAGE,
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
