"""A crowd whose server is killed and started again: how soon everybody is there, and how long anybody heard nothing."""

from __future__ import annotations

import time

from tests.benchmarks.figures import Figure, at_most, quantile
from tests.benchmarks.live.crowds import MANY, WARM_UP_SECONDS
from tests.benchmarks.live.found import Found
from tests.benchmarks.live.machine import cpu_seconds
from tests.benchmarks.live.rig import Rig

PATIENCE_SECONDS = 120.0
MOST_SECONDS = 60.0
MOST_SILENCE_SECONDS = 10.0
AFTERWARDS_SECONDS = 10.0


def returning(rig: Rig) -> Found:
    """Kill the server under the crowd, start it again; every tab has its script run, the dearest case."""
    rig.crowd.open(MANY - rig.crowd.num_viewers)
    rig.watch(WARM_UP_SECONDS)
    rig.crowd.watch()
    killed_ns = time.monotonic_ns()
    rig.server.kill()
    starting = rig.server.start()
    answers = rig.crowd.returned(since_ns=killed_ns, patience_seconds=PATIENCE_SECONDS)
    taken = cpu_seconds(rig.server.pid)
    streams = _seconds(answers, "streams_ns", killed_ns)
    sessions = _seconds(answers, "sessions_ns", killed_ns)
    silences = _seconds(answers, "silences_ns", 0)
    lost = sum(answer["lost"] for answer in answers)
    if not streams:
        raise RuntimeError("nobody has come back")
    afterwards = rig.watch(AFTERWARDS_SECONDS)
    name = f"restart, {MANY} viewers"
    figures = [
        Figure(f"{name}: not back after {PATIENCE_SECONDS:.0f} s", lost, "", at_most(0)),
        Figure(f"{name}: all painted, stream and page, after", max(*streams, *sessions), "s", at_most(MOST_SECONDS)),
        Figure(f"{name}: longest that a stream was silent", max(silences), "s", at_most(MOST_SILENCE_SECONDS)),
        Figure(f"{name}: events afterwards that a viewer was not shown", afterwards.sightings.num_unseen, "", at_most(0)),
    ]
    before = sum(answer["before_script"] for answer in answers)
    notes = [
        f"{name}: killed; it answered again after {starting:.1f} s; streams back after {quantile(streams, 0.5):.1f} s (median), "
        f"scripts run after {quantile(sessions, 0.5):.1f} s; {before} streams resumed before their tab's script had run; "
        f"all that took {taken:.1f} s of the server's processor time, its start included",
        afterwards.note("after the restart"),
    ]
    return Found(figures, [afterwards.row("after the restart")], notes)


def _seconds(answers: list[dict[str, list[int]]], name: str, since_ns: int) -> list[float]:
    return [(at_ns - since_ns) / 1e9 for answer in answers for at_ns in answer[name]]
