"""What is wrong with a routing configuration, each finding with its evidence and its remedy. Pure: what was seen is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from metrics.routing.reach import Reach, reach_of
from store.routing.records import Configuration, Distribution


class Finding(StrEnum):
    """What can be wrong with a set-up."""

    BOT_NOT_FIRST = "bot not first"
    BOT_IN_PICK = "bot in a pick workstream"
    RULE_UNREACHABLE = "rule never matches"
    CASE_DIFFERS = "name differs in case"
    VALUE_UNHANDLED = "value no rule handles"
    QUEUE_UNSERVED = "queue nobody serves"
    RETURNED_TO_BOT = "returned to the same bot"
    VARIABLE_UNUSED = "variable no rule uses"


@dataclass(frozen=True, slots=True)
class Seen:
    """What happened while the configuration was in force. Counts are of conversations."""

    # By workstream and variable, how often each value was set when a conversation was routed.
    values: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    # By workstream and variable, the values with which no rule matched.
    unhandled: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    returned: Mapping[str, int] = field(default_factory=dict)  # by bot: given back to it by an agent


@dataclass(frozen=True, slots=True)
class SeenIn:
    """The escalations that show a finding: how many, and which."""

    count: int
    workstream: str | None = None  # judged by its rules
    variable: str | None = None  # set when they were routed
    is_fallback: bool = False  # no rule matched
    returned_by: str | None = None  # the bot that they were given back to


@dataclass(frozen=True, slots=True)
class RoutingWarning:
    """One finding: what it is about, what shows it, and what to do; `seen` where conversations show it."""

    finding: Finding
    subject: str
    evidence: str
    remedy: str
    seen: SeenIn | None = None


NOTHING_SEEN = Seen()
MAX_NAMED = 3
# Variables that every bot hands over and no rule is expected to read.
USUAL_VARIABLES = frozenset({"customername", "customerphonenumber", "email", "locale", "organizationphonenumber"})
_USUAL_BEGINNING = "va_"


def warnings(configuration: Configuration, seen: Seen = NOTHING_SEEN) -> list[RoutingWarning]:
    """Everything that is wrong, in the order of `Finding`."""
    found = [warning for check in _CHECKS for warning in check(configuration, seen)]
    order = list(Finding)
    return sorted(found, key=lambda warning: (order.index(warning.finding), warning.subject))


def _bots_not_first(configuration: Configuration, _seen: Seen) -> Iterator[RoutingWarning]:
    for queue in configuration.queues:
        people = [member for member in queue.members if not member.is_bot]
        for bot in (member for member in queue.members if member.is_bot):
            ahead = [person for person in people if person.capacity >= bot.capacity]
            if ahead:
                named = _named(f"{person.name} ({person.capacity})" for person in ahead)
                yield RoutingWarning(
                    Finding.BOT_NOT_FIRST,
                    f"{bot.name} in {queue.name}",
                    f"Its capacity is {bot.capacity}, not above that of {named}: they may be given conversations before it.",
                    f"Give it more than {max(person.capacity for person in ahead)}, or take the people out of the queue.",
                )


def _bots_in_pick(configuration: Configuration, _seen: Seen) -> Iterator[RoutingWarning]:
    escalating = {bot.name for bot in configuration.bots if bot.escalates}
    for stream in configuration.workstreams:
        if stream.distribution is not Distribution.PICK:
            continue
        names = {rule.queue for rule in configuration.rules_of(stream.name)} | {stream.fallback_queue}
        members = [member for name in names if (queue := configuration.queue(name)) for member in queue.members]
        bots = sorted({member.name for member in members if member.is_bot} & escalating)
        if bots:
            yield RoutingWarning(
                Finding.BOT_IN_PICK,
                f"{_named(bots)} in {stream.name}",
                "Meant to hand over to people; escalating routes anew only in push workstreams.",
                f"Make {stream.name} a push workstream, or serve the bot from another one.",
            )


def _unreachable_rules(configuration: Configuration, _seen: Seen) -> Iterator[RoutingWarning]:
    for stream in configuration.workstreams:
        for reached in reach_of(configuration, stream.name):
            if reached.reach is Reach.IMPOSSIBLE:
                evidence = "Its conditions exclude each other."
                remedy = "Mend the conditions, or remove the rule."
            elif reached.reach is Reach.SHADOWED:
                evidence = f"Everything it matches is taken before by {_named(reached.by)}."
                remedy = f"Move it above {reached.by[0]}, or narrow that one."
            else:
                continue
            yield RoutingWarning(Finding.RULE_UNREACHABLE, f"{reached.rule.name} of {stream.name}", evidence, remedy)


def _differing_in_case(configuration: Configuration, seen: Seen) -> Iterator[RoutingWarning]:
    for stream, name, values in _variables(seen):
        read = _names_read(configuration, stream)
        wanted = next((other for other in sorted(read) if other.lower() == name.lower()), None)
        if name not in read and wanted is not None:
            yield RoutingWarning(
                Finding.CASE_DIFFERS,
                f"{name} in {stream}",
                f"Set in {_count(sum(values.values()))}; the rules read {wanted}, and names are case-sensitive.",
                f"Have the bot set {wanted}.",
                SeenIn(sum(values.values()), stream, name),
            )


def _unhandled_values(configuration: Configuration, seen: Seen) -> Iterator[RoutingWarning]:
    for stream, variables in seen.unhandled.items():
        read = _names_read(configuration, stream)
        for name, values in variables.items():
            if name not in read:
                continue
            most = sorted(values.items(), key=lambda item: (-item[1], item[0]))
            named = _named(f"{value or 'an empty text'} ({count:,})" for value, count in most)
            yield RoutingWarning(
                Finding.VALUE_UNHANDLED,
                f"{name} in {stream}",
                f"No rule matched with {named}: the fallback queue had them.",
                "Add a rule for these values, or correct what the bot sets.",
                SeenIn(sum(values.values()), stream, name, is_fallback=True),
            )


def _unserved_queues(configuration: Configuration, _seen: Seen) -> Iterator[RoutingWarning]:
    ways: dict[str, list[str]] = {}
    for rule in configuration.rules:
        ways.setdefault(rule.queue, []).append(rule.name)
    for stream in configuration.workstreams:
        if stream.fallback_queue:
            ways.setdefault(stream.fallback_queue, []).append(f"the fallback of {stream.name}")
    for queue in configuration.queues:
        if not queue.members and queue.name in ways:
            yield RoutingWarning(
                Finding.QUEUE_UNSERVED,
                queue.name,
                f"It has no member, and conversations come to it by {_named(ways[queue.name])}.",
                "Add people or a bot to the queue, or route elsewhere.",
            )


def _returned(_configuration: Configuration, seen: Seen) -> Iterator[RoutingWarning]:
    for bot, count in seen.returned.items():
        yield RoutingWarning(
            Finding.RETURNED_TO_BOT,
            bot,
            f"Agents gave {_count(count)} back to the bot that had escalated: none is assigned twice in one conversation.",
            "Let agents transfer to another queue, or end the conversation and begin a new one.",
            SeenIn(count, returned_by=bot),
        )


def _unused_variables(configuration: Configuration, seen: Seen) -> Iterator[RoutingWarning]:
    for stream, name, values in _variables(seen):
        read = _names_read(configuration, stream)
        is_usual = name.startswith(_USUAL_BEGINNING) or name.lower() in USUAL_VARIABLES
        if is_usual or name.lower() in {other.lower() for other in read}:
            continue
        yield RoutingWarning(
            Finding.VARIABLE_UNUSED,
            f"{name} in {stream}",
            f"Set in {_count(sum(values.values()))}; no rule of {stream} reads it.",
            "Use it in a rule, or leave it to the agents who read it.",
            SeenIn(sum(values.values()), stream, name),
        )


def _variables(seen: Seen) -> Iterator[tuple[str, str, Mapping[str, int]]]:
    for stream, variables in seen.values.items():
        for name, values in variables.items():
            yield stream, name, values


def _names_read(configuration: Configuration, stream: str) -> set[str]:
    return {condition.variable for rule in configuration.rules_of(stream) for condition in rule.conditions}


def _named(names: Iterator[str] | tuple[str, ...] | list[str]) -> str:
    """Some names in words; many are cut short, with how many more there are."""
    all_names = list(names)
    shown, more = all_names[:MAX_NAMED], len(all_names) - MAX_NAMED
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]


def _count(count: int) -> str:
    return "1 conversation" if count == 1 else f"{count:,} conversations"


_CHECKS: tuple[Callable[[Configuration, Seen], Iterator[RoutingWarning]], ...] = (
    _bots_not_first,
    _bots_in_pick,
    _unreachable_rules,
    _differing_in_case,
    _unhandled_values,
    _unserved_queues,
    _returned,
    _unused_variables,
)
