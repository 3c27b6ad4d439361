"""A fault in a background thread ends nothing, and its log line says where, not what a customer wrote."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest

from ingest.sources.demo.player import DemoPlayer
from live.floor import Floor
from store.engine import Store

SECRET = "my card is 4111"


class FaultyPipeline:
    """Fails, quoting a customer, for the first times it is asked to write."""

    def __init__(self, faults: int) -> None:
        self.left = faults
        self.written = 0

    def write(self, records: Any, *, cursor: Any = None) -> list[Any]:
        if self.left:
            self.left -= 1
            raise ValueError(SECRET)
        self.written += 1
        return []


def wait_until(is_so: Any, *, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_simulated_floor_goes_on_after_a_fault(
    store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.sources.demo.player.RETRY_SECONDS", 0.01)
    pipeline: Any = FaultyPipeline(2)
    player = DemoPlayer(store, pipeline, seed=7, days=1, now_ms=lambda: 1_772_445_600_000)

    player.start()
    wait_until(lambda: pipeline.written > 0)
    player.stop()

    assert caplog.text.count("ValueError") == 2
    assert SECRET not in caplog.text


def test_floor_that_cannot_be_read_says_where_and_not_what(
    store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_watch: Any) -> Any:
        raise KeyError(SECRET)

    monkeypatch.setattr("live.watch.Watch.load", fail)
    caplog.set_level(logging.ERROR)
    floor = Floor(store, now_ms=lambda: 1_772_445_600_000)

    floor._thread.start()
    wait_until(lambda: "KeyError" in caplog.text)
    floor._stopping.set()
    floor._thread.join(timeout=10)

    assert SECRET not in caplog.text
