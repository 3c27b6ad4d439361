"""The escalations behind a number, and each as a row of an export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np
import orjson

from metrics.filters import Filters
from metrics.routing.escalation_rows import EscalationRows
from metrics.routing.escalations import Judged, Landing, read_escalations
from metrics.routing.judged_rows import BY_FALLBACK, LANDINGS, NOT_ROUTED
from metrics.routing.judging import Judge
from metrics.routing.kept import judged_rows
from metrics.routing.saying import say_because
from metrics.routing.trying import chosen_escalations
from metrics.rows import Mask
from store.engine import Connection
from store.routing.configurations import configurations
from store.selecting import Selection

# So many rows are made at a time.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Which:
    """Some of the escalations of a cut: those that landed so, and have these words in columns of `judged_rows`."""

    landings: tuple[Landing, ...] = tuple(Landing)
    words: Mapping[str, str] = field(default_factory=dict)
    variable: str | None = None  # set when they were routed, by whatever rules
    is_fallback: bool = False  # no rule matched
    is_returned: bool = False  # given back to the bot

    def keys(self, rows: EscalationRows) -> tuple[int, ...]:
        """Their conversations, the oldest request first."""
        return tuple(rows.columns["key"][np.logical_and.reduce(list(self._masks(rows)))].tolist())

    def _masks(self, rows: EscalationRows) -> Iterator[Mask]:
        columns = rows.columns
        yield np.isin(columns["landing"], [LANDINGS.index(landing) for landing in self.landings])
        yield from (rows.among(name, (word,)) for name, word in self.words.items())
        if self.variable is not None:
            yield rows.setting(self.variable) & (columns["routed"] != NOT_ROUTED)
        if self.is_fallback:
            yield columns["routed"] == BY_FALLBACK
        if self.is_returned:
            yield columns["returned"]


def exported(connection: Connection, filters: Filters) -> Iterator[list[dict[str, Any]]]:
    """Every escalation of a cut by bot, channel, queue and topic, the oldest first, in parts."""
    window = filters.window
    every = Selection(bots_only=False, include_tests=True)
    some = replace(every, bots=filters.bots, channels=filters.channels, topics=filters.topics)
    among = None if some == every else some  # without, the way goes by the moments of the requests alone
    found = read_escalations(connection, window.start_ms, window.end_ms, among, filters.queues)
    judged = map(Judge(configurations(connection)), found)
    while part := list(islice(judged, AT_ONCE)):
        yield [_row(each) for each in part]


def count_exported(connection: Connection, filters: Filters) -> int:
    """How many these are, by what is kept of them."""
    window = filters.window
    return len(chosen_escalations(judged_rows(connection, window.start_ms, window.end_ms), filters))


def _row(judged: Judged) -> dict[str, Any]:
    escalation, routed = judged.escalation, judged.routed
    own = ("conversation_id", "source", "channel", "bot", "topic", "from_queue", "to_queue", "accepted_by", "outcome")
    wait_ms = None if escalation.accepted_ms is None else max(0, escalation.accepted_ms - escalation.at_ms)
    return {name: getattr(escalation, name) for name in own} | {
        "workstream": judged.workstream or escalation.workstream,
        "escalated_ms": escalation.at_ms,
        "variables": orjson.dumps(dict(escalation.variables)).decode(),
        "rule": routed.rule.name if routed and routed.rule else "",
        "wanted": routed.queue if routed else "",
        "why": say_because(routed) if routed else "",
        "landing": str(judged.landing),
        "accepted_ms": escalation.accepted_ms,
        "answer_ms": wait_ms,
        "returned_to_bot": escalation.returned_to_bot,
    }
