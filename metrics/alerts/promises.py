"""What the settings promise: the levels of rules that name none of their own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from metrics.alerts.levels import Levels
from metrics.alerts.rules import Rule, RuleKind
from metrics.bands import Bands
from metrics.bot_sessions.entitlement import AT_RISK, USED_UP
from metrics.hours import clock_of
from metrics.need import MICRO, Targets
from metrics.silence import LOST_AFTER, Silence

# A sentiment must rise this far above its level before the next fall counts, unless a rule says otherwise.
SENTIMENT_GAP = 0.1
# The floor ranks and colours a wait from its target on. An alert calls somebody away from what they are doing: it begins where
# the floor says critical, at this many times the target, and is critical itself at so many.
CALLS_AFTER = 2
CRITICAL_AFTER = 5


@dataclass(frozen=True, slots=True)
class Promises:
    """Targets of queues, limits of live figures, and the silence expected of sources."""

    targets: Targets = field(default_factory=Targets)
    bands: Bands = field(default_factory=Bands)
    silence: Silence = field(default_factory=Silence)

    def rule_for(self, rule: Rule, source: str) -> Rule:
        """A rule as it holds for a source: one about silence that names no hours of its own has those of the source."""
        hours = self.silence.hours_by_source.get(source)
        if hours is None or rule.kind is not RuleKind.SILENT_SOURCE or rule.hours is not None:
            return rule
        until = clock_of(hours.until_minute)
        return replace(
            rule, active_days=hours.days, active_from=clock_of(hours.from_minute), active_until=until, active_zone=hours.zone
        )

    def levels_of(self, rule: Rule, place: str = "") -> Levels | None:
        """The levels of a rule in a queue, or for a source: its own, else the settings'; None where there are none."""
        own = (rule.at_risk, rule.critical)
        pair = self._promised(rule, place) if own == (None, None) else own
        if pair is None:
            return None
        at_risk, critical = pair
        levels = Levels(at_risk, critical, rule.clears_at, rule.direction)
        if rule.kind is RuleKind.SENTIMENT and rule.clears_at is None:
            return Levels(at_risk, critical, min(levels.mildest + SENTIMENT_GAP, 1.0), rule.direction)
        return levels

    def _promised(self, rule: Rule, place: str) -> tuple[float | None, float | None] | None:
        """At risk from, critical from."""
        match rule.kind:
            case RuleKind.SENTIMENT:
                own = self.targets.sentiment_threshold_micro_by_queue
                return own.get(place, self.targets.sentiment_threshold_micro) / MICRO, None
            case RuleKind.WAIT:
                target = self.targets.wait_for(place)
                return CALLS_AFTER * target, CRITICAL_AFTER * target
            case RuleKind.LONGEST_WAIT:
                target = self.targets.wait_for(place)
                return target, 2 * target
            case RuleKind.SILENT_SOURCE:
                late = self.silence.expected_of(place)
                return (late, LOST_AFTER * late) if late > 0 else None
            case RuleKind.BACKLOG | RuleKind.METRIC:
                limits = self.bands.limits_of(rule.metric or "waiting", place)
                return None if limits is None else (limits.at_risk, limits.critical)
            case RuleKind.BOT_SESSIONS:
                return 100 * AT_RISK, 100 * USED_UP
            case RuleKind.WORDS:
                return None
