"""Who is who in a conversation. Only the whole of it can tell: Bot Framework calls customer and agent both "user"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from metrics.phrases import answers_a_call
from store.records import Activity, Kind, Marks, Participant, Role, WireRole

_SAID: dict[WireRole, Role] = {
    WireRole.BOT: Role.BOT,
    WireRole.CUSTOMER: Role.CUSTOMER,
    WireRole.AGENT: Role.AGENT,
    WireRole.SUPERVISOR: Role.SUPERVISOR,
    WireRole.SYSTEM: Role.SYSTEM,
}
Sender = tuple[WireRole, str, str]  # with id and name
# What a bot that only advises agents may do besides: none of it is said to the customer, or for them.
_BESIDE = frozenset({Kind.TYPING, Kind.MEMBERS, Kind.SUGGESTION, Kind.OTHER})
# Who answers a call says so within so many utterances.
GREETING = 3


def assign_roles(activities: Sequence[Activity], marks: Marks) -> None:
    """Set `role` and `role_inferred` of each activity; `activities` are all of a conversation, in order.

    The customer is the first person who writes; in a conversation that is not a group another person is an agent. Of voices that
    only have a number, one that greets as those do who are called is an agent, and the customer is the first of the others.
    """
    senders = [(item.wire_role, item.sender_id, item.sender_name) for item in activities]
    everyone = dict.fromkeys(senders)
    writers = dict.fromkeys(sender for sender, item in zip(senders, activities, strict=True) if item.kind is Kind.MESSAGE)
    roles = _Roles(activities, everyone, writers, marks)
    given = {sender: roles.role_of(sender) for sender in everyone}
    is_advised = False
    for item, sender in zip(activities, senders, strict=True):
        item.role, item.role_inferred = given[sender]
        if item.private and item.kind is Kind.MESSAGE and item.role is not Role.CUSTOMER:
            item.role, is_advised = Role.INTERNAL, True
    if is_advised:
        _keep_advisers_apart(activities)


def _keep_advisers_apart(activities: Sequence[Activity]) -> None:
    """What else bots do that speak to nobody but agents is internal as well: no customer has met them."""
    advisers = {item.sender_id for item in activities if item.role is Role.INTERNAL}
    advisers -= {item.sender_id for item in activities if item.role is Role.BOT and item.kind not in _BESIDE}
    for item in activities:
        if item.role is Role.BOT and item.sender_id in advisers:
            item.role = Role.INTERNAL


class _Roles:
    """The roles of those who send something in a conversation: `everyone` and, of these, the `writers`, in order."""

    def __init__(
        self, activities: Sequence[Activity], everyone: Iterable[Sender], writers: Iterable[Sender], marks: Marks
    ) -> None:
        self._is_group = marks.is_group
        self._silent_bots = _silent_bots(everyone, writers, marks)
        people = [sender for sender in writers if self._is_person(sender)]
        self._customers = {self._first_person(activities, writers, people)} | _who_speak_to_bots(activities, self._is_person)
        self._agents = set(map(_called, people)) - self._customers

    def role_of(self, sender: Sender) -> tuple[Role, bool]:
        """The role, and whether it was inferred."""
        wire_role, name = sender[0], _called(sender)
        if (said := _SAID.get(wire_role)) is not None:
            return said, False
        if not self._is_person(sender):
            return Role.BOT, True
        if self._is_group or name in self._customers:
            return Role.CUSTOMER, True
        if name in self._agents:
            return Role.AGENT, True
        # Somebody who never writes: a channel's own events, mostly.
        return Role.CUSTOMER if wire_role is WireRole.USER else Role.SYSTEM, True

    def _is_person(self, sender: Sender) -> bool:
        wire_role, sender_id, _ = sender
        if wire_role in (WireRole.UNSAID, WireRole.TO_USER):
            return sender_id not in self._silent_bots
        return wire_role in (WireRole.USER, WireRole.SPEAKER)

    def _first_person(self, activities: Sequence[Activity], writers: Iterable[Sender], people: Sequence[Sender]) -> str | None:
        said = next((_called(sender) for sender in writers if sender[0] is WireRole.CUSTOMER), None)
        if said is not None:
            return said
        agent = _who_answers(activities) if any(sender[0] is WireRole.SPEAKER for sender in writers) else None
        return next((name for name in map(_called, people) if agent is None or name != agent), None)


def _silent_bots(everyone: Iterable[Sender], writers: Iterable[Sender], marks: Marks) -> set[str]:
    """The ids of bots that do not always say that they are.

    What something says outright counts first. Only where nothing does, in this order: who speaks to a person without a role, who
    answers activities, and, where people say that they are, who does not.
    """
    people = (WireRole.USER, WireRole.SPEAKER, WireRole.CUSTOMER, WireRole.AGENT, WireRole.SUPERVISOR)
    users = {sender_id for role, sender_id, _ in everyone if role in people and sender_id}
    said = {sender_id for role, sender_id, _ in everyone if role is WireRole.BOT and sender_id} | set(marks.bots)
    if said:
        return said - users
    spoken = {sender_id for role, sender_id, _ in everyone if role is WireRole.TO_USER} - users
    unsaid = {sender_id for role, sender_id, _ in writers if role is WireRole.UNSAID} - users
    return spoken or (set(marks.repliers) - users) or (unsaid if users else set())


def _who_speak_to_bots(activities: Sequence[Activity], is_person: Callable[[Sender], bool]) -> set[str]:
    """Of threads that are one conversation: who writes first in each in which a bot writes, too.

    The bot's transcript and that of the desk may each have an id of their own for the customer.
    """
    if len({item.thread_key for item in activities}) < 2:
        return set()
    first: dict[int, str] = {}
    with_bots: set[int] = set()
    for item in activities:
        if item.kind is not Kind.MESSAGE:
            continue
        if item.wire_role is WireRole.BOT and not item.private:
            with_bots.add(item.thread_key)
        sender = (item.wire_role, item.sender_id, item.sender_name)
        if item.wire_role is WireRole.CUSTOMER or is_person(sender):
            first.setdefault(item.thread_key, _called(sender))
    return {name for thread_key, name in first.items() if thread_key in with_bots}


def _called(sender: Sender) -> str:
    return sender[1] or sender[2]


def _who(item: Activity) -> str:
    return item.sender_id or item.sender_name


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
