"""From a configuration's files to one `Configuration`, checked as a whole: every name that is used must be there."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from ingest.configuration.entries import Entry, read_entries
from ingest.configuration.faults import Fault, FaultyConfigurationError
from ingest.configuration.fields import Fields
from ingest.configuration.rows import together
from store.routing.records import (
    Bot,
    Condition,
    Configuration,
    Distribution,
    Hours,
    Licences,
    Match,
    Member,
    Operator,
    Queue,
    Rule,
    Variable,
    VariableType,
    Workstream,
)

MAX_FAULTS = 50
MAX_CAPACITY = 10_000
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_LICENCES = 1_000_000
Thing = TypeVar("Thing", Workstream, Queue, Rule, Bot, Licences)
Read = tuple[Entry, Thing]


def read_configuration(place: Path) -> Configuration:
    """The configuration of a file or folder. Raises FaultyConfigurationError: every fault with file, line and remedy."""
    faults: list[Fault] = []
    entries = together(read_entries(place))
    workstreams = _all(entries, "workstreams", _workstream, faults)
    queues = _all(entries, "queues", _queue, faults)
    rules = _all(entries, "rules", _rule, faults)
    bots = _all(entries, "bots", _bot, faults)
    licences = _all(entries, "licences", _licences, faults)
    faults += [*_twice(workstreams), *_twice(queues), *_twice(rules), *_twice(bots), *_twice(licences, key="from")]
    streams, places = {item.name: item for _, item in workstreams}, {item.name for _, item in queues}
    faults += _unknown_queues([(entry, "fallback_queue", stream.fallback_queue) for entry, stream in workstreams], places)
    faults += _unfit_rules(rules, streams, places)
    if not entries:
        faults.append(Fault(place.name, 0, "configures nothing", "write at least one workstream and one queue"))
    if faults:
        raise FaultyConfigurationError(faults[:MAX_FAULTS])
    return Configuration(
        tuple(item for _, item in workstreams),
        tuple(item for _, item in queues),
        tuple(item for _, item in rules),
        tuple(item for _, item in bots),
        tuple(sorted((item for _, item in licences), key=lambda held: held.from_month)),
        (str(place),),
    )


def read_rules(base: Configuration, rows: Iterable[Mapping[str, str]]) -> tuple[Configuration | None, tuple[str, ...]]:
    """`base` with other rules, given as rows of rules.csv; or what is wrong with them, by number of the row."""
    faults: list[Fault] = []
    entries = [Entry("rules", "rules.csv", number, row) for number, row in enumerate(rows, start=1)]
    rules = _all(together(entries), "rules", _rule, faults)
    faults += [
        *_twice(rules),
        *_unfit_rules(rules, {item.name: item for item in base.workstreams}, {q.name for q in base.queues}),
    ]
    if faults:
        return None, tuple(f"row {fault.line}: {fault.what}; {fault.remedy}" for fault in faults[:MAX_FAULTS])
    return replace(base, rules=tuple(rule for _, rule in rules)), ()


def _all(entries: Iterable[Entry], table: str, read: Callable[[Fields], Thing], faults: list[Fault]) -> list[Read[Thing]]:
    found = []
    for entry in entries:
        if entry.table == table:
            fields = Fields(entry, faults)
            found.append((entry, read(fields)))
            fields.end()
    return found


def _workstream(fields: Fields) -> Workstream:
    variables = []
    for part in fields.parts("variables"):
        variables.append(Variable(part.name(), part.word("type", VariableType, VariableType.TEXT) or VariableType.TEXT))
        part.end()
    return Workstream(
        fields.name(),
        fields.word("distribution", Distribution, Distribution.PUSH) or Distribution.PUSH,
        tuple(channel.lower() for channel in fields.texts("channels")),
        tuple(variables),
        fields.text("fallback_queue"),
    )


def _queue(fields: Fields) -> Queue:
    members = []
    for part in fields.parts("members"):
        is_bot = part.has("bot")
        if is_bot == part.has("person"):
            part.fault("", "a member is one bot or one person", 'write bot = "name" or person = "name"')
        name = part.text("bot" if is_bot else "person")
        members.append(Member(name, is_bot, part.whole("capacity", low=1, high=MAX_CAPACITY, default=1) or 1))
        part.end()
    return Queue(
        fields.name(),
        tuple(members),
        tuple(_hours(part) for part in fields.parts("hours")),
        fields.zone("time_zone"),
        fields.whole("overflow_at", low=1, high=1_000_000),
        fields.whole("wait_target_seconds", low=1, high=86_400),
        fields.whole("service_level_seconds", low=1, high=86_400),
    )


def _hours(fields: Fields) -> Hours:
    days = [day.lower()[:3] for day in fields.texts("days")] or list(DAYS)
    for day in days:
        if day not in DAYS:
            fields.fault("days", f"{day} is no day", f"write {', '.join(DAYS)}")
    opens, closes = fields.minutes("from"), fields.minutes("until")
    if opens >= closes:
        fields.fault("until", "hours end before they begin", "write hours past midnight as two: until 24:00, and from 00:00")
    fields.end()
    return Hours(tuple(sorted({DAYS.index(day) for day in days if day in DAYS})), opens, closes)


def _rule(fields: Fields) -> Rule:
    conditions = [_condition(part) for part in fields.parts("conditions")]
    match = fields.word("match", Match, Match.ALL) or Match.ALL
    if match is Match.ANY and not conditions:
        fields.fault("match", "any of no conditions never holds", 'write match = "all", or add a condition')
    return Rule(fields.name(), fields.name("workstream"), fields.name("queue"), tuple(conditions), match)


def _condition(fields: Fields) -> Condition:
    variable = fields.name("variable")
    operator = fields.word("is", Operator)
    values = fields.constants("value", "values")
    fields.end()
    if operator is None:
        return Condition(variable, Operator.SET)
    takes = {Operator.SET: (0, 0), Operator.NOT_SET: (0, 0), Operator.GREATER: (1, 1), Operator.LESS: (1, 1)}
    fewest, most = takes.get(operator, (1, 1_000))
    if not fewest <= len(values) <= most:
        wanted = "no value" if most == 0 else "one value" if most == 1 else "a value, or values = a list"
        fields.fault("value", f'"{operator}" has {len(values)} values', f"write {wanted}")
    return Condition(variable, operator, values)


def _bot(fields: Fields) -> Bot:
    return Bot(
        fields.name(),
        fields.text("handle"),
        fields.text("version"),
        tuple(channel.lower() for channel in fields.texts("channels")),
        fields.is_true("escalates", default=True),
    )


def _licences(fields: Fields) -> Licences:
    counts = [fields.whole(key, low=0, high=MAX_LICENCES, default=0) or 0 for key in ("licences", "packs")]
    if not fields.has("licences"):
        fields.fault("licences", "licences is missing", "write how many are held, 0 for none")
    return Licences(fields.month("from"), *counts)


def _twice(read: Iterable[Read[Thing]], *, key: str = "name") -> list[Fault]:
    seen: dict[str, Entry] = {}
    found = []
    for entry, thing in read:
        name = thing.from_month if isinstance(thing, Licences) else thing.name
        first = seen.setdefault(name, entry)
        if first is not entry and name:
            remedy = f"it is at {first.file}:{first.line} already; {'rename' if key == 'name' else 'leave out'} one"
            found.append(entry.fault(key, f"{name} stands here twice", remedy))
    return found


def _unfit_rules(rules: Iterable[Read[Rule]], streams: Mapping[str, Workstream], queues: Set[str]) -> list[Fault]:
    rules = list(rules)
    unknown = [
        entry.fault(
            "workstream", f"workstream {rule.workstream} is not configured", f"{_near(rule.workstream, streams)} or configure it"
        )
        for entry, rule in rules
        if rule.workstream and rule.workstream not in streams
    ]
    return [
        *_unknown_queues([(entry, "queue", rule.queue) for entry, rule in rules], queues),
        *unknown,
        *_unfit_conditions(streams, rules),
    ]


def _unknown_queues(wanted: Iterable[tuple[Entry, str, str]], known: Set[str]) -> list[Fault]:
    return [
        entry.fault(key, f"{key} {name} is not configured", f"{_near(name, known)} or configure it")
        for entry, key, name in wanted
        if name and name not in known
    ]


def _unfit_conditions(streams: Mapping[str, Workstream], rules: Iterable[Read[Rule]]) -> list[Fault]:
    """Conditions on variables that their workstream does not declare, or that ask of one what its type does not have."""
    found = []
    for entry, rule in rules:
        stream = streams.get(rule.workstream)
        types = {variable.name: variable.type for variable in stream.variables} if stream else {}
        for number, condition in enumerate(rule.conditions):
            path = f"conditions/{number}"
            if types and condition.variable and condition.variable not in types:
                what = f"{condition.variable} is no context variable of {rule.workstream}"
                found.append(entry.fault(f"{path}/variable", what, f"{_near(condition.variable, types)} or declare it there"))
            elif types.get(condition.variable) is VariableType.TEXT and condition.operator in (Operator.GREATER, Operator.LESS):
                what = f'{condition.variable} is text, and "{condition.operator}" compares numbers'
                found.append(entry.fault(f"{path}/is", what, 'declare it with type = "number"'))
    return found


def _near(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1) or [other for other in names if other.lower() == name.lower()]
    return f"write {near[0]}" if near else f"write one of {', '.join(names)}" if names else "there is none yet"
