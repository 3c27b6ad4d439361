"""Reading a rule from plain fields (a form, floorwalker.toml, a stored body), with errors that name field and remedy."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, TypeVar

from metrics.alerts.catalogue import KINDS, LIMITED, METRICS
from metrics.alerts.rules import Direction, Per, Rule, RuleKind, Severity, Speaker
from metrics.hours import DAYS, minute_of
from metrics.windows import WindowError, find_zone

_Word = TypeVar("_Word", bound=StrEnum)

MAX_NAME = 120
MAX_WORDS = 100
MAX_WORD = 80
MAX_FOR_SECONDS = 86_400
MAX_REMIND_MINUTES = 10_080
# How a rule stands is not what it says.
STANDING = frozenset({"rule_id", "is_enabled", "muted_until_ms", "watches_from_ms"})
FIELDS = tuple(item.name for item in fields(Rule) if item.name not in STANDING)
DEFAULTS = {item.name: item.default for item in fields(Rule)}


class RuleError(ValueError):
    """A rule that cannot be. `field` is where, `remedy` what to write there."""

    def __init__(self, field: str, remedy: str) -> None:
        super().__init__(f"{field} {remedy}")
        self.field = field
        self.remedy = remedy


def rule_from(given: Mapping[str, Any], *, rule_id: str, known_targets: Collection[str] | None = None) -> Rule:
    """The rule that these fields say. Raises RuleError. `known_targets`: the delivery targets there are; None: not checked."""
    for name in given:
        if name not in FIELDS:
            near = difflib.get_close_matches(name, FIELDS, n=1)
            raise RuleError(name, f"is not a field of a rule; did you mean {near[0]}?" if near else "is not a field of a rule")
    kind = _one_of(RuleKind, given, "kind", None)
    values = {name: read(given, name) for name, read in _READ.items()}
    metric = values["metric"]
    if kind is RuleKind.METRIC and metric not in METRICS:
        raise RuleError("metric", f"must be one of {', '.join(METRICS)}")
    own = KINDS[kind].direction or (METRICS[metric].direction if metric else Direction.ABOVE)
    direction = _one_of(Direction, given, "direction", own) if kind is RuleKind.METRIC else own
    per = Per.QUEUE if kind is RuleKind.BACKLOG else _one_of(Per, given, "per", Per.FLOOR)
    rule = Rule(
        rule_id=rule_id,
        kind=kind,
        direction=direction,
        per=per,
        severity=_one_of(Severity, given, "severity", Severity.WARNING),
        said_by=_one_of(Speaker, given, "said_by", Speaker.CUSTOMER),
        **values,
    )
    _check_fields(rule)
    _check_levels(rule)
    _check_hours(rule)
    _check_targets(rule, known_targets)
    return rule


def fields_of(rule: Rule) -> dict[str, Any]:
    """What the rule says, as plain fields: `rule_from` reads them again. What is as usual is left out."""
    said = {name: getattr(rule, name) for name in FIELDS}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}
    return {
        name: str(value) if isinstance(value, StrEnum) else value
        for name, value in plain.items()
        if name in ("name", "kind", "direction", "per") or said[name] != DEFAULTS[name]
    } | ({} if rule.kind is RuleKind.METRIC else {"direction": str(rule.direction)})


def _check_fields(rule: Rule) -> None:
    """A field that means nothing to this kind would be believed to narrow it."""
    uses = KINDS[rule.kind].uses
    for name in ("queues", "channels", "bots", "sources", "metric", "at_risk", "critical", "clears_at", "for_seconds", "words"):
        if name not in uses and getattr(rule, name) != DEFAULTS[name]:
            raise RuleError(name, f"means nothing to a rule of kind {rule.kind}; leave it out")
    if rule.kind is RuleKind.WORDS and not rule.words:
        raise RuleError("words", "must name at least one word or phrase")


def _check_levels(rule: Rule) -> None:
    info = METRICS[rule.metric] if rule.kind is RuleKind.METRIC else KINDS[rule.kind]
    for name in ("at_risk", "critical", "clears_at"):
        value = getattr(rule, name)
        if value is not None and not info.low <= value <= info.high:
            raise RuleError(name, f"must be from {info.low:g} to {info.high:,.0f}")
    if rule.kind is RuleKind.WORDS:
        return
    levels = [level for level in (rule.at_risk, rule.critical) if level is not None]
    if not levels and rule.kind is RuleKind.METRIC and rule.metric not in LIMITED:
        raise RuleError("at_risk", "or critical must be set: there are no limits in the settings to go by")
    if not levels and rule.kind is RuleKind.METRIC and rule.direction is not METRICS[rule.metric].direction:
        raise RuleError("at_risk", "or critical must be set: the limits in the settings are for the other direction")
    sign = 1 if rule.direction is Direction.ABOVE else -1
    worse = "above" if sign > 0 else "below"
    if len(levels) == 2 and sign * levels[0] >= sign * levels[1]:
        raise RuleError("critical", f"must be {worse} at_risk ({levels[0]:g}): it is the worse of the two")
    if rule.clears_at is not None and not levels:
        raise RuleError("clears_at", "needs at_risk or critical; without them the rule goes by the settings")
    if rule.clears_at is not None and sign * rule.clears_at >= sign * levels[0]:
        better = "below" if sign > 0 else "above"
        raise RuleError("clears_at", f"must be {better} {levels[0]:g}: an alert ends on the good side of its level")
    if rule.kind is not RuleKind.SENTIMENT and sign > 0 and levels and levels[0] <= 0 and info.low >= 0:
        raise RuleError("at_risk" if rule.at_risk is not None else "critical", "must be above 0: it would always stand")


def _check_hours(rule: Rule) -> None:
    """Days and times mean nothing without a clock; a clock means nothing without either."""
    if bool(rule.active_from) is not bool(rule.active_until):
        missing = "active_until" if rule.active_from else "active_from"
        raise RuleError(missing, "must be set too: hours go from one time until another")
    if rule.hours is None:
        if rule.active_zone:
            raise RuleError("active_zone", "needs active_days, or active_from and active_until: when the rule is on duty")
    elif not rule.active_zone:
        raise RuleError("active_zone", "must say by which clock the hours are, such as Europe/Berlin")


def _check_targets(rule: Rule, known: Collection[str] | None) -> None:
    missing = [name for name in rule.targets if known is not None and name not in known]
    if missing:
        there = f"known are {', '.join(sorted(known))}" if known else "none are set up; see [[alert_targets]] in floorwalker.toml"
        raise RuleError("targets", f"has no target called {missing[0]!r}; {there}")


def _one_of(kinds: type[_Word], given: Mapping[str, Any], name: str, usual: _Word | None) -> _Word:
    raw = given.get(name)
    if raw in (None, "") and usual is not None:
        return usual
    try:
        return kinds(str(raw))
    except ValueError as error:
        raise RuleError(name, f"must be one of {', '.join(kinds)}") from error


def _name(given: Mapping[str, Any], field: str) -> str:
    value = given.get(field)
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_NAME:
        raise RuleError(field, f"must be a text of 1 to {MAX_NAME} characters")
    return value.strip()


def _text(given: Mapping[str, Any], field: str) -> str:
    value = given.get(field) or ""
    if not isinstance(value, str):
        raise RuleError(field, "must be a text")
    return value


def _names(given: Mapping[str, Any], field: str) -> tuple[str, ...]:
    value = given.get(field) or ()
    if isinstance(value, str) or not isinstance(value, Collection) or not all(isinstance(item, str) for item in value):
        raise RuleError(field, "must be a list of names")
    names = tuple(dict.fromkeys(item.strip() for item in value if item.strip()))
    longest = MAX_WORD if field == "words" else 1_000
    if len(names) > MAX_WORDS or any(len(item) > longest for item in names):
        raise RuleError(field, f"may hold {MAX_WORDS} entries of at most {longest} characters")
    return names


def _days(given: Mapping[str, Any], field: str) -> tuple[str, ...]:
    """In the order of the week."""
    names = {name.lower() for name in _names(given, field)}
    for name in sorted(names - set(DAYS)):
        raise RuleError(field, f"holds {name!r}; days are {', '.join(DAYS)}")
    return tuple(day for day in DAYS if day in names)


def _clock(given: Mapping[str, Any], field: str) -> str:
    value = _text(given, field).strip()
    try:
        minute_of(value or "00:00")
    except ValueError as error:
        raise RuleError(field, "must be a time of day such as 08:00") from error
    if value == "24:00" and field == "active_from":
        raise RuleError(field, "must be before 24:00; a day begins at 00:00")
    return value


def _zone(given: Mapping[str, Any], field: str) -> str:
    value = _text(given, field).strip()
    try:
        return find_zone(value).key if value else ""
    except WindowError as error:
        raise RuleError(field, "must be the name of a time zone such as Europe/Berlin") from error


def _level(given: Mapping[str, Any], field: str) -> float | None:
    value = given.get(field)
    if value is None:
        return None
    if type(value) not in (int, float) or not math.isfinite(value):  # a bool is no number
        raise RuleError(field, "must be a number")
    return float(value)


def _whole(highest: int) -> Callable[[Mapping[str, Any], str], int]:
    def read(given: Mapping[str, Any], field: str) -> int:
        value = given.get(field, 0)
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int or not 0 <= value <= highest:
            raise RuleError(field, f"must be a whole number from 0 to {highest:,}")
        return int(value)

    return read


_READ: Mapping[str, Callable[[Mapping[str, Any], str], Any]] = {
    "name": _name,
    **dict.fromkeys(("queues", "channels", "bots", "sources", "targets", "words"), _names),
    "metric": _text,
    **dict.fromkeys(("at_risk", "critical", "clears_at"), _level),
    "for_seconds": _whole(MAX_FOR_SECONDS),
    "remind_minutes": _whole(MAX_REMIND_MINUTES),
    "active_days": _days,
    **dict.fromkeys(("active_from", "active_until"), _clock),
    "active_zone": _zone,
}
