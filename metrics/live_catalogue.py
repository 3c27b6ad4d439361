"""Every live metric as data, as metrics/catalogue.py has those of closed conversations. The two are never one series.

Tooltips of the Live page, the Definitions page and docs/metrics.md are made from it.
"""

from __future__ import annotations

from functools import partial

from metrics.metric import Better, Metric, Unit, count, duration, score

STREAMING = "Microsoft Learn, Dynamics 365 Contact Center: real-time analytics"
OWN = "Floorwalker"
NOW = "the floor now"
WINDOW = "window: the last 15 minutes, two hours, today, or since a time of day"

_count = partial(count, grain=NOW, source=STREAMING)
_duration = partial(duration, grain=NOW, source=STREAMING)
_score = partial(score, grain=NOW, source=STREAMING)

LIVE_CATALOGUE: tuple[Metric, ...] = (
    _count("open", "Open", "Conversations that have not ended; tests are left out."),
    _count("with_bot", "With bot", "Open conversations that a bot is serving."),
    _count("with_agent", "With agent", "Open conversations that an agent is serving."),
    _count(
        "wrap_up",
        "Wrap-up",
        "Conversations that are over for the customer and not closed yet, as while a survey bot asks behind an agent how it was.",
    ),
    _count(
        "waiting",
        "Waiting",
        "Conversations handed over that no agent has accepted yet: the backlog. Its band is that of the worst queue.",
        better=Better.LOWER,
    ),
    _duration(
        "longest_wait",
        "Longest wait",
        "How long the customer who has waited longest has waited since the escalation. At risk from the queue's wait "
        "target on, critical from twice the target on.",
        "time since the escalation",
        "",
    ),
    _score(
        "live_sentiment",
        "Average live sentiment (estimated)",
        "Mean live sentiment of the open conversations that have a score.",
        "live sentiment of the conversation: its last six scored customer messages, the newest weighing most",
        "open conversations with a score",
        unit=Unit.POLARITY,
        is_estimate=True,
    ),
    _count(
        "low_sentiment",
        "Low sentiment (estimated)",
        "Open conversations whose live sentiment is at or below their queue's threshold. Its band is that of the worst queue.",
        "open conversations at or below the threshold",
        better=Better.LOWER,
        source=OWN,
        is_estimate=True,
    ),
    _count(
        "escalations",
        "Escalations",
        "Bot conversations, open or ended, in which a human was asked for within the window.",
        grain=WINDOW,
        better=Better.LOWER,
    ),
    _count(
        "resolutions",
        "Resolutions",
        "Bot conversations that ended resolved within the window.",
        grain=WINDOW,
        better=Better.HIGHER,
    ),
    _count(
        "abandonments",
        "Abandonments",
        "Bot conversations that ended within the window because the customer stopped or left unserved.",
        grain=WINDOW,
        better=Better.LOWER,
    ),
    _duration(
        "data_age",
        "Data age",
        "How long ago the newest event of a source happened: late from the silence that is expected of it on, and red "
        "from three times that on.",
        "time since the newest event",
        "",
        grain="source",
        source=OWN,
    ),
)
