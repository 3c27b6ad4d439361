"""How many viewers a page with `run_every="2s"` and no other care can serve, beside the product."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.benchmarks.figures import Figure, at_least, format_number
from tests.benchmarks.live.children import Child
from tests.benchmarks.live.crowds import MANY, NUM_OPEN
from tests.benchmarks.live.found import Found
from tests.benchmarks.live.rig import EVENTS_A_SECOND, GRACE_SECONDS, Rig
from tests.benchmarks.live.sightings import quantile_of
from tests.benchmarks.server import START_SECONDS, clean_environment, free_port

PAGE = Path(__file__).with_name("polling_page.py")
# Alone, such a page shows an event within 2 s, 95 % within 1.9: half a second more is its being busy.
MOST_P95_MS = 2_500.0
STEP = 5
SECONDS = 10.0
LEAST_RATIO = 10.0


def polling(folder: Path, port: int, say: Callable[[str], None]) -> Found:
    """Add viewers until they no longer see events in time."""
    with (
        Rig(folder, num_open=NUM_OPEN, port=port) as rig,
        _served(rig.server.database_url, folder, port + 1 if port else free_port()) as host,
        Child("tests.benchmarks.live.polling_process", host) as viewers,
    ):
        served, p95s = 0, []
        while served < MANY // LEAST_RATIO + STEP:
            viewers.ask("open", count=STEP)
            p95s.append(_p95(rig, viewers, folder / "polled.json"))
            say(f"{served + STEP} viewers of the polling page: 95 % within {p95s[-1]:.0f} ms")
            if p95s[-1] > MOST_P95_MS:
                break
            served += STEP
    name = 'viewers of a page with run_every="2s"'
    figures = [
        Figure(f"{name} who see events within {MOST_P95_MS / 1000:g} s (95 %)", served, ""),
        Figure(f"the product's {MANY} viewers ÷ those", MANY / max(served, 1), "", at_least(LEAST_RATIO)),
    ]
    steps = ", ".join(f"{STEP * at}: {format_number(p95)} ms" for at, p95 in enumerate(p95s, start=1))
    return Found(figures, notes=[f"{name}, events of the same traffic, 95 % within: {steps}"])


def _p95(rig: Rig, viewers: Child, events: Path) -> float:
    rig.traffic.ask("run", rate=EVENTS_A_SECOND, seconds=3, events=str(events))
    viewers.ask("watch")
    rig.traffic.ask("run", rate=EVENTS_A_SECOND, seconds=SECONDS, events=str(events))
    time.sleep(2 * GRACE_SECONDS + MOST_P95_MS / 1000)
    answer = viewers.ask("sightings", events=str(events))
    return quantile_of(Counter({delay: count for delay, count in answer["delays"]}), 0.95)


@contextmanager
def _served(database_url: str, folder: Path, port: int) -> Iterator[str]:
    """The page as Streamlit serves it by itself, but for its watcher of files, with which it would open more slowly still."""
    options = {"server.port": port, "server.address": "localhost", "server.headless": "true", "server.fileWatcherType": "none"}
    flags = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    environment = clean_environment() | {"BENCHMARK_DATABASE_URL": database_url}
    with (folder / "polling.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(PAGE), *flags],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait_for(f"http://localhost:{port}/_stcore/health")
        yield f"localhost:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError("the polling page does not answer")
