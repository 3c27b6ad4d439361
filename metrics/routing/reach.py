"""Which rules can ever be chosen: found by trying every combination of values that the rules can tell apart.

Rules compare variables with constants. So of the values of a variable only those matter that fall on different sides of some
constant: each constant itself, something between two numbers and beyond them, a text that is none of the constants, texts that
contain or begin with what is looked for, and nothing at all. Trying these combinations tries everything that makes a difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations, product
from math import prod

from metrics.routing.evaluate import as_number, try_rule
from store.routing.records import Condition, Configuration, Operator, Rule, Value

# More combinations than this are not tried; nothing is said of the rule then.
MAX_COMBINATIONS = 200_000


class Reach(StrEnum):
    """Whether a rule can be chosen."""

    CAN = "can be chosen"
    IMPOSSIBLE = "its conditions exclude each other"
    SHADOWED = "earlier rules take everything it matches"
    UNKNOWN = "too many combinations to try"


@dataclass(frozen=True, slots=True)
class Reached:
    """What was found of one rule; `by` names the earlier rules that take what it matches."""

    rule: Rule
    reach: Reach
    by: tuple[str, ...] = ()


def reach_of(configuration: Configuration, workstream: str) -> list[Reached]:
    """What can be reached of a workstream's rules, in their order. One whose queue may overflow takes nothing for sure."""
    rules = configuration.rules_of(workstream)
    taking = [rule for rule in rules if not configuration.may_overflow(rule.queue)]
    return [_reach(rule, [other for other in taking if other in rules[:at]]) for at, rule in enumerate(rules)]


def _reach(rule: Rule, earlier: Sequence[Rule]) -> Reached:
    rules = [*earlier, rule]
    conditions = [condition for item in rules for condition in item.conditions]
    own = {condition.variable for condition in rule.conditions}
    values = {name: _telling_values(name, conditions) for name in {condition.variable for condition in conditions}}
    if prod(len(items) for items in values.values()) > MAX_COMBINATIONS:
        return Reached(rule, Reach.UNKNOWN)
    takers: dict[str, None] = {}
    can_match = False
    for variables in _combinations(values, first=own):
        if not try_rule(rule, variables).matches:
            continue
        can_match = True
        taker = next((item.name for item in earlier if try_rule(item, variables).matches), None)
        if taker is None:
            return Reached(rule, Reach.CAN)
        takers[taker] = None
    return Reached(rule, Reach.SHADOWED, tuple(takers)) if can_match else Reached(rule, Reach.IMPOSSIBLE)


def _combinations(values: dict[str, list[Value | None]], *, first: set[str]) -> Iterator[dict[str, Value]]:
    names = sorted(values, key=lambda name: (name not in first, name))
    for chosen in product(*(values[name] for name in names)):
        yield {name: value for name, value in zip(names, chosen, strict=True) if value is not None}


def _telling_values(name: str, conditions: Sequence[Condition]) -> list[Value | None]:
    """One value for each side of everything that the conditions ask of this variable; None stands for not set."""
    asked = [condition for condition in conditions if condition.variable == name]
    constants = [value for condition in asked for value in condition.values]
    found: list[Value | None] = [None, *constants, *_numbers_around(constants)]
    parts = [
        value
        for condition in asked
        if condition.operator in (Operator.CONTAINS, Operator.BEGINS_WITH)
        for value in condition.values
        if isinstance(value, str)
    ]
    found += ["".join(order) for count in (2, 3) for order in permutations(dict.fromkeys(parts), count)]
    found += [text for part in parts for text in (f"{part}~", f"~{part}")]
    found.append(_other_text(constants))
    return list({(type(value).__name__, str(value)): value for value in found}.values())


def _numbers_around(constants: Sequence[Value]) -> list[Value | None]:
    numbers = sorted({number for number in map(as_number, constants) if number is not None})
    if not numbers:
        return []
    between = [(left + right) / 2 for left, right in zip(numbers, numbers[1:], strict=False)]
    return [numbers[0] - 1, *between, numbers[-1] + 1]


def _other_text(constants: Sequence[Value]) -> str:
    """A text that is, contains and begins with none of the constants."""
    used = "".join(str(value) for value in constants)
    return next(mark for code in range(0xE000, 0xF8FF) if (mark := chr(code)) not in used)
