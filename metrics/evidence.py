"""What in a conversation speaks for one outcome or another, gathered before its course is walked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from metrics.phrases import is_fallback
from store.records import Activity, EndCode, Kind, Role, Verdict

# Ends that are neither the customer's nor the bot's doing.
_BY_SYSTEM = frozenset({Verdict.FAILED, Verdict.FORCE_CLOSED, Verdict.OVERFLOW, Verdict.CLOSED_BY_ADMIN})


@dataclass(slots=True)
class Evidence:
    """Indexes into the conversation's activities, in order. Deleted and private messages are no one's words to the customer."""

    requests: list[int] = field(default_factory=list)  # a human asked for
    accepted: list[int] = field(default_factory=list)  # handoff.status accepted
    handoff_verdicts: list[int] = field(default_factory=list)  # the platform: escalated
    verdicts: list[int] = field(default_factory=list)  # the platform, anything else
    ends: list[int] = field(default_factory=list)
    confirmations: list[tuple[int, bool]] = field(default_factory=list)  # answers to "did that answer your question"
    customer_messages: list[int] = field(default_factory=list)
    bot_messages: list[int] = field(default_factory=list)
    agent_messages: list[int] = field(default_factory=list)  # those after the bot's first activity
    escalated_ms: int | None = None  # to the earliest request; without one to the agent's first message
    bot_seen: bool = False

    def agent_follows(self, index: int) -> bool:
        """Whether an agent writes after the activity at `index`."""
        return bool(self.agent_messages) and self.agent_messages[-1] > index

    @property
    def is_escalated(self) -> bool:
        """Whether a human was asked for, by or for the bot."""
        return bool(self.requests or self.accepted or self.handoff_verdicts or self.agent_messages)


def gather_evidence(activities: Sequence[Activity]) -> Evidence:
    """Evidence from all activities of a conversation, in order, roles assigned."""
    found = Evidence()
    for index, item in enumerate(activities):
        _note(found, index, item)
    found.escalated_ms = _escalated_ms(found, activities)
    return found


def note_next(found: Evidence, activities: Sequence[Activity], index: int) -> None:
    """Take in one activity more, the next one, of those that are known up to it."""
    _note(found, index, activities[index])
    found.escalated_ms = _escalated_ms(found, activities)


def _note(found: Evidence, index: int, item: Activity) -> None:
    detail = item.detail or {}
    match item.kind:
        case Kind.MESSAGE:
            _note_message(found, index, item)
        case Kind.HANDOFF_REQUEST:
            found.requests.append(index)
        case Kind.HANDOFF_STATUS if detail.get("state") == "accepted":
            found.accepted.append(index)
        case Kind.VERDICT:
            (found.handoff_verdicts if detail.get("outcome") == Verdict.ESCALATED else found.verdicts).append(index)
        case Kind.END:
            found.ends.append(index)
        case Kind.SURVEY_ANSWER if detail.get("survey") == "prr":
            found.confirmations.append((index, detail.get("value") == "yes"))
    found.bot_seen = found.bot_seen or item.role is Role.BOT


def _note_message(found: Evidence, index: int, item: Activity) -> None:
    if (item.detail or {}).get("deleted"):
        return
    if item.role is Role.CUSTOMER:
        found.customer_messages.append(index)
    elif item.role is Role.BOT:
        found.bot_messages.append(index)
    elif item.role is Role.AGENT and found.bot_seen:
        found.agent_messages.append(index)


def _escalated_ms(found: Evidence, activities: Sequence[Activity]) -> int | None:
    for indexes in (found.requests, found.agent_messages, found.accepted, found.handoff_verdicts):
        if indexes:
            return activities[indexes[0]].at_ms
    return None


def is_bots_fallback(item: Activity) -> bool:
    """Whether the bot did not understand: its platform says so, or it does."""
    return item.kind is Kind.FALLBACK or (item.kind is Kind.MESSAGE and item.role is Role.BOT and is_fallback(item.text))


def is_systems_end(item: Activity) -> bool:
    """Whether the platform ended it: by a failure, an overflow, a supervisor or an administrator."""
    detail = item.detail or {}
    if item.kind is Kind.END:
        return detail.get("code") == EndCode.FAILED
    return item.kind is Kind.VERDICT and detail.get("outcome") in _BY_SYSTEM


def end_limit_ms(item: Activity) -> int:
    """The last millisecond that an end covers: a later message re-opens.

    Platforms stamp their verdict in whole seconds, so messages within that second are no later than it.
    """
    if item.kind is Kind.VERDICT and item.at_ms % 1000 == 0 and item.at_sub == 0:
        return item.at_ms + 999
    return item.at_ms
