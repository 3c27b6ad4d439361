"""Which queue the rules choose: ordered rules over context variables, the first that matches wins.

As Omnichannel's route-to-queue rules have it: a matching rule whose queue overflows is passed over; where every matching queue
overflows, the first of them is taken all the same; where none matches, the workstream's fallback queue is. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from store.routing.records import Condition, Configuration, Match, Operator, Rule, Value

Variables = Mapping[str, Value]
Overflows = Callable[[str], bool]
"""Whether a queue, by its name, overflows at the moment of routing."""


class Because(StrEnum):
    """Why a queue was chosen."""

    RULE = "rule"
    ALL_OVERFLOW = "all overflow"  # every matching rule's queue did; the first was taken
    FALLBACK = "fallback"  # no rule matched
    UNKNOWN_WORKSTREAM = "unknown workstream"


@dataclass(frozen=True, slots=True)
class Tried:
    """One rule as it was tried: which of its conditions held, in their order."""

    rule: Rule
    held: tuple[bool, ...]
    matches: bool
    overflows: bool = False


@dataclass(frozen=True, slots=True)
class Routed:
    """The choice, and every rule that was looked at until it was made."""

    queue: str  # "" where the configuration names none
    rule: Rule | None
    because: Because
    tried: tuple[Tried, ...]


def never_overflows(_queue: str) -> bool:
    """For where nothing is known of how full queues were."""
    return False


def route(
    configuration: Configuration, workstream: str, variables: Variables, *, overflows: Overflows = never_overflows
) -> Routed:
    """Where a conversation of `workstream` with these context variables goes."""
    stream = configuration.workstream(workstream)
    if stream is None:
        return Routed("", None, Because.UNKNOWN_WORKSTREAM, ())
    tried: list[Tried] = []
    for rule in configuration.rules_of(workstream):
        held = tuple(holds(condition, variables) for condition in rule.conditions)
        matches = all(held) if rule.match is Match.ALL else any(held)
        is_full = matches and overflows(rule.queue)
        tried.append(Tried(rule, held, matches, is_full))
        if matches and not is_full:
            return Routed(rule.queue, rule, Because.RULE, tuple(tried))
    for item in tried:
        if item.matches:
            return Routed(item.rule.queue, item.rule, Because.ALL_OVERFLOW, tuple(tried))
    return Routed(stream.fallback_queue, None, Because.FALLBACK, tuple(tried))


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
