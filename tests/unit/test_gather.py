"""Gathered commits, with a fake in the place of the transaction."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from ingest.gather import MOST_WAITING_ITEMS, Gatherer, NotWrittenError
from store.engine import StoreBusyError

SOON = 10  # seconds: what never takes this long unless something hangs


class FakeWriter:
    """Remembers each transaction's items; answers with the item doubled. `hold()` keeps the next transaction from ending."""

    def __init__(self, spoil: Callable[[Sequence[int]], Exception | None] = lambda _: None) -> None:
        self.transactions: list[list[int]] = []
        self.spoil = spoil
        self.may_end = threading.Event()
        self.may_end.set()
        self.has_begun = threading.Event()

    def hold(self) -> None:
        self.may_end.clear()
        self.has_begun.clear()

    def write(self, items: Sequence[int]) -> list[int]:
        self.has_begun.set()
        assert self.may_end.wait(SOON)
        if error := self.spoil(items):
            raise error
        self.transactions.append(list(items))
        return [item * 2 for item in items]


def submit(gatherer: Gatherer[int, int], item: int, *, num_activities: int = 1, num_bytes: int = 100):  # noqa: ANN201
    return gatherer.submit(item, num_activities=num_activities, num_bytes=num_bytes)


def test_each_caller_gets_the_result_of_its_own_item() -> None:
    writer = FakeWriter()

    async def all_at_once() -> list[int]:
        with Gatherer(writer.write) as gatherer:
            return await asyncio.gather(*(gatherer.accept(number, num_activities=1, num_bytes=10) for number in range(200)))

    assert asyncio.run(all_at_once()) == [number * 2 for number in range(200)]


def test_items_are_written_once_and_in_the_order_they_came() -> None:
    writer = FakeWriter()

    with Gatherer(writer.write) as gatherer:
        for number in range(500):
            submit(gatherer, number)

    assert [item for transaction in writer.transactions for item in transaction] == list(range(500))


def test_what_arrives_during_a_transaction_shares_the_next_one() -> None:
    writer = FakeWriter()
    writer.hold()

    with Gatherer(writer.write) as gatherer:
        submit(gatherer, 0)
        assert writer.has_begun.wait(SOON)
        for number in range(1, 9):
            submit(gatherer, number)
        writer.may_end.set()

    assert writer.transactions == [[0], [1, 2, 3, 4, 5, 6, 7, 8]]


def test_a_lone_item_does_not_wait_for_company() -> None:
    with Gatherer(FakeWriter().write) as gatherer:
        started = time.monotonic()
        submit(gatherer, 1).result(SOON)

        assert time.monotonic() - started < 0.5


def test_a_transaction_takes_no_more_activities_than_fit_but_always_one_item() -> None:
    writer = FakeWriter()
    writer.hold()

    with Gatherer(writer.write) as gatherer:
        submit(gatherer, 0)
        assert writer.has_begun.wait(SOON)
        for number in range(1, 4):
            submit(gatherer, number, num_activities=50_000)
        writer.may_end.set()

    assert writer.transactions == [[0], [1], [2], [3]]


def test_one_item_that_cannot_be_written_does_not_take_others_with_it(caplog: pytest.LogCaptureFixture) -> None:
    writer = FakeWriter(spoil=lambda items: ValueError("the text of a customer") if 3 in items else None)
    writer.hold()

    with Gatherer(writer.write) as gatherer:
        submit(gatherer, 0)
        assert writer.has_begun.wait(SOON)
        results = [submit(gatherer, number) for number in range(1, 6)]
        writer.may_end.set()

    assert [result.result() for result in results if not result.exception()] == [2, 4, 8, 10]
    with pytest.raises(NotWrittenError):
        results[2].result()
    assert "ValueError" in caplog.text
    assert "customer" not in caplog.text


def test_a_busy_store_refuses_the_whole_transaction_and_recovers() -> None:
    failures = [StoreBusyError("locked")]
    writer = FakeWriter(spoil=lambda _: failures.pop() if failures else None)

    with Gatherer(writer.write) as gatherer:
        with pytest.raises(NotWrittenError):
            submit(gatherer, 1).result(SOON)

        assert submit(gatherer, 2).result(SOON) == 4

    assert writer.transactions == [[2]]


def test_beyond_what_may_wait_the_next_is_refused() -> None:
    writer = FakeWriter()
    writer.hold()

    with Gatherer(writer.write, most_waiting_bytes=1000) as gatherer:
        submit(gatherer, 0)
        assert writer.has_begun.wait(SOON)
        submit(gatherer, 1, num_bytes=600)
        with pytest.raises(NotWrittenError, match="too much is waiting"):
            submit(gatherer, 2, num_bytes=600)
        submit(gatherer, 3, num_bytes=400)
        writer.may_end.set()

    assert [item for transaction in writer.transactions for item in transaction] == [0, 1, 3]


def test_beyond_so_many_items_the_next_is_refused() -> None:
    writer = FakeWriter()
    writer.hold()

    with Gatherer(writer.write) as gatherer:
        submit(gatherer, 0)
        assert writer.has_begun.wait(SOON)
        for number in range(MOST_WAITING_ITEMS):
            submit(gatherer, number, num_bytes=1)
        with pytest.raises(NotWrittenError):
            submit(gatherer, 1, num_bytes=1)
        writer.may_end.set()


def test_closing_writes_what_waits_and_takes_nothing_more() -> None:
    writer = FakeWriter()
    writer.hold()
    with Gatherer(writer.write) as gatherer:
        submit(gatherer, 0)
        assert writer.has_begun.wait(SOON)
        waiting = [submit(gatherer, number, num_activities=10) for number in range(1, 40)]
        threading.Timer(0.05, writer.may_end.set).start()

    assert [result.result(0) for result in waiting] == [number * 2 for number in range(1, 40)]
    with pytest.raises(NotWrittenError, match="shutting down"):
        submit(gatherer, 99)


def test_a_caller_who_left_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    writer = FakeWriter()
    writer.hold()

    with Gatherer(writer.write) as gatherer:
        submit(gatherer, 0)
        assert writer.has_begun.wait(SOON)
        left, stays = submit(gatherer, 1), submit(gatherer, 2)
        left.cancel()
        writer.may_end.set()

        assert stays.result(SOON) == 4

    assert caplog.text == ""
