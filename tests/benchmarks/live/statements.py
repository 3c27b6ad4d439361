"""Database work for one change: statements are counted within the server, with one viewer and with many."""

from __future__ import annotations

import time
from pathlib import Path

import httpx

from tests.benchmarks.figures import Figure, at_most, format_number
from tests.benchmarks.live.counted_dashboard import PATH
from tests.benchmarks.live.found import Found
from tests.benchmarks.live.rig import Rig

APP = "tests.benchmarks.live.counted_dashboard:app"
NUM_OPEN = 60
MANY = 100
SECONDS = 10.0
EVENTS_A_SECOND = 5.0  # so far apart that no two are told together
MOST_RATIO = 1.1


def statements(folder: Path, port: int) -> Found:
    """A change must cost the same whether one or a hundred watch."""
    with Rig(folder, num_open=NUM_OPEN, port=port, app=APP) as rig:
        rig.crowd.open(1)
        one = _for_a_change(rig)
        rig.crowd.open(MANY - 1)
        many = _for_a_change(rig)
    figures = [
        Figure(f"statements for a change, {MANY} viewers ÷ one", many / one, "", at_most(MOST_RATIO)),
        Figure(f"statements for a change, {MANY} viewers", many, ""),
    ]
    return Found(figures, notes=[f"statements for a change, written and shown: {format_number(one)} with one viewer"])


def _for_a_change(rig: Rig) -> float:
    """Statements of some seconds with events, less those of some seconds without, for each event."""
    time.sleep(1)
    idle = _during(rig, lambda: time.sleep(SECONDS + 1.5))
    busy = _during(rig, lambda: rig.watch(SECONDS, rate=EVENTS_A_SECOND))
    return (busy - idle) / (SECONDS * EVENTS_A_SECOND)


def _during(rig: Rig, work: object) -> int:
    before = _count(rig)
    assert callable(work)
    work()
    return _count(rig) - before


def _count(rig: Rig) -> int:
    answer = httpx.get(f"{rig.server.url}{PATH}", trust_env=False)
    answer.raise_for_status()
    return int(answer.json()["statements"])
