"""Each escalation as it was routed: the context variables of that moment, the rules tried, where it should have gone and went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from metrics.routing.evaluate import Because, Routed, route
from store.engine import Connection
from store.routing.configurations import InForce, in_force_at
from store.routing.reads import ended_escalations as ended_rows
from store.routing.reads import escalations, escalations_of, variables_of
from store.routing.reads import open_escalations as open_rows
from store.routing.records import Configuration, Value
from store.selecting import Selection


class Landing(StrEnum):
    """Where an escalation went, compared with what its rules say."""

    AS_RULED = "as ruled"
    ON_OVERFLOW = "on overflow"  # as ruled while a queue overflows; whether it did is not known
    ELSEWHERE = "elsewhere"
    QUEUE_UNKNOWN = "queue unknown"  # the source does not say where it went
    NOT_RULED = "not ruled"  # no configuration, no workstream, or no queue that the rules name


@dataclass(frozen=True, slots=True)
class Escalation:
    """One request for a human, with what was known when it was routed. Times are milliseconds since the epoch."""

    key: int
    conversation_id: str
    source: str
    customer: str
    channel: str
    workstream: str  # as the source says; "" where it does not
    bot: str
    topic: str
    from_queue: str
    to_queue: str
    at_ms: int
    accepted_ms: int | None
    accepted_by: str
    outcome: str
    returned_to_bot: bool
    variables: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Judged:
    """An escalation, and what the configuration in force at its moment says of it."""

    escalation: Escalation
    workstream: str  # the one it was judged by
    routed: Routed | None
    landing: Landing
    configuration: InForce | None


def read_escalations(
    connection: Connection,
    start_ms: int | None,
    end_ms: int | None,
    among: Selection | None = None,
    queues: Sequence[str] = (),
) -> Iterator[Escalation]:
    """Escalations of this span with their variables, the oldest first; read in parts. `among` and `queues` narrow them."""
    for rows in escalations(connection, start_ms, end_ms, among, queues):
        yield from _with_variables(connection, rows)


def ended_escalations(connection: Connection, start_ms: int, end_ms: int) -> Iterator[Escalation]:
    """Those of conversations that ended in this span, in a fixed order."""
    yield from _with_variables(connection, ended_rows(connection, start_ms, end_ms))


def open_escalations(connection: Connection) -> Iterator[Escalation]:
    """Those of conversations that are open."""
    yield from _with_variables(connection, open_rows(connection))


def escalations_by_keys(connection: Connection, keys: Sequence[int]) -> Iterator[Escalation]:
    """The escalations of these conversations, the oldest first."""
    yield from _with_variables(connection, escalations_of(connection, keys))


def escalation_by_key(connection: Connection, key: int) -> Escalation | None:
    """The escalation of one conversation; None where it has none."""
    return next(escalations_by_keys(connection, [key]), None)


def judge(escalation: Escalation, kept: Sequence[InForce]) -> Judged:
    """What the configuration of its moment says of an escalation."""
    in_force = in_force_at(kept, escalation.at_ms)
    if in_force is None:
        return judge_by(escalation, None, None)
    own = escalation.workstream, escalation.channel, escalation.variables
    return judge_by(escalation, in_force, route_escalation(in_force.configuration, *own))


def judge_by(escalation: Escalation, in_force: InForce | None, found: tuple[str, Routed] | None) -> Judged:
    """What its workstream and its route, as found in the configuration in force, say of where an escalation landed."""
    if in_force is None or found is None:
        return Judged(escalation, "", None, Landing.NOT_RULED, None)
    workstream, routed = found
    if routed.because is Because.UNKNOWN_WORKSTREAM or not routed.queue:
        landing = Landing.NOT_RULED
    elif not escalation.to_queue:
        landing = Landing.QUEUE_UNKNOWN
    else:
        passed_on = Landing.ON_OVERFLOW if escalation.to_queue in routed.on_overflow else Landing.ELSEWHERE
        landing = Landing.AS_RULED if escalation.to_queue == routed.queue else passed_on
    return Judged(escalation, workstream, routed, landing, in_force)


def route_escalation(
    configuration: Configuration, workstream: str, channel: str, variables: Mapping[str, Value]
) -> tuple[str, Routed]:
    """The workstream an escalation belongs to in this configuration, and where its rules send it."""
    workstream = workstream_of(configuration, workstream, channel)
    return workstream, route(configuration, workstream, variables)


def workstream_of(configuration: Configuration, workstream: str, channel: str) -> str:
    """As the source says; where it does not, the only one there is, or the first that serves the channel."""
    if workstream:
        return workstream
    streams = configuration.workstreams
    if len(streams) == 1:
        return streams[0].name
    return next((stream.name for stream in streams if channel.lower() in stream.channels), "")


def _with_variables(connection: Connection, rows: Sequence[Any]) -> Iterator[Escalation]:
    at_ms = {row.conversation_key: row.escalated_ms for row in rows}
    variables: dict[int, dict[str, Value]] = {key: {} for key in at_ms}
    for row in variables_of(connection, list(at_ms)):
        if row.set_ms <= at_ms[row.conversation_key]:  # what is set later did not route it
            variables[row.conversation_key][row.name] = as_value(row.value, row.value_type)
    for row in rows:
        yield Escalation(
            key=row.conversation_key,
            conversation_id=row.conversation_id,
            source=row.source,
            customer=row.customer_name or row.customer_id,
            channel=row.channel,
            workstream=row.workstream,
            bot=row.bot,
            topic=row.topic,
            from_queue=row.queue,
            to_queue=row.escalation_queue,
            at_ms=row.escalated_ms,
            accepted_ms=row.accepted_ms,
            accepted_by=(row.accepted_by or "") if row.accepted_ms is not None else "",
            outcome=str(row.outcome or row.state),
            returned_to_bot=row.returned_to_bot,
            variables=variables[row.conversation_key],
        )


def as_value(text: str, value_type: str) -> Value:
    """A variable's value as it was set: numbers as numbers, everything else as text."""
    if value_type == "number":
        try:
            return float(text) if any(mark in text for mark in ".eEnN") else int(text)
        except ValueError:
            return text
    return text
