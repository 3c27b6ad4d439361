"""The kinds of rules and the live figures as data: labels, units and which fields each kind uses. Forms and checks read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from metrics.alerts.rules import Direction, RuleKind
from metrics.catalogue import find_metric

_LEVELS = ("at_risk", "critical", "clears_at", "for_seconds", "remind_minutes")
_SCOPE = ("queues", "channels", "bots")
_HOURS = ("active_days", "active_from", "active_until", "active_zone")


@dataclass(frozen=True, slots=True)
class KindInfo:
    """One kind of rule."""

    label: str
    help: str
    unit: str  # of its levels; "" where it has none
    uses: frozenset[str]  # the fields that mean something to it, beside name, severity, targets
    direction: Direction | None  # None: the rule says, or its metric does
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class FigureInfo:
    """One live figure that a rule may watch."""

    label: str
    unit: str
    direction: Direction  # the side on which it is bad, unless a rule says otherwise
    low: float
    high: float


def _kind(
    label: str, text: str, unit: str, *uses: str, direction: Direction | None = Direction.ABOVE, low: float = 0, high: float = 1e6
) -> KindInfo:
    return KindInfo(label, text, unit, frozenset({*uses, *_HOURS}), direction, low, high)


DAY_SECONDS = 86_400
KINDS: Mapping[RuleKind, KindInfo] = MappingProxyType(
    {
        RuleKind.SENTIMENT: _kind(
            "Sentiment falls",
            "A conversation's sentiment falls to a level or below it. Told once for each fall. Without levels: the threshold of "
            "its queue.",
            "−1 to 1", *_SCOPE, *_LEVELS, direction=Direction.BELOW, low=-1, high=1,
        ),
        RuleKind.WAIT: _kind(
            "Wait after escalation",
            "A customer waits for a human. Without levels: at risk from twice the target of the queue, critical from five times.",
            "seconds", *_SCOPE, *_LEVELS, high=DAY_SECONDS,
        ),
        RuleKind.BACKLOG: _kind(
            "Queue backlog", "How many wait in a queue, for each queue. Without levels: the limits of its tile.", "waiting",
            *_SCOPE, *_LEVELS,
        ),
        RuleKind.LONGEST_WAIT: _kind(
            "Longest wait",
            "The longest wait now, for each queue or on the whole floor. Without levels: the target, and twice that.",
            "seconds", "per", *_SCOPE, *_LEVELS,
            high=DAY_SECONDS,
        ),
        RuleKind.WORDS: _kind(
            "Words", "A message holds one of these words or phrases: whole words, capitals or not.", "",
            "words", "said_by", "remind_minutes", *_SCOPE,
        ),
        RuleKind.METRIC: _kind(
            "Live figure",
            "A figure of the Live page crosses a level, or the limits of its tile.", "",
            "metric", "direction", "per", *_SCOPE, *_LEVELS,
            direction=None, low=-1,
        ),
        RuleKind.SILENT_SOURCE: _kind(
            "Source gone silent",
            "Nothing has come from a source for so long. Without levels: the silence expected of it, and three times that.",
            "seconds", "sources", *_LEVELS, high=DAY_SECONDS,
        ),
        RuleKind.BOT_SESSIONS: _kind(
            "Bot sessions used",
            "How much of the bot sessions that your licences entitle to is used this month. Without levels: 80 %, and all of "
            "them. Each month begins anew.",
            "%", *_LEVELS, high=1_000,
        ),
    }
)  # fmt: skip

# What a rule may watch of the Live page's figures: the side on which it is bad unless the rule says otherwise.
_BAD_BELOW = frozenset({"live_sentiment", "resolutions"})
_WATCHABLE = (
    "open", "with_bot", "waiting", "with_agent", "wrap_up", "live_sentiment", "low_sentiment", "escalations", "resolutions",
    "abandonments",
)  # fmt: skip
# Of these the settings have limits that a rule without levels goes by.
LIMITED = frozenset({"waiting", "live_sentiment", "low_sentiment"})
_LATELY = frozenset({"escalations", "resolutions", "abandonments"})


def _figure(key: str) -> FigureInfo:
    label = find_metric(key).label + (" in the last two hours" if key in _LATELY else "")
    direction = Direction.BELOW if key in _BAD_BELOW else Direction.ABOVE
    if key == "live_sentiment":
        return FigureInfo(label, "−1 to 1", direction, -1, 1)
    return FigureInfo(label, "conversations", direction, 0, 1e6)


METRICS: Mapping[str, FigureInfo] = MappingProxyType({key: _figure(key) for key in _WATCHABLE})
