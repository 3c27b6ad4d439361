"""Alerts: cost at 5,000 open conversations, time until what is to be told is on disk, trying 30 days.

python -m tests.benchmarks.watching_rules
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select

from ingest.pipeline import Pipeline
from ingest.sources.demo.source import DemoSource
from live.alerts.engine import AlertEngine
from live.floor import Floor
from metrics.alerts.built_in import BUILT_IN
from metrics.alerts.checking import rule_from
from metrics.alerts.past import try_on_past
from metrics.alerts.promises import Promises
from metrics.alerts.rulebook import RuleBook
from metrics.derive import Deriver
from metrics.need import Targets
from metrics.rules import Rules
from metrics.sentiment import Scorer, TextBlobEngine
from metrics.settle import settle
from store.alerts.tables import delivery
from store.engine import Store, open_store
from store.tables import conversation
from tests.unit.floor_rows import NOW, facts, save

NUM_OPEN = 5_000
ROWS_A_READING = 10  # 100 events a second, ten readings a second
READINGS = 300
FALLS = 40
RULES = (
    rule_from({"name": "Mood", "kind": "sentiment", "at_risk": -0.3, "targets": ["desk"]}, rule_id="mood"),
    rule_from({"name": "Queue wait", "kind": "longest_wait", "per": "queue"}, rule_id="queue-wait"),
    rule_from({"name": "Floor mood", "kind": "metric", "metric": "live_sentiment"}, rule_id="floor-mood"),
)


def rows(dice: random.Random) -> dict[int, dict[str, Any]]:
    return {key: row(key, dice) for key in range(1, NUM_OPEN + 1)}


def row(key: int, dice: random.Random) -> dict[str, Any]:
    waits = dice.random() < 0.1
    state = {"state": "waiting", "escalated_ms": NOW - dice.randrange(50_000)} if waits else {}
    queue = f"Queue{dice.randrange(12)}"
    where = {"queue": queue, "escalation_queue": queue if waits else ""}
    return facts(key, **state, **where, sentiment_micro=dice.randrange(-320_000, 600_000), num_messages=dice.randrange(9))


def book() -> RuleBook:
    return RuleBook(RULES, promises=Promises(Targets(wait_seconds=60)), known_targets={"desk"})


def cost(store: Store) -> None:
    """Readings as the floor hands them over: the part of the floor's thread, and that of the engine's, commits included."""
    dice, now_ms = random.Random(1), NOW
    engine = AlertEngine(book(), now_ms=lambda: now_ms)
    open_rows: dict[int, Mapping[str, Any]] = dict(rows(dice))
    engine.begins(store)
    engine.saw(open_rows, open_rows.keys(), {}, [], now_ms)
    began = time.perf_counter()
    engine.pump()
    print(
        f"first reading, {NUM_OPEN:,} rows: {(time.perf_counter() - began) * 1000:.0f} ms, {engine.board.board.num_rows} alerts"
    )
    floor_ms, engine_ms, cpu_began = [], [], time.process_time()
    for number in range(READINGS):
        now_ms += 100
        touched = {dice.randrange(1, NUM_OPEN + 1) for _ in range(ROWS_A_READING)}
        open_rows |= {key: row(key, dice) for key in touched}
        seen = set(open_rows) if number % 10 == 0 else touched  # each second every row that grows is touched
        began = time.perf_counter()
        engine.saw(open_rows, seen, {}, [], now_ms)
        floor_ms.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        engine.pump()
        engine_ms.append((time.perf_counter() - began) * 1000)
    cpu = time.process_time() - cpu_began
    print(f"floor's thread a reading: median {statistics.median(floor_ms):.3f} ms, p95 {p95(floor_ms):.3f} ms")
    print(f"engine's thread a reading: median {statistics.median(engine_ms):.2f} ms, p95 {p95(engine_ms):.2f} ms")
    print(f"processor: {cpu / (READINGS / 10) * 100:.1f} % of one core at 100 events a second (making the rows included)")


def past(store: Store) -> None:
    """Thirty days of the simulated floor, each built-in rule tried on all of it."""
    end = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    now_ms, source = round(end.timestamp() * 1000), DemoSource(7, until=end)
    deriver = Deriver(Rules(), Scorer(TextBlobEngine(), default_language="en"))
    pipeline = Pipeline(store, deriver, now_ms=lambda: now_ms)
    for page in source.pages(None):
        pipeline.write([(source, record) for record in page.records])
    settle(store, deriver, now_ms=now_ms)
    for rule in BUILT_IN:
        began, cpu_began = time.perf_counter(), time.process_time()
        *_, trial = try_on_past(store, rule, days=30, zone="UTC", now_ms=now_ms, promises=Promises(), rules=Rules())
        took, cpu = time.perf_counter() - began, time.process_time() - cpu_began
        print(f"{rule.rule_id} on 30 days: {took:.1f} s, of the processor {cpu:.1f} s, {trial.num_firings:,} firings")


async def latency(store: Store) -> None:
    """From the commit of a conversation that falls to its delivery on disk, through a floor with 5,000 open."""
    dice, done = random.Random(2), asyncio.Event()
    loop = asyncio.get_running_loop()
    engine = AlertEngine(book(), now_ms=lambda: NOW, told=lambda: loop.call_soon_threadsafe(done.set))
    floor = Floor(store, now_ms=lambda: NOW, observers=[engine])
    fine = [facts(key, queue="Q", sentiment_micro=100_000, due_ms=2**53) for key in range(1, NUM_OPEN + 1)]
    with store.write() as connection:
        connection.execute(insert(conversation), fine)
    await engine.start()
    await floor.start()
    while not floor.checked_ms or floor.board.num_rows < NUM_OPEN:
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    took = []
    for _ in range(FALLS):
        key = dice.randrange(1, NUM_OPEN + 1)
        await asyncio.sleep(dice.random() * 0.3)
        done.clear()
        await asyncio.to_thread(save, store, facts(key, queue="Q", sentiment_micro=-700_000, due_ms=2**53))
        began = time.perf_counter()
        await asyncio.wait_for(done.wait(), 10)
        took.append((time.perf_counter() - began) * 1000)
        await asyncio.to_thread(save, store, facts(key, queue="Q", sentiment_micro=100_000, due_ms=2**53))
        await asyncio.sleep(0.3)
    await floor.stop()
    await engine.stop()
    with store.read() as connection:
        written = connection.execute(select(func.count()).select_from(delivery)).scalar_one()
    print(
        f"committed to delivery on disk: median {statistics.median(took):.0f} ms, p95 {p95(took):.0f} ms ({written} deliveries)"
    )


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="floorwalker-") as folder:
        for name, measure in (("cost", cost), ("latency", lambda store: asyncio.run(latency(store))), ("past", past)):
            store = open_store(f"sqlite:///{folder}/{name}.db")
            measure(store)
            store.close()


if __name__ == "__main__":
    main()
