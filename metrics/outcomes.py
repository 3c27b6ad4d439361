"""The outcome of a bot conversation: one total function over its evidence and its course.

What a platform says of a session beats what the wording suggests. The rules, in their order, are those of docs/metrics.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.course import Course
from metrics.evidence import Evidence, is_bots_fallback
from metrics.phrases import asks_for_human, is_fallback, is_question
from store.records import Activity, EndCode, EscalationReason, Outcome, Resolution, Verdict

_PLATFORM_OTHER: dict[str, str] = {
    Verdict.FAILED: "the platform says it failed",
    Verdict.FORCE_CLOSED: "force-closed by a supervisor",
    Verdict.OVERFLOW: "closed by queue overflow",
    Verdict.CLOSED_BY_ADMIN: "closed by an administrator",
}
_ABANDONED_ENDS: dict[str, str] = {
    EndCode.CUSTOMER_LEFT: "the customer left",
    EndCode.BOT_TIMED_OUT: "the bot ended because nobody answered",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome, why, and the index of the activity that decided it (None: nothing did but the silence)."""

    outcome: Outcome
    resolution: Resolution | None
    reason: str
    index: int | None
    is_unengaged: bool = False


def decide_outcome(activities: Sequence[Activity], evidence: Evidence, course: Course) -> Decision:
    """The outcome of a closed bot conversation: exactly one, always."""
    return (
        _escalated(activities, evidence)
        or _unengaged(activities, evidence, course)
        or _platform_other(activities, evidence, course)
        or _confirmed(activities, evidence, course)
        or _implied(activities, evidence, course)
        or _assumed(activities, evidence, course)
        or _abandoned(activities, evidence, course)
    )


def _escalated(activities: Sequence[Activity], evidence: Evidence) -> Decision | None:
    if not evidence.is_escalated:
        return None
    by_strength = (evidence.accepted, evidence.requests, evidence.handoff_verdicts, evidence.agent_messages)
    index = next(indexes[0] for indexes in by_strength if indexes)
    return Decision(Outcome.ESCALATED, None, _escalation_reason(activities, evidence), index)


def _escalation_reason(activities: Sequence[Activity], evidence: Evidence) -> str:
    for index in (*evidence.requests, *evidence.handoff_verdicts):
        said = (activities[index].detail or {}).get("reason")
        if said in set(EscalationReason) and said != EscalationReason.UNKNOWN:
            return str(said)
    asked_at = min(
        indexes[0]
        for indexes in (evidence.requests, evidence.accepted, evidence.agent_messages, evidence.handoff_verdicts)
        if indexes
    )
    wrote = [index for index in evidence.customer_messages if index < asked_at]
    if wrote and asks_for_human(activities[wrote[-1]].text):
        return EscalationReason.CUSTOMER
    since = wrote[-2] if len(wrote) > 1 else 0
    if any(is_bots_fallback(item) for item in activities[since:asked_at]):
        return EscalationReason.BOT_GAVE_UP
    return EscalationReason.UNKNOWN


def _verdict(activities: Sequence[Activity], evidence: Evidence, course: Course) -> tuple[int, str] | None:
    """The platform's last word that still stands: its index and outcome."""
    standing = [index for index in evidence.verdicts if index >= course.stands_from]
    return (standing[-1], str((activities[standing[-1]].detail or {}).get("outcome", ""))) if standing else None


def _end(activities: Sequence[Activity], evidence: Evidence, course: Course) -> tuple[int, str] | None:
    """The last end that still stands: its index and code."""
    standing = [index for index in evidence.ends if index >= course.stands_from]
    return (standing[-1], str((activities[standing[-1]].detail or {}).get("code", EndCode.UNKNOWN))) if standing else None


def _unengaged(activities: Sequence[Activity], evidence: Evidence, course: Course) -> Decision | None:
    verdict = _verdict(activities, evidence, course)
    if verdict and verdict[1] == Verdict.UNENGAGED:
        return Decision(Outcome.OTHER, None, "unengaged: the platform says so", verdict[0], is_unengaged=True)
    if not evidence.customer_messages:
        return Decision(Outcome.OTHER, None, "unengaged: the customer never wrote", None, is_unengaged=True)
    return None


