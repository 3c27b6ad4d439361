"""What stands in the database of the alerts that are held in mind: written as they step, read back at a start.

Several processes may write into one database. A firing is written by the first of them (there is one open alert for a rule and a
subject), and taken further only by one that knows its latest step; what the other would have written is let go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from metrics.alerts.evaluation import RULE_GONE, Evaluator
from metrics.alerts.rules import Rule
from metrics.alerts.states import AlertState, Standing, StepKind
from metrics.alerts.subjects import Subject
from metrics.alerts.watchlist import Happening, Pair, Told
from metrics.need import Band
from store.alerts.reads import alerts_by_id, alerts_resolved_since, latest_alert_of, open_alerts
from store.alerts.writes import StepRow, add_steps, begin_alert, go_on
from store.engine import Connection

# What a person resolved while it stood stays silent over a restart, if that was no longer ago.
HELD_MS = 7 * 86_400_000
# Steps that say nothing of why an alert stands.
_SILENT = frozenset({StepKind.ACKNOWLEDGED, StepKind.MOVED, StepKind.DATA_BACK, StepKind.RESOLVED})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Entry:
    alert_id: int
    num_steps: int


@dataclass(frozen=True, slots=True)
class Written:
    """What a transaction wrote: alerts that changed, and how many deliveries are to be made."""

    alert_ids: frozenset[int]
    num_deliveries: int
    taken_elsewhere: tuple[Pair, ...]  # another process has taken these further than this one knew


class Ledger:
    """The open alerts of one database by rule and subject."""

    def __init__(self, *, is_simulated: bool, targets_of: Callable[[Rule], Collection[str]]) -> None:
        self._is_simulated = is_simulated
        self._targets_of = targets_of
        self._entries: dict[Pair, _Entry] = {}
        self._pairs: dict[int, Pair] = {}
        self._before: dict[Pair, _Entry] = {}  # the transaction that runs

    def pair_of(self, alert_id: int) -> Pair | None:
        """The rule and subject of an open alert."""
        return self._pairs.get(alert_id)

    def restore(self, connection: Connection, evaluator: Evaluator, rules: Mapping[str, Rule], now_ms: int) -> list[int]:
        """Put what stands, and what was resolved by hand while it stood, back in mind; alerts whose rule is no more."""
        orphans = []
        latest: dict[Pair, Mapping[str, Any]] = {}
        for row in (*alerts_resolved_since(connection, now_ms - HELD_MS), *open_alerts(connection)):
            latest[row["rule_id"], row["subject"]] = dict(row)
        for pair, found in latest.items():
            if pair[0] in rules:
                self._take(evaluator, pair, found)
            elif found["resolved_ms"] is None:
                orphans.append(int(found["alert_id"]))
        return orphans

    def adopt(self, connection: Connection, evaluator: Evaluator, pair: Pair) -> int | None:
        """Go on from where another process has taken this; the alert's number."""
        self._forget(pair)
        evaluator.forget(pair)
        row = latest_alert_of(connection, *pair)
        if row is None:
            return None
        self._take(evaluator, pair, row)
        return int(row["alert_id"])

    def write(self, connection: Connection, happenings: Iterable[Happening], now_ms: int) -> Written:
        """Write what happened, with what is to be told of it. Should the transaction fail, `roll_back`."""
        self._before = dict(self._entries)
        alert_ids: set[int] = set()
        elsewhere: list[Pair] = []
        num_deliveries = 0
        for happening in happenings:
            pair, entry = happening.pair, self._entries.get(happening.pair)
            if entry is None and happening.told and happening.told[0].step.kind is StepKind.FIRED:
                entry = self._begin(connection, happening)
            if entry is None or not self._go_on(connection, entry, happening):
                elsewhere.append(pair)
                continue
            steps = [self._step_row(happening, told) for told in happening.told]
            num_deliveries += add_steps(connection, entry.alert_id, entry.num_steps + 1, steps, now_ms=now_ms)
            self._forget(pair)
            if not happening.is_over:
                self._remember((pair[0], happening.subject.key), entry.alert_id, entry.num_steps + len(steps))
            alert_ids.add(entry.alert_id)
        return Written(frozenset(alert_ids), num_deliveries, tuple(dict.fromkeys(elsewhere)))

    def close(self, connection: Connection, alert_ids: Iterable[int], now_ms: int) -> None:
        """End alerts whose rule is no more: nothing watches them, and nobody is told."""
        for row in alerts_by_id(connection, alert_ids):
            step = StepRow("resolved", "resolved", "normal", now_ms, "", RULE_GONE, is_told=False, targets=())
            number = row["num_steps"] + 1
            over = {"state": step.state, "band": step.band, "changed_ms": now_ms, "resolved_ms": now_ms}
            values = {**over, "ending": RULE_GONE, "num_steps": number}
            if go_on(connection, row["alert_id"], row["num_steps"], values):
                add_steps(connection, row["alert_id"], number, [step], now_ms=now_ms)

    def roll_back(self) -> None:
        """What was written last was not kept."""
        self._entries = self._before
        self._pairs = {entry.alert_id: pair for pair, entry in self._entries.items()}

    def _take(self, evaluator: Evaluator, pair: Pair, row: Mapping[str, Any]) -> None:
        """Put a row of table `alert` in mind, where it says anything about what may come."""
        is_open = row["resolved_ms"] is None
        if is_open:
            self._remember(pair, row["alert_id"], row["num_steps"])
        if is_open or row["resolved_by"]:
            memory = orjson.loads(row["memory"])
            evaluator.restore(pair[0], _subject(row), _standing(row, memory), str(memory.get("word", "")))

    def _begin(self, connection: Connection, happening: Happening) -> _Entry | None:
        is_message = happening.subject.key.startswith("message:")
        alert_id = begin_alert(connection, self._first_values(happening), only_once=is_message)
        return None if alert_id is None else _Entry(alert_id, 0)

    def _go_on(self, connection: Connection, entry: _Entry, happening: Happening) -> bool:
        values = self._values(happening, entry.num_steps + len(happening.told))
        if go_on(connection, entry.alert_id, entry.num_steps, values):
            return True
        _log.info("alert was taken further elsewhere: alert=%s", entry.alert_id)
        return False

    def _remember(self, pair: Pair, alert_id: int, num_steps: int) -> None:
        self._entries[pair] = _Entry(alert_id, num_steps)
        self._pairs[alert_id] = pair

    def _forget(self, pair: Pair) -> None:
        entry = self._entries.pop(pair, None)
        if entry is not None:
            self._pairs.pop(entry.alert_id, None)

    def _step_row(self, happening: Happening, told: Told) -> StepRow:
        one = told.step
        targets = tuple(dict.fromkeys(self._targets_of(happening.rule))) if one.is_told else ()
        return StepRow(str(one.kind), str(one.state), str(one.band), one.at_ms, one.actor, told.reason, one.is_told, targets)

    def _first_values(self, happening: Happening) -> dict[str, Any]:
        """A new row of table `alert`; what changes with each step is filled in by the first."""
        rule, standing = happening.rule, happening.standing
        return {
            "rule_id": rule.rule_id,
            "rule_name": rule.name,
            "kind": str(rule.kind),
            "severity": str(rule.severity),
            **_subject_values(happening.subject),
            "state": str(standing.state),
            "band": str(standing.band),
            "worst": str(standing.worst),
            "since_ms": standing.since_ms,
            "fired_ms": standing.fired_ms,
            "changed_ms": standing.clock_ms,
            "told_ms": standing.told_ms,
            "resolved_ms": None,
            "resolved_by": "",
            "acknowledged_ms": None,
            "acknowledged_by": "",
            "reason": "",
            "ending": "",
            "value_milli": None,
            "num_steps": 0,
            "memory": "{}",
            "is_simulated": self._is_simulated,
        }

    def _values(self, happening: Happening, num_steps: int) -> dict[str, Any]:
        """What the steps change in the alert's row."""
        if not happening.told:
            return {"reason": happening.reason, "num_steps": num_steps}
        standing, last = happening.standing, happening.told[-1]
        memory = {
            "at_risk_since_ms": standing.at_risk_since_ms,
            "critical_since_ms": standing.critical_since_ms,
            "is_held": standing.is_held,
            "word": happening.word,
        }
        values: dict[str, Any] = {
            "state": str(last.step.state),
            "band": str(last.step.band),
            "changed_ms": last.step.at_ms,
            "num_steps": num_steps,
            "memory": orjson.dumps(memory).decode(),
        }
        why = [told for told in happening.told if told.step.kind not in _SILENT]
        if why:
            values["reason"] = why[-1].reason
            values["value_milli"] = None if why[-1].step.value is None else round(why[-1].step.value * 1000)
        if happening.is_over:
            return values | {"resolved_ms": last.step.at_ms, "resolved_by": last.step.actor, "ending": last.reason}
        return values | {
            **_subject_values(happening.subject),
            "worst": str(standing.worst),
            "told_ms": standing.told_ms,
            "acknowledged_ms": standing.acknowledged_ms,
            "acknowledged_by": standing.acknowledged_by,
        }


def _subject_values(subject: Subject) -> dict[str, Any]:
    return {
        "subject": subject.key,
        "subject_text": subject.text,
        "conversation_key": subject.conversation_key,
        "link": subject.link,
        "queue": subject.queue,
    }


def _subject(row: Mapping[str, Any]) -> Subject:
    return Subject(row["subject"], row["subject_text"], row["conversation_key"], row["link"], row["queue"])


def _standing(row: Mapping[str, Any], memory: Mapping[str, Any]) -> Standing:
    """How an alert stood when it was written."""
    since = Standing(
        at_risk_since_ms=memory.get("at_risk_since_ms"),
        critical_since_ms=memory.get("critical_since_ms"),
        clock_ms=row["changed_ms"],
    )
    if row["resolved_ms"] is not None:
        return replace(since, is_held=True)
    return replace(
        since,
        state=AlertState(row["state"]),
        band=Band(row["band"]),
        worst=Band(row["worst"]),
        since_ms=row["since_ms"],
        fired_ms=row["fired_ms"],
        told_ms=row["told_ms"],
        acknowledged_ms=row["acknowledged_ms"],
        acknowledged_by=row["acknowledged_by"],
    )
