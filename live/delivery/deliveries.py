"""Every target alerts can be told to: their workers, how they fare, and sending one of them a test."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from live.delivery.addresses import Resolve, look_up
from live.delivery.apprise_target import AppriseTarget, NotAnAddressError
from live.delivery.attempt import Attempt, Result
from live.delivery.message import Message
from live.delivery.webhook import Webhook
from live.delivery.worker import Outbox, Target, Worker
from settings import AlertTarget, ConfigurationError
from store.alerts.deliveries import abandon_deliveries, deliveries_of, delivery_health

# What is being sent when the server stops is waited for this long, all targets together.
STOP_SECONDS = 5.0
HEALTH_MS = 7 * 24 * 60 * 60 * 1000
GONE = "this target is no longer in the settings"
# These write addresses into their logs, and an address may hold a secret.
_TELLTALES = ("httpx", "httpcore", "urllib3", "requests_oauthlib", "oauthlib")


@dataclass(frozen=True, slots=True)
class TargetView:
    """A target and how it fared in the last seven days."""

    name: str
    kind: str
    num_waiting: int
    num_sent: int
    num_failed: int
    num_unknown: int
    sent_ms: int | None
    failed_ms: int | None
    reason: str  # of the newest failure

    @property
    def is_failing(self) -> bool:
        """Whether the newest thing known of it is a failure."""
        return self.failed_ms is not None and self.failed_ms >= (self.sent_ms or 0)


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """What became of one message for one target."""

    target: str
    event: str
    state: str
    attempts: int
    next_try_ms: int
    finished_ms: int | None
    reason: str


class Deliveries:
    """Made once for the process. Raises ConfigurationError for an address that its kind of target cannot use."""

    def __init__(
        self,
        targets: Sequence[AlertTarget],
        outbox: Outbox,
        *,
        resolve: Resolve = look_up,
        make: Callable[[AlertTarget], Target] | None = None,
    ) -> None:
        self._outbox = outbox
        self._resolve = resolve
        self._kinds = {target.name: target.kind for target in targets}
        self._targets = {target.name: (make or self._make)(target) for target in targets}
        self._workers = [Worker(name, target, outbox) for name, target in self._targets.items()]

    @property
    def names(self) -> frozenset[str]:
        """What rules may call the targets."""
        return frozenset(self._targets)

    def start(self) -> None:
        """Begin to send what waits, also from before a restart."""
        for name in _TELLTALES:
            logging.getLogger(name).setLevel(logging.WARNING)
        self.follow()
        for worker in self._workers:
            worker.start()

    def follow(self) -> None:
        """Say so of what waits for targets that are no longer there. To be called for each database that is opened."""
        with self._outbox.store().write() as connection:
            abandon_deliveries(connection, sorted(self.names), at_ms=self._outbox.now_ms(), reason=GONE)

    def wake(self) -> None:
        """Something is in the outbox. May be called from any thread."""
        for worker in self._workers:
            worker.wake()

    def stop(self) -> None:
        """Send nothing more; wait a while for what is being sent."""
        deadline = time.monotonic() + STOP_SECONDS
        for worker in self._workers:
            worker.stop(patience_seconds=max(0.0, deadline - time.monotonic()))

    def send_test(self, name: str, *, by: str) -> Attempt:
        """Send one message at once, and say what became of it. Raises KeyError where there is no such target."""
        now_ms = self._outbox.now_ms()
        message = Message(
            key=uuid.uuid4().hex,
            event="test",
            rule="Alerts can reach you here",
            subject="",
            severity="notice",
            state="resolved",
            band="normal",
            reason=f"{by or 'Somebody'} has sent this to try it out; nothing has happened",
            since_ms=now_ms,
            at_ms=now_ms,
            public_url=self._outbox.public_url,
        )
        return self._targets[name].send(message)

    def targets(self) -> list[TargetView]:
        """Every target, in the order of the settings, with how it fares."""
        with self._outbox.store().read() as connection:
            health = delivery_health(connection, list(self._kinds), since_ms=self._outbox.now_ms() - HEALTH_MS)
        return [
            TargetView(
                name=name,
                kind=kind,
                num_waiting=health[name]["pending"] + health[name]["sending"],
                num_sent=health[name]["sent"],
                num_failed=health[name]["failed"],
                num_unknown=health[name]["unknown"],
                sent_ms=health[name]["sent_ms"] or None,
                failed_ms=health[name]["failed_ms"] or None,
                reason=health[name]["reason"],
            )
            for name, kind in self._kinds.items()
        ]

    def of_alert(self, alert_id: int) -> list[DeliveryView]:
        """What was told outside of one alert, oldest first."""
        with self._outbox.store().read() as connection:
            rows = deliveries_of(connection, alert_id)
        return [
            DeliveryView(
                target=row["target"],
                event=row["kind"],
                state=row["state"],
                attempts=row["attempts"],
                next_try_ms=row["next_try_ms"],
                finished_ms=row["finished_ms"],
                reason=row["last_error"],
            )
            for row in rows
        ]

    def _make(self, target: AlertTarget) -> Target:
        if target.kind == "webhook":
            return Webhook(
                target.address,
                target.secret,
                self._outbox.now_ms,
                allow_private=target.allow_private,
                resolve=self._resolve,
            )
        try:
            return AppriseTarget(target.kind, target.address)
        except NotAnAddressError as error:
            raise ConfigurationError(f"alert_targets: the address of {target.name!r} {error}") from error


__all__ = ["Deliveries", "DeliveryView", "Outbox", "Attempt", "Result", "TargetView"]
