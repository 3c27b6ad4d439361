"""Writing alerts with their steps and what is to be told of them, and rules: inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from store.alerts.tables import alert, alert_rule, alert_step, delivery
from store.upsert import insert_all, insert_new, upsert


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step to be written: columns of table `alert_step`, and whom to tell of it."""

    kind: str
    state: str
    band: str
    at_ms: int
    actor: str
    reason: str
    is_told: bool
    targets: tuple[str, ...]


def begin_alert(connection: Connection, values: Mapping[str, Any], *, only_once: bool) -> int | None:
    """Write a new firing; its number. None where one is open already, or, with `only_once`, where there ever was one."""
    if only_once:
        same = (alert.c.rule_id == values["rule_id"], alert.c.subject == values["subject"])
        if connection.execute(select(alert.c.alert_id).where(*same).limit(1)).first() is not None:
            return None
    insert_new(connection, alert, [values])
    own = (alert.c.rule_id == values["rule_id"], alert.c.subject == values["subject"], alert.c.resolved_ms.is_(None))
    query = select(alert.c.alert_id).where(*own, alert.c.num_steps == 0)
    return connection.execute(query).scalar_one_or_none()


def go_on(connection: Connection, alert_id: int, num_steps: int, values: Mapping[str, Any]) -> bool:
    """Bring an alert up to date. False where another process has taken it further meanwhile."""
    own = (alert.c.alert_id == alert_id, alert.c.num_steps == num_steps, alert.c.resolved_ms.is_(None))
    return connection.execute(update(alert).where(*own).values(values)).rowcount == 1


def add_steps(connection: Connection, alert_id: int, first: int, steps: Sequence[StepRow], *, now_ms: int) -> int:
    """Write steps, numbered from `first`, and a delivery for each target of each that is told; how many deliveries."""
    count = 0
    for number, one in enumerate(steps, start=first):
        values = {
            "alert_id": alert_id,
            "number": number,
            "kind": one.kind,
            "state": one.state,
            "band": one.band,
            "at_ms": one.at_ms,
            "actor": one.actor,
            "reason": one.reason,
            "is_told": one.is_told,
        }
        step_id = connection.execute(insert(alert_step).values(values).returning(alert_step.c.step_id)).scalar_one()
        count += len(one.targets)
        insert_all(connection, delivery, [_pending(alert_id, step_id, target, now_ms) for target in one.targets])
    return count


def save_rule(connection: Connection, row: Mapping[str, Any]) -> None:
    """Insert or replace a row of table `alert_rule`."""
    upsert(connection, alert_rule, [row])


def delete_rule(connection: Connection, rule_id: str) -> None:
    """Forget a rule, or what was set about it. Its alerts stay in the history."""
    connection.execute(delete(alert_rule).where(alert_rule.c.rule_id == rule_id))


def _pending(alert_id: int, step_id: int, target: str, now_ms: int) -> dict[str, Any]:
    return {
        "alert_id": alert_id,
        "step_id": step_id,
        "target": target,
        "state": "pending",
        "attempts": 0,
        "next_try_ms": now_ms,
        "lease_until_ms": None,
        "created_ms": now_ms,
        "finished_ms": None,
        "last_error": "",
    }
