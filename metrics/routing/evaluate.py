"""Which queue the rules choose: ordered rules over context variables, the first that matches wins.

As Omnichannel's route-to-queue rules have it: a matching rule whose queue overflows is passed over; where every matching queue
overflows, the first of them is taken all the same; where none matches, the workstream's fallback queue is. How full queues were
in the past is not known: the choice is that of queues with room, and what is taken while they overflow stands beside it. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from store.routing.records import Condition, Configuration, Match, Operator, Rule, Value

Variables = Mapping[str, Value]


class Because(StrEnum):
    """Why a queue was chosen."""

    RULE = "rule"
    FALLBACK = "fallback"  # no rule matched
    UNKNOWN_WORKSTREAM = "unknown workstream"


@dataclass(frozen=True, slots=True)
class Tried:
    """One rule as it was tried: which of its conditions held, in their order."""

    rule: Rule
    held: tuple[bool, ...]
    matches: bool


@dataclass(frozen=True, slots=True)
class Routed:
    """The choice, and every rule that was looked at until it was made."""

    queue: str  # "" where the configuration names none
    rule: Rule | None
    because: Because
    tried: tuple[Tried, ...]
    on_overflow: tuple[str, ...] = ()  # what is taken while that queue overflows, and while the ones before do


def route(configuration: Configuration, workstream: str, variables: Variables) -> Routed:
    """Where a conversation of `workstream` with these context variables goes."""
    stream = configuration.workstream(workstream)
    if stream is None:
        return Routed("", None, Because.UNKNOWN_WORKSTREAM, ())
    tried: list[Tried] = []
    rules = iter(configuration.rules_of(workstream))
    for rule in rules:
        tried.append(try_rule(rule, variables))
        if tried[-1].matches:
            passed_to = tuple(_passed_to(configuration, rule, rules, variables))
            return Routed(rule.queue, rule, Because.RULE, tuple(tried), passed_to)
    return Routed(stream.fallback_queue, None, Because.FALLBACK, tuple(tried))


def try_rule(rule: Rule, variables: Variables) -> Tried:
    """A rule with what held of it."""
    held = tuple(holds(condition, variables) for condition in rule.conditions)
    return Tried(rule, held, all(held) if rule.match is Match.ALL else any(held))


def _passed_to(configuration: Configuration, rule: Rule, later: Iterable[Rule], variables: Variables) -> Iterator[str]:
    """The queues of later rules that match, as long as the one before may overflow."""
    queue = rule.queue
    for other in later:
        if not configuration.may_overflow(queue):
            return
        if try_rule(other, variables).matches:
            queue = other.queue
            yield queue


def holds(condition: Condition, variables: Variables) -> bool:
    """Whether a condition holds. An empty text counts as not set; the opposite of a question holds where nothing is set."""
    value = variables.get(condition.variable)
    if value is None or value == "":
        return condition.operator in _HOLD_WHERE_NOT_SET
    return _ASK[condition.operator](value, condition.values)


def same(value: Value, wanted: Value) -> bool:
    """Whether two values are the same: texts to the letter, numbers by their size, a number also where it comes as text."""
    if isinstance(value, str) and isinstance(wanted, str):
        return value == wanted
    left, right = as_number(value), as_number(wanted)
    return left is not None and left == right


def as_number(value: Value) -> float | None:
    """A value as a number; None where it is none."""
    if isinstance(value, str):
        try:
            return float(value) if value.strip() == value and "_" not in value else None
        except ValueError:
            return None
    return float(value)


def _is_text_that(test: Callable[[str, str], bool]) -> Callable[[Value, tuple[Value, ...]], bool]:
    return lambda value, wanted: isinstance(value, str) and any(isinstance(part, str) and test(value, part) for part in wanted)


def _is_number_that(test: Callable[[float, float], bool]) -> Callable[[Value, tuple[Value, ...]], bool]:
    def ask(value: Value, wanted: tuple[Value, ...]) -> bool:
        number, limit = as_number(value), as_number(wanted[0])
        return number is not None and limit is not None and test(number, limit)

    return ask


def _among(value: Value, wanted: tuple[Value, ...]) -> bool:
    return any(same(value, item) for item in wanted)


_HOLD_WHERE_NOT_SET = frozenset({Operator.NOT_SET, Operator.NOT_EQUALS, Operator.NOT_IN})
_ASK: Mapping[Operator, Callable[[Value, tuple[Value, ...]], bool]] = {
    Operator.EQUALS: _among,
    Operator.IN: _among,
    Operator.NOT_EQUALS: lambda value, wanted: not _among(value, wanted),
    Operator.NOT_IN: lambda value, wanted: not _among(value, wanted),
    Operator.CONTAINS: _is_text_that(lambda value, part: part in value),
    Operator.BEGINS_WITH: _is_text_that(str.startswith),
    Operator.GREATER: _is_number_that(lambda number, limit: number > limit),
    Operator.LESS: _is_number_that(lambda number, limit: number < limit),
    Operator.SET: lambda _value, _wanted: True,
    Operator.NOT_SET: lambda _value, _wanted: False,
}
