"""Who follows the floor inside the process: told in the floor's thread, after viewers, and unable to hurt the floor."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

import pytest
from sqlalchemy import insert

from live import floor as floor_module
from live.floor import Floor
from live.watch import Watch
from metrics.need import Targets
from store.engine import Store
from store.tables import source
from tests.unit.floor_rows import NOW, ended, facts, save


class Notebook:
    """An observer that writes down what it is told."""

    def __init__(self) -> None:
        self.stores: list[Store] = []
        self.readings: list[dict[str, Any]] = []
        self.threads: set[str] = set()

    def begins(self, store: Store) -> None:
        self.stores.append(store)

    def saw(
        self,
        open_rows: Mapping[int, Mapping[str, Any]],
        touched_keys: Set[int],
        tiles: Mapping[str, Any],
        sources: Sequence[Mapping[str, Any]],
        now_ms: int,
    ) -> None:
        self.threads.add(threading.current_thread().name)
        names = {key: row["customer_name"] for key, row in open_rows.items()}
        self.readings.append(
            {"open": names, "touched": set(touched_keys), "num_open": tiles["open"], "sources": list(sources), "now_ms": now_ms}
        )


class Clumsy:
    """An observer that fails whatever it is told."""

    def begins(self, store: Store) -> None:
        raise OSError("no place")

    def saw(self, *_seen: Any) -> None:
        raise RuntimeError("cannot see")


def test_reading_names_what_is_open_what_was_touched_and_what_left(store: Store) -> None:
    watch = Watch(store, now_ms=lambda: NOW, targets=Targets())
    save(store, facts(1), facts(2), facts(3))

    watch.load()
    assert (set(watch.seen().open_rows), watch.seen().touched_keys) == ({1, 2, 3}, {1, 2, 3})

    save(store, ended(1, "resolved"), facts(2))
    watch.follow()
    assert (set(watch.seen().open_rows), watch.seen().touched_keys) == ({2, 3}, {1, 2})


def test_reading_anew_touches_also_what_is_no_longer_there(store: Store) -> None:
    watch = Watch(store, now_ms=lambda: NOW, targets=Targets())
    save(store, facts(1), facts(2))
    watch.load()
    save(store, gone=(1,))

    watch.load()

    assert watch.seen().touched_keys == {1, 2}


def test_tick_touches_those_whose_need_grows(store: Store) -> None:
    watch = Watch(store, now_ms=lambda: NOW, targets=Targets())
    save(store, facts(1, state="waiting", escalated_ms=NOW - 30_000), facts(2))
    watch.load()

    watch.tick()

    assert watch.seen().touched_keys == {1}


def test_observer_is_told_the_database_then_each_reading_in_the_floors_thread(
    store: Store, run_floor: Callable[[Floor, Callable[[], bool]], None]
) -> None:
    with store.write() as connection:
        connection.execute(
            insert(source),
            {"name": "demo", "last_event_ms": NOW, "last_seen_ms": NOW, "accepted": 1, "duplicates": 0, "is_simulated": False},
        )
    save(store, facts(7))
    notes = Notebook()

    run_floor(Floor(store, now_ms=lambda: NOW, observers=[notes]), lambda: len(notes.readings) >= 3)

    assert notes.stores == [store]
    assert notes.threads == {"floor"}
    first = notes.readings[0]
    assert (first["open"], first["touched"], first["num_open"], first["now_ms"]) == ({7: "Customer 7"}, {7}, 1, NOW)
    assert [item["name"] for item in first["sources"]] == ["demo"]


def test_observer_that_fails_hurts_neither_the_floor_nor_the_others(
    store: Store, run_floor: Callable[[Floor, Callable[[], bool]], None], caplog: pytest.LogCaptureFixture
) -> None:
    save(store, facts(7))
    notes = Notebook()
    floor = Floor(store, now_ms=lambda: NOW, observers=[Clumsy(), notes])

    run_floor(floor, lambda: len(notes.readings) >= 3)

    assert floor.board.num_rows == 1
    assert "observer of the floor failed: error=RuntimeError" in caplog.text


@pytest.fixture
def run_floor(monkeypatch: pytest.MonkeyPatch) -> Callable[[Floor, Callable[[], bool]], None]:
    """Runs a floor on an event loop until something holds."""
    monkeypatch.setattr(floor_module, "TICK_SECONDS", 0.02)
    monkeypatch.setattr(floor_module, "GATHER_SECONDS", 0.01)

    def run(floor: Floor, holds: Callable[[], bool]) -> None:
        async def until_it_holds() -> None:
            await floor.start()
            deadline = time.monotonic() + 5
            while not holds() and time.monotonic() < deadline:
                await asyncio.sleep(0.01)
            await floor.stop()

        asyncio.run(until_it_holds())
        assert holds(), "it did not happen within 5 s"

    return run
