"""Who is who in a conversation. Only the whole of it can tell: Bot Framework calls customer and agent both "user"."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.phrases import answers_a_call
from store.records import Activity, Kind, Marks, Participant, Role, WireRole

_SAID: dict[WireRole, Role] = {
    WireRole.BOT: Role.BOT,
    WireRole.CUSTOMER: Role.CUSTOMER,
    WireRole.AGENT: Role.AGENT,
    WireRole.SUPERVISOR: Role.SUPERVISOR,
    WireRole.SYSTEM: Role.SYSTEM,
}
# Who answers a call says so within so many utterances.
GREETING = 3


def assign_roles(activities: Sequence[Activity], marks: Marks) -> None:
    """Set `role` and `role_inferred` of each activity; `activities` are all of a conversation, in order.

    The customer is the first person who writes; in a conversation that is not a group another person is an agent. Of voices that
    only have a number, one that greets as those do who are called is an agent, and the customer is the first of the others.
    """
    is_group = marks.is_group
    silent_bots = _silent_bots(activities, marks)
    customer = _first_person(activities, silent_bots)
    agents = {_who(item) for item in activities if item.kind is Kind.MESSAGE and _is_person(item, silent_bots)} - {customer}
    for item in activities:
        said = _SAID.get(item.wire_role)
        item.role_inferred = said is None
        if said is not None:
            item.role = said
        elif not _is_person(item, silent_bots):
            item.role = Role.BOT
        elif is_group or _who(item) == customer:
            item.role = Role.CUSTOMER
        elif _who(item) in agents:
            item.role = Role.AGENT
        else:
            # Somebody who never writes: a channel's own events, mostly.
            item.role = Role.CUSTOMER if item.wire_role is WireRole.USER else Role.SYSTEM
        if item.private and item.kind is Kind.MESSAGE and item.role is not Role.CUSTOMER:
            item.role = Role.INTERNAL


def _silent_bots(activities: Sequence[Activity], marks: Marks) -> set[str]:
    """The ids of bots that do not always say that they are.

    What something says outright counts first. Only where nothing does, in this order: who speaks to a person without a role, who
    answers activities, and, where people say that they are, who does not.
    """
    people = (WireRole.USER, WireRole.SPEAKER, WireRole.CUSTOMER, WireRole.AGENT, WireRole.SUPERVISOR)
    users = {item.sender_id for item in activities if item.wire_role in people and item.sender_id}
    said = {item.sender_id for item in activities if item.wire_role is WireRole.BOT and item.sender_id} | set(marks.bots)
    if said:
        return said - users
    spoken = {item.sender_id for item in activities if item.wire_role is WireRole.TO_USER} - users
    unsaid = {item.sender_id for item in activities if item.wire_role is WireRole.UNSAID and item.kind is Kind.MESSAGE} - users
    return spoken or (set(marks.repliers) - users) or (unsaid if users else set())


def _who(item: Activity) -> str:
    return item.sender_id or item.sender_name


def _is_person(item: Activity, silent_bots: set[str]) -> bool:
    if item.wire_role in (WireRole.UNSAID, WireRole.TO_USER):
        return item.sender_id not in silent_bots
    return item.wire_role in (WireRole.USER, WireRole.SPEAKER)


def _first_person(activities: Sequence[Activity], silent_bots: set[str]) -> str | None:
    said = next((_who(item) for item in activities if item.wire_role is WireRole.CUSTOMER and item.kind is Kind.MESSAGE), None)
    if said is not None:
        return said
    agent = _who_answers(activities)
    return next(
        (
            _who(item)
            for item in activities
            if item.kind is Kind.MESSAGE and _is_person(item, silent_bots) and (agent is None or _who(item) != agent)
        ),
        None,
    )


def _who_answers(activities: Sequence[Activity]) -> str | None:
    """Of the voices of a call the one that greets, at the beginning, as only those do who are called."""
    spoken: dict[str, int] = {}
    for item in activities:
        if item.wire_role is WireRole.AGENT:
            return None  # somebody is said to be
        if item.wire_role is WireRole.SPEAKER and item.kind is Kind.MESSAGE:
            spoken[_who(item)] = spoken.get(_who(item), 0) + 1
            if spoken[_who(item)] <= GREETING and answers_a_call(item.text):
                return _who(item)
    return None


_WHO_TAKES_PART = frozenset({Role.CUSTOMER, Role.BOT, Role.AGENT, Role.SUPERVISOR})


def list_participants(activities: Sequence[Activity]) -> list[Participant]:
    """Who takes part, each named as on the latest activity that names them."""
    found: dict[tuple[Role, str], Participant] = {}
    for item in activities:
        if item.role not in _WHO_TAKES_PART:
            continue
        known = found.get((item.role, item.sender_id))
        if known is None:
            found[(item.role, item.sender_id)] = Participant(item.role, item.sender_id, item.sender_name, item.role_inferred)
        else:
            known.name = item.sender_name or known.name
            known.inferred = known.inferred and item.role_inferred
    return list(found.values())
