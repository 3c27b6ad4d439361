"""Judging many escalations: what rules read of one decides, so each different case is worked out once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from metrics.routing.escalations import Escalation, Judged, judge_by, read_escalations, route_escalation
from metrics.routing.evaluate import Routed
from store.configurations import InForce, configurations, in_force_at
from store.engine import Connection
from store.routing_records import Configuration

# Of variables that a bot writes freely there is no end of cases.
MOST_CASES = 50_000


class Router:
    """Routes by one configuration."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._names = tuple({condition.variable: None for rule in configuration.rules for condition in rule.conditions})
        self._cases: dict[Hashable, tuple[str, Routed]] = {}

    def route(self, escalation: Escalation) -> tuple[str, Routed]:
        """The workstream of an escalation, and where its rules send it."""
        variables = escalation.variables
        # Texts and numbers apart: what is equal may yet be told apart by an operator that asks for a text.
        values = tuple((type(value), value) for value in map(variables.get, self._names))
        case = (escalation.workstream, escalation.channel, values)
        found = self._cases.get(case)
        if found is None:
            if len(self._cases) >= MOST_CASES:
                self._cases.clear()
            found = self._cases[case] = route_escalation(self._configuration, escalation)
        return found


class Judge:
    """Judges by the configurations that were in force, each by the one of its moment."""

    def __init__(self, kept: Sequence[InForce]) -> None:
        self._kept = kept
        self._routers = {item.number: Router(item.configuration) for item in kept}

    def __call__(self, escalation: Escalation) -> Judged:
        """What the configuration of its moment says of an escalation."""
        in_force = in_force_at(self._kept, escalation.at_ms)
        routed = None if in_force is None else self._routers[in_force.number].route(escalation)
        return judge_by(escalation, in_force, routed)


def judged_escalations(connection: Connection, start_ms: int | None, end_ms: int | None) -> Iterator[Judged]:
    """Every escalation of this span, the oldest first."""
    yield from map(Judge(configurations(connection)), read_escalations(connection, start_ms, end_ms))