def _platform_other(activities: Sequence[Activity], evidence: Evidence, course: Course) -> Decision | None:
    verdict = _verdict(activities, evidence, course)
    if verdict and verdict[1] in _PLATFORM_OTHER:
        return Decision(Outcome.OTHER, None, _PLATFORM_OTHER[verdict[1]], verdict[0])
    end = _end(activities, evidence, course)
    if end and end[1] == EndCode.FAILED:
        return Decision(Outcome.OTHER, None, "the bot or the channel failed", end[0])
    return None


def _confirmed(activities: Sequence[Activity], evidence: Evidence, course: Course) -> Decision | None:
    answers = [answer for answer in evidence.confirmations if answer[0] >= course.stands_from]
    if answers and answers[-1][1]:
        return Decision(Outcome.RESOLVED, Resolution.CONFIRMED, "the customer said that it helped", answers[-1][0])
    verdict = _verdict(activities, evidence, course)
    if verdict and verdict[1] == Verdict.RESOLVED and (activities[verdict[0]].detail or {}).get("implied") is False:
        return Decision(
            Outcome.RESOLVED, Resolution.CONFIRMED, "the platform says resolved, confirmed by the customer", verdict[0]
        )
    return None


def _implied(activities: Sequence[Activity], evidence: Evidence, course: Course) -> Decision | None:
    end = _end(activities, evidence, course)
    if end and end[1] in (EndCode.COMPLETED, EndCode.BOT_ENDED) and _answered(activities, evidence, by=end[0]):
        return Decision(Outcome.RESOLVED, Resolution.IMPLIED, "the bot ended it as completed, the last message answered", end[0])
    verdict = _verdict(activities, evidence, course)
    if verdict and verdict[1] == Verdict.RESOLVED and _answered(activities, evidence):
        return Decision(Outcome.RESOLVED, Resolution.IMPLIED, "the platform says resolved, the last message answered", verdict[0])
    return None


def _answered(activities: Sequence[Activity], evidence: Evidence, *, by: int | None = None) -> bool:
    """Whether the customer's last message was answered; the end at `by` answers it where it carries words of the bot."""
    asked = evidence.customer_messages[-1]
    if evidence.bot_messages and evidence.bot_messages[-1] > asked:
        return True
    return by is not None and by > asked and bool(activities[by].text)


def _assumed(activities: Sequence[Activity], evidence: Evidence, course: Course) -> Decision | None:
    verdict = _verdict(activities, evidence, course)
    if verdict is not None and verdict[1] != Verdict.UNKNOWN:
        return None
    end = _end(activities, evidence, course)
    if end is not None and end[1] != EndCode.UNKNOWN:
        return None
    if not evidence.bot_messages or evidence.bot_messages[-1] < evidence.customer_messages[-1]:
        return None
    last = activities[evidence.bot_messages[-1]]
    if (last.detail or {}).get("expects_input") or is_question(last.text) or is_fallback(last.text):
        return None
    return Decision(
        Outcome.RESOLVED, Resolution.ASSUMED, "the bot had the last word, and it asked for nothing", evidence.bot_messages[-1]
    )


def _abandoned(activities: Sequence[Activity], evidence: Evidence, course: Course) -> Decision:
    verdict = _verdict(activities, evidence, course)
    if verdict and verdict[1] == Verdict.ABANDONED:
        return Decision(Outcome.ABANDONED, None, "the platform says abandoned", verdict[0])
    end = _end(activities, evidence, course)
    if end and end[1] in _ABANDONED_ENDS:
        return Decision(Outcome.ABANDONED, None, _ABANDONED_ENDS[end[1]], end[0])
    if not evidence.bot_messages or evidence.bot_messages[-1] < evidence.customer_messages[-1]:
        return Decision(Outcome.ABANDONED, None, "the customer's last message was not answered", evidence.customer_messages[-1])
    return Decision(Outcome.ABANDONED, None, "the customer left while the bot awaited an answer", evidence.bot_messages[-1])
