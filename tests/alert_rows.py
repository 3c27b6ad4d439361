"""Rows of alerts and of their outbox, as the engine writes them."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Table, func, insert, select

from store.alerts.tables import alert, alert_step, delivery
from store.engine import Store


def empty_row(table: Table) -> dict[str, Any]:
    """A value for each column that must have one and does not count up by itself."""
    wanted = (column for column in table.columns if not column.nullable and not column.primary_key)
    return {column.name: column.type.python_type() for column in wanted}


def put_alert(store: Store, *, at_ms: int, rule: str = "Waiting too long", subject: str = "Ann", link: str = "") -> int:
    """One alert that stands; its id."""
    own = empty_row(alert) | {
        **{"rule_id": "waiting", "rule_name": rule, "kind": "wait", "severity": "warning"},
        **{"subject": f"conversation:{uuid.uuid4().int % 10**9}", "subject_text": subject, "link": link},
        **{"state": "critical", "band": "critical", "worst": "critical", "reason": "waits 5 min", "memory": "{}"},
        **{"since_ms": at_ms, "fired_ms": at_ms, "changed_ms": at_ms, "told_ms": at_ms, "num_steps": 1},
    }
    with store.write() as connection:
        key = connection.execute(insert(alert).values(**own)).inserted_primary_key
        assert key is not None
        return int(key[0])


def put_delivery(
    store: Store,
    target: str,
    *,
    at_ms: int,
    alert_id: int | None = None,
    rule: str = "Waiting too long",
    subject: str = "Ann",
    link: str = "",
) -> int:
    """One message that waits to be told to `target`, of an alert of its own or of `alert_id`; its id."""
    about = alert_id or put_alert(store, at_ms=at_ms, rule=rule, subject=subject, link=link)
    step = {
        **{"alert_id": about, "kind": "fired", "state": "critical", "band": "critical", "at_ms": at_ms},
        **{"reason": "waits 5 min", "actor": "", "is_told": True},
    }
    waiting = {"alert_id": about, "target": target, "state": "pending", "attempts": 0, "next_try_ms": at_ms, "created_ms": at_ms}
    with store.write() as connection:
        had = select(func.count()).where(alert_step.c.alert_id == about)
        step["number"] = connection.execute(had).scalar_one() + 1
        step_key = connection.execute(insert(alert_step).values(**step)).inserted_primary_key
        assert step_key is not None
        waiting |= {"step_id": step_key[0], "last_error": ""}
        key = connection.execute(insert(delivery).values(**waiting)).inserted_primary_key
        assert key is not None
        return int(key[0])
