"""Stages with crowds: fifty viewers, five hundred of whom some click while new ones come, a very full floor, a long time."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.figures import Figure, at_most, format_number, quantile
from tests.benchmarks.live.found import Found, row_of_times
from tests.benchmarks.live.machine import Memory
from tests.benchmarks.live.rig import Rig, Watched

WARM_UP_SECONDS = 3
FEW, MANY = 50, 500
CLICKING, CLICK_EVERY_SECONDS = 20, 2.0
NEWCOMERS = 12
NUM_OPEN, VERY_MANY_OPEN = 200, 5_000
MOST_MEGABYTES = 400
# A run of a minute or two is judged by the same growth as one of ten: what leaks, leaks at once.
MOST_GROWTH = 5.0  # %, of the last third over the first
ROUND_SECONDS = 30.0


def figures_of(name: str, watched: Watched, most_ms: float) -> list[Figure]:
    """What every crowd is judged by: the delay of all, that of the worst off, and that nobody misses anything."""
    seen = watched.sightings
    return [
        Figure(f"{name}: event accepted → frame, 95 % within", seen.quantile(0.95), "ms", at_most(most_ms)),
        Figure(f"{name}: the same for the viewer who is worst off", max(seen.each_viewers_p95), "ms", at_most(most_ms)),
        Figure(f"{name}: events that a viewer was not shown", seen.num_unseen, "", at_most(0)),
    ]


def few_viewers(rig: Rig, seconds: float) -> Found:
    """Fifty viewers of a floor on which a hundred things happen every second."""
    rig.crowd.open(FEW - rig.crowd.num_viewers)
    rig.watch(WARM_UP_SECONDS)
    watched = rig.watch(seconds)
    name = f"{FEW} viewers, {NUM_OPEN} open"
    return Found(figures_of(name, watched, 300), [watched.row(name)], [watched.note(name)])


def many_viewers(rig: Rig, seconds: float) -> Found:
    """Five hundred viewers, some of whom click, while new ones come."""
    opening = rig.crowd.open(MANY - rig.crowd.num_viewers)
    rig.crowd.click(CLICKING, every_seconds=CLICK_EVERY_SECONDS)
    rig.watch(WARM_UP_SECONDS)
    rig.begin_watching(seconds)
    first_paints = _newcomers(rig, seconds)
    watched = rig.end_watching(seconds)
    clicks = rig.crowd.rest()
    name = f"{MANY} viewers, {CLICKING} of them clicking"
    figures = [
        *figures_of(name, watched, 600),
        Figure(f"first paint of a new viewer, {MANY} being on, worst of {NEWCOMERS}", max(first_paints), "s", at_most(2)),
        Figure(f"a click, {MANY} viewers being on, 95 % within", 1000 * quantile(clicks, 0.95), "ms"),
        Figure(f"memory of the server at {MANY} viewers", _memory(rig).resident, "MB", at_most(MOST_MEGABYTES)),
    ]
    rows = [
        watched.row(name),
        row_of_times(f"first paint of the first {MANY}, opened eight at a time", opening),
        row_of_times("first paint of a new viewer meanwhile", first_paints),
        row_of_times("a click: from the change to the end of the run", clicks),
    ]
    return Found(figures, rows, [watched.note(name)])


def _newcomers(rig: Rig, seconds: float) -> list[float]:
    """New viewers come one by one, and stay."""
    with rig.another_crowd() as newcomers:
        paints = []
        for _ in range(NEWCOMERS):
            time.sleep(0.7 * seconds / NEWCOMERS)
            paints += newcomers.open(1)
        return paints


def long_time(rig: Rig, minutes: float, say: Callable[[str], None]) -> Found:
    """The same crowd for minutes: what the server holds must not grow with time."""
    rig.crowd.open(MANY - rig.crowd.num_viewers)
    rig.crowd.click(CLICKING, every_seconds=CLICK_EVERY_SECONDS)
    rig.watch(ROUND_SECONDS)  # what is kept for the first time is not what grows
    held, p95s = [], []
    for _ in range(max(3, round(minutes * 60 / ROUND_SECONDS))):
        watched = rig.watch(ROUND_SECONDS)
        held.append(_memory(rig))
        p95s.append(watched.sightings.quantile(0.95))
        say(f"{held[-1].resident:.0f} MB, {held[-1].own:.0f} MB its own, 95 % within {p95s[-1]:.0f} ms")
    rig.crowd.rest()
    third = len(held) // 3
    before, after = sum(each.own for each in held[:third]), sum(each.own for each in held[-third:])
    name = f"{minutes:g} minutes of it"
    figures = [
        Figure(f"{name}: growth of memory", 100 * (after / before - 1), "%", at_most(MOST_GROWTH)),
        Figure(f"{name}: most memory", max(each.resident for each in held), "MB", at_most(MOST_MEGABYTES)),
        Figure(f"{name}: worst half minute's 95 %", max(p95s), "ms", at_most(600)),
    ]
    each = ", ".join(f"{format_number(memory.resident)} ({format_number(memory.own)})" for memory in held)
    note = (
        "memory by the half minute, in brackets without the pages of the database's file: "
        f"{each} MB; growth is of the latter, last third over first"
    )
    return Found(figures, notes=[note])


def full_floor(folder: Path, port: int, seconds: float) -> Found:
    """Five thousand open conversations: cost follows what changes and what is shown, not what is open."""
    name = f"{FEW} viewers, {VERY_MANY_OPEN:,} open"
    with Rig(folder, num_open=VERY_MANY_OPEN, port=port) as rig:
        rig.crowd.open(FEW)
        rig.watch(WARM_UP_SECONDS)
        watched = rig.watch(seconds)
        note = f"{name}: memory {_memory(rig).resident:.0f} MB"
    return Found(figures_of(name, watched, 400), [watched.row(name)], [watched.note(name), note])


def _memory(rig: Rig) -> Memory:
    return Memory.of(rig.server.pid)
