"""How conversations are routed, as data: workstreams, queues, ordered rules, bots and licences, in the field's own words.

Read from files by `ingest.configuration`, kept with the time from which it was in force by `store.routing.configurations`,
understood by `metrics.routing`. All values are frozen: a configuration is compared, hashed and tried as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

# What a context variable may hold: Omnichannel has text and whole numbers.
Value = str | int | float | bool


class Distribution(StrEnum):
    """How work reaches agents: it is pushed to them, or they pick it from a list."""

    PUSH = "push"
    PICK = "pick"


class VariableType(StrEnum):
    """What a context variable is declared to hold."""

    TEXT = "text"
    NUMBER = "number"


class Operator(StrEnum):
    """What a condition asks of a context variable. Text is compared to the letter: names and values are case-sensitive."""

    EQUALS = "equals"
    NOT_EQUALS = "not equals"
    IN = "in"
    NOT_IN = "not in"
    CONTAINS = "contains"
    BEGINS_WITH = "begins with"
    GREATER = "greater than"
    LESS = "less than"
    SET = "set"
    NOT_SET = "not set"


class Match(StrEnum):
    """Whether all conditions of a rule have to hold, or any."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Variable:
    """A context variable of a workstream."""

    name: str
    type: VariableType = VariableType.TEXT


@dataclass(frozen=True, slots=True)
class Workstream:
    """Routing set-up that feeds queues for some channels."""

    name: str
    distribution: Distribution = Distribution.PUSH
    channels: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    fallback_queue: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Who serves a queue: a bot by its name, or a person, with the work each can have at a time."""

    name: str
    is_bot: bool
    capacity: int


@dataclass(frozen=True, slots=True)
class Hours:
    """When a queue is served: from `opens` until `closes` (minutes of the day) on these days of the week (Monday is 0)."""

    days: tuple[int, ...]
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Queue:
    """Where work waits for whoever serves it."""

    name: str
    members: tuple[Member, ...] = ()
    hours: tuple[Hours, ...] = ()  # none: always open
    time_zone: str = "UTC"
    overflow_at: int | None = None  # it overflows with so many waiting
    wait_target_seconds: int | None = None
    service_level_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing a rule asks of a context variable."""

    variable: str
    operator: Operator
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """If its conditions hold, work of the workstream goes to the queue. Rules are tried in order."""

    name: str
    workstream: str
    queue: str
    conditions: tuple[Condition, ...] = ()
    match: Match = Match.ALL


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot as the operator knows it."""

    name: str
    handle: str = ""
    version: str = ""
    channels: tuple[str, ...] = ()
    escalates: bool = True  # whether it is meant to hand over to people


@dataclass(frozen=True, slots=True)
class Licences:
    """What is held from a month ("2026-11") on: licences that entitle to bot sessions, and add-on packs of them."""

    from_month: str
    licences: int
    packs: int = 0


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that decides where a conversation goes, as it was at one time, and what is held to serve it."""

    workstreams: tuple[Workstream, ...] = ()
    queues: tuple[Queue, ...] = ()
    rules: tuple[Rule, ...] = ()
    bots: tuple[Bot, ...] = ()
    licences: tuple[Licences, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)  # where it was read from, for people

    def workstream(self, name: str) -> Workstream | None:
        """The workstream of this name."""
        return next((item for item in self.workstreams if item.name == name), None)

    def queue(self, name: str) -> Queue | None:
        """The queue of this name."""
        return next((item for item in self.queues if item.name == name), None)

    def may_overflow(self, name: str) -> bool:
        """Whether the queue of this name overflows when enough are waiting."""
        queue = self.queue(name)
        return queue is not None and queue.overflow_at is not None

    def rules_of(self, workstream: str) -> tuple[Rule, ...]:
        """The rules of a workstream in their order."""
        return tuple(rule for rule in self.rules if rule.workstream == workstream)
