"""Judging many escalations: what rules read of one decides, so each different case is worked out once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from metrics.groups import numbered
from metrics.routing.escalation_rows import EscalationRows
from metrics.routing.escalations import Escalation, Judged, judge_by, read_escalations, route_escalation
from metrics.routing.evaluate import Routed
from metrics.rows import Ints
from store.engine import Connection
from store.routing.configurations import InForce, configurations, in_force_at
from store.routing.records import Configuration, Value

# Of variables that a bot writes freely there is no end of cases.
MOST_CASES = 50_000


@dataclass(frozen=True, slots=True)
class Cases:
    """Of each escalation which case it is; of each case the workstream and the way its rules send it, None without rules."""

    numbers: Ints
    found: Sequence[tuple[str, Routed] | None]


class Router:
    """Routes by one configuration."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self.names = tuple({condition.variable: None for rule in configuration.rules for condition in rule.conditions})
        self._cases: dict[Hashable, tuple[str, Routed]] = {}

    def route(self, workstream: str, channel: str, variables: Mapping[str, Value]) -> tuple[str, Routed]:
        """The workstream of an escalation, and where its rules send it."""
        # Texts and numbers apart: what is equal may yet be told apart by an operator that asks for a text.
        values = tuple((type(value), value) for value in map(variables.get, self.names))
        case = (workstream, channel, values)
        found = self._cases.get(case)
        if found is None:
            if len(self._cases) >= MOST_CASES:
                self._cases.clear()
            found = self._cases[case] = route_escalation(self._configuration, workstream, channel, variables)
        return found

    def cases(self, rows: EscalationRows) -> Cases:
        """The same of each of these, of which there is at least one."""
        parts = [rows.columns["workstream"], rows.columns["channel"], *(_places(rows, name) for name in self.names)]
        numbers: Ints = np.zeros(len(rows), dtype=np.int64)
        for part in parts:
            numbers = numbered(numbers * (int(part.max()) + 1) + part)[1]
        first = np.zeros(int(numbers.max()) + 1, dtype=np.int64)
        first[numbers] = np.arange(len(numbers))  # any of each case tells it
        said = [part[first].tolist() for part in parts]
        return Cases(numbers, [self._route(rows, *case) for case in zip(*said, strict=True)])

    def _route(self, rows: EscalationRows, workstream: int, channel: int, *places: int) -> tuple[str, Routed]:
        set_pairs = (rows.words["pair"][place - 1] for place in places if place)
        return self.route(rows.words["workstream"][workstream], rows.words["channel"][channel], dict(set_pairs))


class Judge:
    """Judges by the configurations that were in force, each by the one of its moment."""

    def __init__(self, kept: Sequence[InForce]) -> None:
        self._kept = kept
        self._routers = {item.number: Router(item.configuration) for item in kept}
        self.names = {name for router in self._routers.values() for name in router.names}

    def __call__(self, escalation: Escalation) -> Judged:
        """What the configuration of its moment says of an escalation."""
        in_force = in_force_at(self._kept, escalation.at_ms)
        if in_force is None:
            return judge_by(escalation, None, None)
        own = escalation.workstream, escalation.channel, escalation.variables
        return judge_by(escalation, in_force, self._routers[in_force.number].route(*own))

    def cases(self, rows: EscalationRows) -> Cases:
        """The same of each of these."""
        numbers: Ints = np.zeros(len(rows), dtype=np.int64)
        if not self._kept or not len(rows):
            return Cases(numbers, [None])
        since = np.array([item.from_ms for item in self._kept], dtype=np.int64)
        places = np.maximum(np.searchsorted(since, rows.columns["at_ms"], side="right") - 1, 0)
        found: list[tuple[str, Routed] | None] = []
        for place in np.unique(places).tolist():
            here = places == place
            own = self._routers[self._kept[place].number].cases(rows.where(here))
            numbers[here] = own.numbers + len(found)
            found.extend(own.found)
        return Cases(numbers, found)


def judged_escalations(connection: Connection, start_ms: int | None, end_ms: int | None) -> Iterator[Judged]:
    """Every escalation of this span, the oldest first."""
    yield from map(Judge(configurations(connection)), read_escalations(connection, start_ms, end_ms))


def _places(rows: EscalationRows, name: str) -> Ints:
    """Of each escalation the place of a variable among the pairs there are, counted from 1; 0 where it was not set."""
    is_named = np.array([pair[0] == name for pair in rows.words["pair"]], dtype=np.bool_)
    found: Ints = np.zeros(len(rows), dtype=np.int64)
    if is_named.any():
        which = np.flatnonzero(is_named[rows.pairs])
        found[np.searchsorted(rows.ends, which, side="right")] = rows.pairs[which].astype(np.int64) + 1
    return found
