"""What a rule reads of a conversation's row of facts, of a message, of a source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from metrics.alerts.levels import Levels, Reading
from metrics.alerts.rules import Rule, RuleKind, Severity
from metrics.need import MICRO
from store.records import State

# A source that has been silent for longer than a day beyond its level is history that was loaded, or given up: no alert begins.
FORGOTTEN_SECONDS = 86_400
# Where a rule rests on some days, such a silence may be as long as a week's rest.
REST_SECONDS = 7 * 86_400
# What using something of nothing is called, in per cent: beyond any level.
ALL_OF_NOTHING = 1_000.0


def of_row(rule: Rule, row: Mapping[str, Any], levels: Levels, queue: str) -> Reading:
    """A conversation's sentiment, or its wait for a human."""
    if rule.kind is RuleKind.SENTIMENT:
        score = row["sentiment_micro"]
        return Reading(levels, None if score is None else score / MICRO, queue=queue)
    if row["state"] == State.WAITING:
        return Reading(levels, grows_since_ms=row["escalated_ms"] or row["started_ms"], queue=queue)
    return Reading(levels, 0.0, queue=queue)


def is_of_interest(rule: Rule, row: Mapping[str, Any], levels: Levels) -> bool:
    """Whether a conversation that is not watched yet has to be. Most have not, and cost next to nothing."""
    if rule.kind is RuleKind.WAIT:
        return bool(row["state"] == State.WAITING)
    score = row["sentiment_micro"]
    return score is not None and levels.is_beyond(levels.mildest, score / MICRO)


def of_words(rule: Rule, word: str) -> Reading:
    """A message that holds one of the rule's words: it stands until its conversation closes."""
    is_urgent = rule.severity is Severity.URGENT
    levels = Levels(None, 1.0) if is_urgent else Levels(1.0, None)
    return Reading(levels, 1.0, word=word)


def of_source(levels: Levels, last_event_ms: int) -> Reading:
    """How long a source has been silent."""
    return Reading(levels, grows_since_ms=last_event_ms)


def of_use(levels: Levels, used: int, entitled: int) -> Reading:
    """How much of an entitlement is used, in per cent; of one of nothing the first session is too much."""
    return Reading(levels, 100 * used / entitled if entitled else ALL_OF_NOTHING * bool(used))


def is_forgotten(rule: Rule, levels: Levels, last_event_ms: int, now_ms: int) -> bool:
    """Whether a source has been silent for so long that no alert begins any more."""
    worst = levels.critical if levels.critical is not None else levels.mildest
    rest = REST_SECONDS if rule.hours is not None else 0
    return now_ms - last_event_ms > (worst + FORGOTTEN_SECONDS + rest) * 1000
