"""The outbox and its workers: each message once, in its time, and nobody held up by somebody else."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from live.delivery.attempt import Attempt, failed, sent, try_again, unknown
from live.delivery.deliveries import Deliveries
from live.delivery.message import Message
from live.delivery.pace import MAX_AGE_MS, MAX_ATTEMPTS, Pace
from live.delivery.worker import STOPPED, Outbox, Worker
from settings import AlertTarget, ConfigurationError
from store.alerts.deliveries import claim_delivery
from store.alerts.tables import delivery
from store.engine import Store
from tests.alert_rows import put_alert, put_delivery
from tests.conftest import FixedClock

MINUTE = 60_000


@dataclass
class FakeTarget:
    """Answers as it is told to, and keeps what it was sent."""

    is_idempotent: bool = True
    longest_seconds: float = 10.0
    outcomes: list[Attempt] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    before: Callable[[], object] = lambda: None

    def send(self, message: Message) -> Attempt:
        self.messages.append(message)
        self.before()
        return self.outcomes.pop(0) if self.outcomes else sent()


@pytest.fixture
def outbox(store: Store, clock: FixedClock) -> Outbox:
    return Outbox(lambda: store, lambda: clock.ms, "https://floor.example.com")


def worker(target: FakeTarget, outbox: Outbox) -> Worker:
    return Worker("ops", target, outbox, pace=Pace(random.Random(7)))


def rows(store: Store) -> list[Any]:
    with store.read() as connection:
        return list(connection.execute(select(delivery).order_by(delivery.c.delivery_id)).mappings())


def test_message_of_an_alert_is_sent_once_and_marked(store: Store, outbox: Outbox, clock: FixedClock) -> None:
    put_delivery(store, "ops", at_ms=clock.ms, rule="Waiting too long", subject="Ann", link="web-bot:c 1")
    target = FakeTarget()
    ours = worker(target, outbox)

    assert ours.work()
    assert not ours.work()

    (message,) = target.messages
    assert (message.rule, message.subject, message.event) == ("Waiting too long", "Ann", "fired")
    assert (message.state, message.band, message.reason, message.since_ms) == ("critical", "critical", "waits 5 min", clock.ms)
    assert message.link == "https://floor.example.com/conversation?conversation=web-bot%3Ac+1"
    (row,) = rows(store)
    assert (row["state"], row["attempts"], row["finished_ms"], row["last_error"]) == ("sent", 1, clock.ms, "")


def test_worker_leaves_what_is_for_another_target_alone(store: Store, outbox: Outbox, clock: FixedClock) -> None:
    put_delivery(store, "somebody-else", at_ms=clock.ms)

    assert not worker(FakeTarget(), outbox).work()


def test_message_that_another_worker_has_claimed_is_not_sent(store: Store, outbox: Outbox, clock: FixedClock) -> None:
    delivery_id = put_delivery(store, "ops", at_ms=clock.ms)
    with store.write() as connection:
        assert claim_delivery(connection, delivery_id, lease_until_ms=clock.ms + 1000)
        assert not claim_delivery(connection, delivery_id, lease_until_ms=clock.ms + 1000)
    target = FakeTarget()

    assert not worker(target, outbox).work()

    assert target.messages == []


def test_what_could_not_be_sent_is_tried_again_ever_later_with_one_key_and_then_failed(
    store: Store, outbox: Outbox, clock: FixedClock
) -> None:
    put_delivery(store, "ops", at_ms=clock.ms)
    target = FakeTarget(outcomes=[try_again("answered with an error (500)")] * MAX_ATTEMPTS)
    ours = worker(target, outbox)
    waits = []
    while ours.work():
        (row,) = rows(store)
        if row["state"] == "failed":
            break
        assert row["last_error"] == "answered with an error (500)"
        waits.append((row["next_try_ms"] - clock.ms) / 1000)
        assert not ours.work()
        clock.advance(milliseconds=row["next_try_ms"] - clock.ms)

    assert len(target.messages) == MAX_ATTEMPTS
    assert len({message.key for message in target.messages}) == 1
    assert 1.5 <= waits[0] <= 2.5
    assert all(later > earlier for earlier, later in zip(waits[:7], waits[1:8], strict=True))
    assert max(waits) <= 750
    assert rows(store)[0]["state"] == "failed"


def test_patience_that_a_target_asks_for_is_given_it_by_every_message(store: Store, outbox: Outbox, clock: FixedClock) -> None:
    put_delivery(store, "ops", at_ms=clock.ms)
    target = FakeTarget(outcomes=[try_again("asked to be sent less (429)", retry_after_seconds=300)])
    ours = worker(target, outbox)
    ours.work()
    put_delivery(store, "ops", at_ms=clock.ms)

    clock.advance(seconds=299)
    assert not ours.work()
    clock.advance(seconds=2)
    assert ours.work() and ours.work() and not ours.work()

    assert [row["state"] for row in rows(store)] == ["sent", "sent"]


def test_who_asks_for_more_than_an_hour_is_told_no_more(store: Store, outbox: Outbox, clock: FixedClock) -> None:
    put_delivery(store, "ops", at_ms=clock.ms)

    worker(FakeTarget(outcomes=[try_again("asked", retry_after_seconds=1e12)]), outbox).work()

    assert rows(store)[0]["state"] == "failed"


@pytest.mark.parametrize(("outcome", "state"), [(failed("refused (401)"), "failed"), (unknown("broke off"), "unknown")])
def test_what_trying_again_cannot_mend_is_not_tried_again(
    store: Store, outbox: Outbox, clock: FixedClock, outcome: Attempt, state: str
) -> None:
    put_delivery(store, "ops", at_ms=clock.ms)
    target = FakeTarget(outcomes=[outcome])
    ours = worker(target, outbox)

    ours.work()
    clock.advance(hours=2)

    assert not ours.work()
    (row,) = rows(store)
    assert (row["state"], row["last_error"], len(target.messages)) == (state, outcome.reason, 1)


def test_message_that_waited_for_more_than_an_hour_is_no_news_and_not_sent(
    store: Store, outbox: Outbox, clock: FixedClock
) -> None:
    put_delivery(store, "ops", at_ms=clock.ms)
    clock.advance(milliseconds=MAX_AGE_MS + 1)
    target = FakeTarget()

    worker(target, outbox).work()

    assert target.messages == []
    assert (rows(store)[0]["state"], rows(store)[0]["last_error"]) == ("failed", "could not be sent within an hour")


@pytest.mark.parametrize(("is_idempotent", "state", "sendings"), [(True, "sent", 2), (False, "unknown", 1)])
def test_after_a_crash_while_sending_only_what_carries_a_key_is_sent_again(
    store: Store, outbox: Outbox, clock: FixedClock, is_idempotent: bool, state: str, sendings: int
) -> None:
    put_delivery(store, "ops", at_ms=clock.ms)

    class PowerCutError(BaseException):
        pass

    def cut() -> None:
        raise PowerCutError

    target = FakeTarget(is_idempotent, before=cut)
    with pytest.raises(PowerCutError):
        worker(target, outbox).work()
    target.before = lambda: None
    restarted = worker(target, outbox)

    assert not restarted.work()  # its time is not up: another process might be sending it
    clock.advance(seconds=11)
    while restarted.work():
        pass

    (row,) = rows(store)
    assert (row["state"], len(target.messages)) == (state, sendings)
    assert len({message.key for message in target.messages}) == 1
    assert row["last_error"] == ("" if is_idempotent else STOPPED)


def test_target_with_a_mistake_of_its_own_is_unknown_and_its_worker_goes_on(
    store: Store, outbox: Outbox, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    put_delivery(store, "ops", at_ms=clock.ms)
    put_delivery(store, "ops", at_ms=clock.ms)

    def fail() -> None:
        target.before = lambda: None
        raise RuntimeError("hush")

    target = FakeTarget(before=fail)
    ours = worker(target, outbox)
    while ours.work():
        pass

    assert [row["state"] for row in rows(store)] == ["unknown", "sent"]
    assert "hush" not in caplog.text


@pytest.fixture
def running(outbox: Outbox) -> Iterator[Callable[[dict[str, FakeTarget]], Deliveries]]:
    started: list[Deliveries] = []

    def run(targets: dict[str, FakeTarget]) -> Deliveries:
        settings = [AlertTarget(name, "webhook", "https://x.example") for name in targets]
        deliveries = Deliveries(settings, outbox, make=lambda target: targets[target.name])
        started.append(deliveries)
        deliveries.start()
        return deliveries

    yield run
    for deliveries in started:
        deliveries.stop()


def test_target_that_hangs_holds_up_nobody_else(
    store: Store, clock: FixedClock, running: Callable[[dict[str, FakeTarget]], Deliveries]
) -> None:
    hangs, got_through, let_go = threading.Event(), threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        let_go.wait(20)

    targets = {"slow": FakeTarget(before=hang), "quick": FakeTarget(before=got_through.set)}
    deliveries = running(targets)
    put_delivery(store, "slow", at_ms=clock.ms)
    deliveries.wake()
    assert hangs.wait(10)

    put_delivery(store, "quick", at_ms=clock.ms)
    deliveries.wake()

    assert got_through.wait(10)
    let_go.set()


def test_what_waited_before_a_restart_is_sent_after_it(
    store: Store, clock: FixedClock, running: Callable[[dict[str, FakeTarget]], Deliveries]
) -> None:
    put_delivery(store, "ops", at_ms=clock.ms - 10 * MINUTE)
    came = threading.Event()

    running({"ops": FakeTarget(before=came.set)})

    assert came.wait(10)


def test_what_waits_for_a_target_that_is_no_longer_there_has_failed(
    store: Store, clock: FixedClock, running: Callable[[dict[str, FakeTarget]], Deliveries]
) -> None:
    put_delivery(store, "long-gone", at_ms=clock.ms)

    running({"ops": FakeTarget()})

    assert (rows(store)[0]["state"], rows(store)[0]["last_error"]) == ("failed", "this target is no longer in the settings")


def test_health_of_a_target_says_what_was_sent_and_why_the_newest_was_not(
    store: Store, outbox: Outbox, clock: FixedClock
) -> None:
    deliveries = Deliveries(
        [AlertTarget("ops", "webhook", "https://x.example"), AlertTarget("idle", "email", "mailto://x")],
        outbox,
        make=lambda _: FakeTarget(),
    )
    target = FakeTarget(outcomes=[sent(), failed("refused the message (401)")])
    ours = worker(target, outbox)
    for _ in range(2):
        put_delivery(store, "ops", at_ms=clock.ms)
        clock.advance(minutes=1)
        ours.work()
    put_delivery(store, "ops", at_ms=clock.ms)

    ops, idle = deliveries.targets()

    assert (ops.num_sent, ops.num_failed, ops.num_waiting, ops.num_unknown) == (1, 1, 1, 0)
    assert (ops.sent_ms, ops.failed_ms, ops.reason) == (clock.ms - MINUTE, clock.ms, "refused the message (401)")
    assert ops.is_failing
    assert (idle.num_sent, idle.sent_ms, idle.is_failing, idle.kind) == (0, None, False, "email")


def test_deliveries_of_an_alert_say_what_became_of_each(store: Store, outbox: Outbox, clock: FixedClock) -> None:
    alert_id = put_alert(store, at_ms=clock.ms)
    put_delivery(store, "ops", at_ms=clock.ms, alert_id=alert_id)
    put_delivery(store, "ops", at_ms=clock.ms)
    worker(FakeTarget(outcomes=[try_again("answered with an error (500)")]), outbox).work()

    (view,) = Deliveries([], outbox).of_alert(alert_id)

    assert (view.target, view.event, view.state, view.attempts) == ("ops", "fired", "pending", 1)
    assert view.reason == "answered with an error (500)"


def test_test_message_goes_to_its_target_and_no_other(outbox: Outbox) -> None:
    targets = {"ops": FakeTarget(outcomes=[failed("refused the message (401)")]), "other": FakeTarget()}
    settings = [AlertTarget(name, "webhook", "https://x.example") for name in targets]
    deliveries = Deliveries(settings, outbox, make=lambda target: targets[target.name])

    outcome = deliveries.send_test("ops", by="Ann")

    assert outcome.reason == "refused the message (401)"
    (message,) = targets["ops"].messages
    assert message.title() == "Test: Alerts can reach you here"
    assert message.lines()[0] == "Ann has sent this to try it out; nothing has happened."
    assert targets["other"].messages == []


def test_address_that_its_kind_cannot_use_stops_the_start_and_is_not_quoted(outbox: Outbox) -> None:
    with pytest.raises(
        ConfigurationError, match=r"alert_targets: the address of 'floor' is not an address of kind teams"
    ) as caught:
        Deliveries([AlertTarget("floor", "teams", "https://hush.example.com/hush")], outbox)

    assert "hush" not in str(caught.value)


def test_what_was_taken_back_by_somebody_else_is_not_overwritten(store: Store, outbox: Outbox, clock: FixedClock) -> None:
    delivery_id = put_delivery(store, "ops", at_ms=clock.ms)

    def meanwhile() -> None:
        with store.write() as connection:
            values = {"state": "unknown", "last_error": STOPPED}
            connection.execute(update(delivery).where(delivery.c.delivery_id == delivery_id).values(**values))

    worker(FakeTarget(before=meanwhile), outbox).work()

    assert rows(store)[0]["state"] == "unknown"


def test_one_step_is_told_to_one_target_once_at_most(store: Store, clock: FixedClock) -> None:
    put_delivery(store, "ops", at_ms=clock.ms)
    again = {name: value for name, value in rows(store)[0].items() if name != "delivery_id"}

    with pytest.raises(Exception, match="(?i)unique"), store.write() as connection:
        connection.execute(insert(delivery).values(**again))
