"""What an alert rule is. How a rule is read and checked is in `checking`; what each kind means, in `catalogue`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from metrics.hours import DAYS, Hours, minute_of
from metrics.places import queue_of


class RuleKind(StrEnum):
    """What a rule looks at."""

    SENTIMENT = "sentiment"  # a conversation's live sentiment falls to or below a level
    WAIT = "wait"  # a conversation waits for a human after an escalation
    BACKLOG = "backlog"  # how many wait in a queue
    LONGEST_WAIT = "longest_wait"  # the longest wait in a queue, or on the floor
    WORDS = "words"  # a message holds a word or phrase
    METRIC = "metric"  # a live figure crosses a level
    SILENT_SOURCE = "silent_source"  # nothing comes from a source any more
    BOT_SESSIONS = "bot_sessions"  # how much of the month's bot sessions is used


class Severity(StrEnum):
    """How loud a rule is wherever it is told."""

    NOTICE = "notice"
    WARNING = "warning"
    URGENT = "urgent"


class Speaker(StrEnum):
    """Whose words count."""

    ANY = "any"
    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"


class Direction(StrEnum):
    """On which side of its levels a figure is bad."""

    ABOVE = "above"
    BELOW = "below"


class Per(StrEnum):
    """What a rule about figures is counted over."""

    QUEUE = "queue"
    FLOOR = "floor"


FIGURE_KINDS = frozenset({RuleKind.BACKLOG, RuleKind.LONGEST_WAIT, RuleKind.METRIC})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Empty tuples do not narrow. Levels are in the unit of the kind: seconds, conversations, −1…1.

    `active_days` ("mon" … "sun"), `active_from` and `active_until` ("08:00") are by the clock of `active_zone`; without any of
    them the rule is on duty always. `is_enabled`, `muted_until_ms` and `watches_from_ms` are how it stands, not what it says.
    """

    rule_id: str
    name: str
    kind: RuleKind
    queues: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    bots: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    metric: str = ""
    per: Per = Per.FLOOR
    direction: Direction = Direction.ABOVE
    at_risk: float | None = None
    critical: float | None = None
    clears_at: float | None = None  # None: on the good side of the mildest level
    for_seconds: int = 0
    remind_minutes: int = 0  # 0: told once
    severity: Severity = Severity.WARNING
    targets: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    said_by: Speaker = Speaker.CUSTOMER
    active_days: tuple[str, ...] = ()
    active_from: str = ""
    active_until: str = ""
    active_zone: str = ""
    is_enabled: bool = True
    muted_until_ms: int | None = None
    watches_from_ms: int = 0  # messages from before that are not looked at

    @property
    def hours(self) -> Hours | None:
        """When it is on duty; None: always."""
        if not self.active_days and not self.active_from:
            return None
        days = self.active_days or DAYS
        return Hours(days, minute_of(self.active_from or "00:00"), minute_of(self.active_until or "24:00"), self.active_zone)

    def hears(self, at_ms: int) -> bool:
        """Whether a message of this moment is looked at."""
        return at_ms >= self.watches_from_ms and (self.hours is None or self.hours.is_on(at_ms))

    def is_muted(self, now_ms: int) -> bool:
        """Whether it tells nobody at this moment. It records all the same."""
        return self.muted_until_ms is not None and now_ms < self.muted_until_ms

    def reaches(self, row: Mapping[str, Any]) -> bool:
        """Whether a conversation is one of those the rule is about."""
        return (
            not row["is_test"]
            and (not self.channels or row["channel"] in self.channels)
            and (not self.bots or row["bot"] in self.bots)
            and (not self.queues or queue_of(row) in self.queues)
        )
