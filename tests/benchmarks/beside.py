"""Beside: how soon the floor shows what happens while a file of all messages is made and a bulk load runs, and while neither."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

from tests.benchmarks import made_history
from tests.benchmarks.figures import Figure, Sheet, at_most, quantile
from tests.benchmarks.live.found import COLUMNS
from tests.benchmarks.live.rig import Rig, Watched
from tests.benchmarks.server import ROOT, FloorServer
from tests.benchmarks.word_salad import write_folder

SCALES = (1_000_000, 100_000)
NUM_OPEN = 200
WARM_UP_SECONDS, SECONDS = 3, 15.0
ROUNDS = 3
LOADED_CONVERSATIONS = 12_000
MOST_TIMES = 2.0
# Until both have started: what Python imports is not what is asked.
START_SECONDS = 3.0


def measure(port: int = 0) -> Sheet:
    """One viewer of a floor whose database holds a long history; quiet and busy in turns."""
    history = next((path for scale in SCALES if (path := made_history.path_of(scale)).exists()), None)
    if history is None:
        raise SystemExit(f"make bench-data SCALE={SCALES[0]} first")
    with tempfile.TemporaryDirectory(prefix="floorwalker-bench-", dir=history.parent) as name:
        folder = Path(name)
        shutil.copy(history, folder / "floor.db")
        bulk = folder / "bulk"
        write_folder(bulk, conversations=LOADED_CONVERSATIONS, seed=1, until=datetime.now(UTC))
        with Rig(folder, num_open=NUM_OPEN, port=port) as rig:
            rig.crowd.open(1)
            rig.watch(WARM_UP_SECONDS)
            quiet, busy = [], []
            for _ in range(ROUNDS):
                quiet.append(rig.watch(SECONDS))
                with _at_work(rig.server, folder, bulk):
                    busy.append(rig.watch(SECONDS))
        return sheet(quiet, busy, history.name)


def sheet(quiet: list[Watched], busy: list[Watched], history: str) -> Sheet:
    """What was seen, side by side."""
    ratios = [one.sightings.quantile(0.95) / other.sightings.quantile(0.95) for one, other in zip(busy, quiet, strict=True)]
    unseen = sum(each.sightings.num_unseen for each in (*quiet, *busy))
    figures = [
        Figure(
            "event accepted → frame beside an export and a load, 95 %, ÷ quiet",
            statistics.median(ratios),
            "",
            at_most(MOST_TIMES),
        ),
        Figure("the same, quiet, median of the rounds", _middle(quiet), "ms"),
        Figure("the same, beside them, median of the rounds", _middle(busy), "ms"),
        Figure("event sent → accepted, quiet, 95 % within", _posting(quiet), "ms"),
        Figure("event sent → accepted, beside them, 95 % within", _posting(busy), "ms"),
        Figure("events that a viewer was not shown", unseen, "", at_most(0)),
    ]
    rows = [watched.row(name) for name, each in (("quiet", quiet), ("beside", busy)) for watched in each]
    work = f"all messages are written as CSV and {LOADED_CONVERSATIONS:,} files are loaded, again and again"
    notes = [f"a floor over {history}, while {work}"]
    return Sheet("Live beside other work", figures, COLUMNS, rows, notes)


def _middle(rounds: list[Watched]) -> float:
    return statistics.median(each.sightings.quantile(0.95) for each in rounds)


def _posting(rounds: list[Watched]) -> float:
    return 1000 * quantile([seconds for each in rounds for seconds in each.posting], 0.95)


@contextmanager
def _at_work(server: FloorServer, folder: Path, bulk: Path) -> Iterator[None]:
    """An export of every message and a load of `bulk`, both begun again when they end."""
    export = [sys.executable, "-m", "metrics", "export", "messages", "-o", str(folder / "messages.csv")]
    load = [sys.executable, "-m", "ingest", "load", str(bulk), "--json"]
    over = Event()
    threads = [Thread(target=_again_and_again, args=(command, server, over)) for command in (export, load)]
    for thread in threads:
        thread.start()
    time.sleep(START_SECONDS)
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _again_and_again(command: list[str], server: FloorServer, over: Event) -> None:
    while not over.is_set():
        process = subprocess.Popen(
            command, cwd=ROOT, env=server.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while process.poll() is None and not over.wait(0.1):
            pass
        process.kill()
        process.wait()
