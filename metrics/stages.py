"""Who had the conversation when each of the customer's messages came: a bot, nobody yet (waiting), or an agent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from metrics.course import Course, Stretch
from metrics.evidence import Evidence
from store.members import plain_members
from store.records import Activity, Mode, Role


@plain_members
class Stage(StrEnum):
    """The part of a conversation that a message belongs to."""

    BOT = "with bot"
    WAITING = "waiting"
    AGENT = "with agent"


def stage_sentiments(activities: Sequence[Activity], evidence: Evidence, course: Course) -> dict[Stage, int | None]:
    """The mean score of the customer's messages in each stage, in whole millionths; None where none of them has a score."""
    scores: dict[Stage, list[int]] = {stage: [] for stage in Stage}
    for index in evidence.customer_messages:
        score = activities[index].sentiment_micro
        stage = None if score is None else _stage_at(index, activities[index].at_ms, evidence, course.stretches)
        if score is not None and stage is not None:
            scores[stage].append(score)
    return {stage: _mean(found) for stage, found in scores.items()}


def _stage_at(index: int, at_ms: int, evidence: Evidence, stretches: Iterable[Stretch]) -> Stage | None:
    """None in the survey behind an agent, and behind a close that nothing re-opened: there nobody serves the customer."""
    for stretch in stretches:
        if stretch.first <= index <= stretch.last:
            if stretch.session.mode is not Mode.PRIMARY:
                return None
            return Stage.BOT if stretch.session.handler is Role.BOT else Stage.AGENT
    asked_ms = evidence.escalated_ms
    begun = [stretch for stretch in stretches if stretch.last < index]
    waits = bool(begun) and begun[-1].session.end in ("handoff", "transfer") and asked_ms is not None and asked_ms <= at_ms
    return Stage.WAITING if waits else None


def _mean(scores: Sequence[int]) -> int | None:
    """Rounded to the nearest millionth, halves away from zero, in whole numbers."""
    if not scores:
        return None
    total, count = sum(scores), len(scores)
    return (abs(total) * 2 + count) // (2 * count) * (1 if total >= 0 else -1)
