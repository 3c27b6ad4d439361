"""The outbox of alerts: what is still to be told to which target, and what became of what was told.

A row is claimed before it is sent, in a transaction of its own. So two workers never send the same one, and after a crash in the
middle of sending it is known which ones may have arrived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, select, update

from store.alerts.tables import alert, alert_step, delivery

MOST_SHOWN = 200


class DeliveryState(StrEnum):
    """Where one message for one target stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"  # it may have arrived


Row = Mapping[str, Any]
_SAID = (
    *(alert.c.rule_name, alert.c.severity, alert.c.subject_text, alert.c.link, alert.c.since_ms),
    *(alert_step.c.kind, alert_step.c.state.label("alert_state"), alert_step.c.band, alert_step.c.reason, alert_step.c.at_ms),
)


def due_delivery(connection: Connection, target: str, *, now_ms: int) -> Row | None:
    """The message for `target` that is due longest, with what it says; None where nothing is due."""
    query = (
        select(delivery, *_SAID)
        .join(alert_step, alert_step.c.step_id == delivery.c.step_id)
        .join(alert, alert.c.alert_id == delivery.c.alert_id)
        .where(delivery.c.target == target, delivery.c.state == DeliveryState.PENDING.value, delivery.c.next_try_ms <= now_ms)
        .order_by(delivery.c.next_try_ms, delivery.c.delivery_id)
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def next_due_ms(connection: Connection, target: str) -> int | None:
    """When the next message for `target` is due; None where none waits."""
    query = select(func.min(delivery.c.next_try_ms)).where(
        delivery.c.target == target, delivery.c.state == DeliveryState.PENDING.value
    )
    found: int | None = connection.execute(query).scalar_one()
    return found


def claim_delivery(connection: Connection, delivery_id: int, *, lease_until_ms: int) -> bool:
    """Take a waiting message to send it; False when somebody else was quicker."""
    taken = connection.execute(
        update(delivery)
        .where(delivery.c.delivery_id == delivery_id, delivery.c.state == DeliveryState.PENDING.value)
        .values(state=DeliveryState.SENDING.value, attempts=delivery.c.attempts + 1, lease_until_ms=lease_until_ms)
    )
    return taken.rowcount == 1


def finish_delivery(
    connection: Connection,
    delivery_id: int,
    *,
    state: DeliveryState,
    at_ms: int,
    reason: str = "",
    next_try_ms: int | None = None,
) -> bool:
    """Write what became of a message that is being sent; False when it was no longer ours to say."""
    is_over = state is not DeliveryState.PENDING
    values = {"state": state.value, "last_error": reason, "lease_until_ms": None, "finished_ms": at_ms if is_over else None}
    if next_try_ms is not None:
        values["next_try_ms"] = next_try_ms
    done = connection.execute(
        update(delivery)
        .where(delivery.c.delivery_id == delivery_id, delivery.c.state == DeliveryState.SENDING.value)
        .values(**values)
    )
    return done.rowcount == 1


def unfinished_deliveries(connection: Connection, target: str, *, now_ms: int) -> list[int]:
    """Messages whose sender has gone: they were being sent, and the time for that has passed."""
    query = select(delivery.c.delivery_id).where(
        delivery.c.target == target, delivery.c.state == DeliveryState.SENDING.value, delivery.c.lease_until_ms <= now_ms
    )
    return list(connection.execute(query).scalars())


def abandon_deliveries(connection: Connection, known: Sequence[str], *, at_ms: int, reason: str) -> int:
    """Give up what waits for targets that are no longer there; how many."""
    done = connection.execute(
        update(delivery)
        .where(delivery.c.target.not_in(known), delivery.c.state == DeliveryState.PENDING.value)
        .values(state=DeliveryState.FAILED.value, finished_ms=at_ms, last_error=reason)
    )
    return done.rowcount


def deliveries_of(connection: Connection, alert_id: int) -> list[Row]:
    """What was to be told outside of one alert, oldest first, with the step it tells of."""
    query = (
        select(delivery, alert_step.c.kind)
        .join(alert_step, alert_step.c.step_id == delivery.c.step_id)
        .where(delivery.c.alert_id == alert_id)
        .order_by(delivery.c.delivery_id)
        .limit(MOST_SHOWN)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def delivery_health(connection: Connection, targets: Sequence[str], *, since_ms: int) -> dict[str, dict[str, Any]]:
    """By target: how many wait, were sent, failed or are unknown since then, and when and why the newest ones ended so."""
    found = {name: dict.fromkeys((*map(str, DeliveryState), "sent_ms", "failed_ms"), 0) | {"reason": ""} for name in targets}
    counts = (
        select(delivery.c.target, delivery.c.state, func.count(), func.max(delivery.c.finished_ms))
        .where(delivery.c.target.in_(targets))
        .where((delivery.c.finished_ms >= since_ms) | delivery.c.finished_ms.is_(None))
        .group_by(delivery.c.target, delivery.c.state)
    )
    for name, state, count, newest_ms in connection.execute(counts):
        found[name][state] = count
        if state == DeliveryState.SENT:
            found[name]["sent_ms"] = newest_ms
    for name in targets:
        newest = _newest_trouble(connection, name, since_ms)
        if newest is not None:
            found[name] |= {"failed_ms": newest.finished_ms or newest.created_ms, "reason": newest.last_error}
    return found


def _newest_trouble(connection: Connection, target: str, since_ms: int) -> Any:
    query = (
        select(delivery.c.finished_ms, delivery.c.created_ms, delivery.c.last_error)
        .where(delivery.c.target == target, delivery.c.last_error != "", delivery.c.created_ms >= since_ms)
        .where(delivery.c.state != DeliveryState.SENT.value)
        .order_by(delivery.c.delivery_id.desc())
        .limit(1)
    )
    return connection.execute(query).first()
