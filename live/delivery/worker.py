"""One target's own worker: takes what is due for it from the outbox, sends it, and writes down what became of it.

Each target has a thread of its own, so that one that is slow or gone holds up nobody else.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from live.delivery.attempt import Attempt, Result, unknown
from live.delivery.message import Message, message_of
from live.delivery.pace import MAX_AGE_MS, Pace, is_too_old
from store.alerts.deliveries import (
    DeliveryState,
    claim_delivery,
    due_delivery,
    finish_delivery,
    next_due_ms,
    unfinished_deliveries,
)
from store.engine import Store
from store.errors import StoreBusyError, describe

# The engine wakes the workers; commits of another process are seen within this time.
POLL_SECONDS = 1.0
# While a target does not answer, not every message has to find that out for itself.
MOST_QUIET_MS = 60_000
STOPPED = "the server stopped while this was being sent; it may have arrived"
_log = logging.getLogger(__name__)


class Target(Protocol):
    """Something that messages can be sent to."""

    @property
    def is_idempotent(self) -> bool:
        """Whether a message that may have arrived can be sent again."""
        ...

    @property
    def longest_seconds(self) -> float:
        """Sending surely takes no longer."""
        ...

    def send(self, message: Message) -> Attempt:
        """Send one message. Raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Outbox:
    """Where messages come from, as all workers share it."""

    store: Callable[[], Store]
    now_ms: Callable[[], int]
    public_url: str = ""


class Worker:
    """Belongs to its thread, except for `start`, `wake` and `stop`."""

    def __init__(self, name: str, target: Target, outbox: Outbox, *, pace: Pace | None = None) -> None:
        self._name = name
        self._target = target
        self._outbox = outbox
        self._pace = pace or Pace()
        self._quiet_until_ms = 0
        self._stopping = False
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"deliver-{name}", daemon=True)

    def start(self) -> None:
        """Begin to send what is due."""
        self._thread.start()

    def wake(self) -> None:
        """Look into the outbox now."""
        self._woken.set()

    def stop(self, *, patience_seconds: float) -> None:
        """Send nothing more, and wait a while for what is being sent."""
        self._stopping = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(patience_seconds)

    def work(self) -> bool:
        """Send what is due longest; False where nothing is to be done now."""
        store, now_ms = self._outbox.store(), self._outbox.now_ms()
        with store.read() as connection:
            orphans = unfinished_deliveries(connection, self._name, now_ms=now_ms)
            row = due_delivery(connection, self._name, now_ms=now_ms)
        for delivery_id in orphans:
            self._take_back(store, delivery_id)
        if row is None or now_ms < self._quiet_until_ms:
            return bool(orphans)
        lease_until_ms = now_ms + round(1000 * self._target.longest_seconds)
        with store.write() as connection:
            if not claim_delivery(connection, row["delivery_id"], lease_until_ms=lease_until_ms):
                return True
        self._finish(store, row, self._send(row, now_ms))
        return True

    def _send(self, row: Mapping[str, Any], now_ms: int) -> Attempt:
        if is_too_old(row["created_ms"], now_ms):
            return Attempt(Result.FAILED, row["last_error"] or "could not be sent within an hour")
        try:
            return self._target.send(message_of(row, public_url=self._outbox.public_url))
        except Exception as error:  # a target's own mistake must not end its worker
            _log.error("alert could not be delivered: target=%s error=%s", self._name, describe(error))
            return unknown("sending it failed in an unforeseen way")

    def _finish(self, store: Store, row: Mapping[str, Any], outcome: Attempt) -> None:
        now_ms, next_try_ms = self._outbox.now_ms(), None
        state = {Result.SENT: DeliveryState.SENT, Result.UNKNOWN: DeliveryState.UNKNOWN}.get(outcome.result, DeliveryState.FAILED)
        if outcome.result is Result.TRY_AGAIN:
            next_try_ms = self._pace.next_try_ms(
                attempts=row["attempts"] + 1,
                created_ms=row["created_ms"],
                now_ms=now_ms,
                retry_after_seconds=outcome.retry_after_seconds,
            )
            state = DeliveryState.FAILED if next_try_ms is None else DeliveryState.PENDING
            self._quiet_until_ms = now_ms + self._quiet_ms(outcome, next_try_ms, now_ms)
        if state is not DeliveryState.SENT:
            level = logging.INFO if state is DeliveryState.PENDING else logging.WARNING
            _log.log(level, "alert not delivered: target=%s state=%s reason=%s", self._name, state, outcome.reason)
        with store.write() as connection:
            finish_delivery(
                connection, row["delivery_id"], state=state, at_ms=now_ms, reason=outcome.reason, next_try_ms=next_try_ms
            )

    @staticmethod
    def _quiet_ms(outcome: Attempt, next_try_ms: int | None, now_ms: int) -> int:
        """How long to leave the target alone: as it asked, else until the next attempt, within reason."""
        if outcome.retry_after_seconds is not None:
            return min(round(1000 * outcome.retry_after_seconds), MAX_AGE_MS)
        return MOST_QUIET_MS if next_try_ms is None else min(next_try_ms - now_ms, MOST_QUIET_MS)

    def _take_back(self, store: Store, delivery_id: int) -> None:
        """What nobody is sending any more: sent again where that is harmless, else shown as unknown."""
        state = DeliveryState.PENDING if self._target.is_idempotent else DeliveryState.UNKNOWN
        with store.write() as connection:
            finish_delivery(connection, delivery_id, state=state, at_ms=self._outbox.now_ms(), reason=STOPPED)

    def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                if not self.work():
                    self._woken.wait(self._patience())
            except Exception as error:  # the next round tries again
                level = logging.WARNING if isinstance(error, StoreBusyError) else logging.ERROR
                _log.log(level, "outbox could not be read: target=%s error=%s", self._name, describe(error))
                self._woken.wait(POLL_SECONDS)

    def _patience(self) -> float:
        """Seconds until the next message is due, at most until the next look."""
        with self._outbox.store().read() as connection:
            due_ms = next_due_ms(connection, self._name)
        if due_ms is None:
            return POLL_SECONDS
        left_ms = max(due_ms, self._quiet_until_ms) - self._outbox.now_ms()
        return min(POLL_SECONDS, max(0.0, left_ms / 1000))
