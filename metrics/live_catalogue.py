"""Every live metric as data, as metrics/catalogue.py has those of closed conversations. The two are never one series.

Tooltips of the Live page, the Definitions page and docs/metrics.md are made from it.
"""

from __future__ import annotations

from metrics.metric import Better, Metric, MetricKind, Unit

STREAMING = "Microsoft Learn, Dynamics 365 Contact Center: real-time analytics"
OWN = "Floorwalker"
NOW = "the floor now"
WINDOW = "window: the last 15 minutes, two hours, today, or since a time of day"


def _now(key: str, label: str, definition: str, better: Better = Better.NEITHER, source: str = STREAMING) -> Metric:
    return Metric(key, label, definition, MetricKind.COUNT, label.lower(), "", Unit.CONVERSATIONS, NOW, better, 0, source)


def _lately(key: str, label: str, definition: str, better: Better) -> Metric:
    return Metric(key, label, definition, MetricKind.COUNT, label.lower(), "", Unit.CONVERSATIONS, WINDOW, better, 0, STREAMING)


LIVE_CATALOGUE: tuple[Metric, ...] = (
    _now("open", "Open", "Conversations that have not ended; tests are left out."),
    _now("with_bot", "With bot", "Open conversations that a bot is serving."),
    _now("with_agent", "With agent", "Open conversations that an agent is serving."),
    _now(
        "wrap_up",
        "Wrap-up",
        "Conversations that are over for the customer and not closed yet, as while a survey bot asks behind an agent how it was.",
    ),
    _now(
        "waiting",
        "Waiting",
        "Conversations handed over that no agent has accepted yet: the backlog. Its band is that of the worst queue.",
        Better.LOWER,
    ),
    Metric(
        key="longest_wait",
        label="Longest wait",
        definition="How long the customer who has waited longest has waited since the escalation. At risk from the queue's wait "
        "target on, critical from twice the target on.",
        kind=MetricKind.DURATION,
        numerator="time since the escalation",
        denominator="",
        unit=Unit.SECONDS,
        grain=NOW,
        better=Better.LOWER,
        empty=None,
        source=STREAMING,
    ),
    Metric(
        key="live_sentiment",
        label="Average live sentiment (estimated)",
        definition="Mean live sentiment of the open conversations that have a score.",
        kind=MetricKind.SCORE,
        numerator="live sentiment of the conversation: its last six scored customer messages, the newest weighing most",
        denominator="open conversations with a score",
        unit=Unit.POLARITY,
        grain=NOW,
        better=Better.HIGHER,
        empty=None,
        source=STREAMING,
        is_estimate=True,
    ),
    Metric(
        key="low_sentiment",
        label="Low sentiment (estimated)",
        definition="Open conversations whose live sentiment is at or below their queue's threshold. Its band is that of the "
        "worst queue.",
        kind=MetricKind.COUNT,
        numerator="open conversations at or below the threshold",
        denominator="",
        unit=Unit.CONVERSATIONS,
        grain=NOW,
        better=Better.LOWER,
        empty=0,
        source=OWN,
        is_estimate=True,
    ),
    _lately(
        "escalations",
        "Escalations",
        "Bot conversations, open or ended, in which a human was asked for within the window.",
        Better.LOWER,
    ),
    _lately("resolutions", "Resolutions", "Bot conversations that ended resolved within the window.", Better.HIGHER),
    _lately(
        "abandonments",
        "Abandonments",
        "Bot conversations that ended within the window because the customer stopped or left unserved.",
        Better.LOWER,
    ),
    Metric(
        key="data_age",
        label="Data age",
        definition="How long ago the newest event of a source happened: late from the silence that is expected of it on, and red "
        "from three times that on.",
        kind=MetricKind.DURATION,
        numerator="time since the newest event",
        denominator="",
        unit=Unit.SECONDS,
        grain="source",
        better=Better.LOWER,
        empty=None,
        source=OWN,
    ),
)
