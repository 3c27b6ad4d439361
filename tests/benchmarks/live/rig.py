"""What is measured and what measures it: a server, the traffic that is posted to it, the crowd that watches."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.benchmarks.figures import format_number, quantile
from tests.benchmarks.live.children import Child
from tests.benchmarks.live.crowd import Crowd
from tests.benchmarks.live.machine import Share
from tests.benchmarks.live.sightings import Sightings
from tests.benchmarks.server import FloorServer

EVENTS_A_SECOND = 100
CROWD_PROCESSES = 3
SEED = 20260302
# After the last event: what is still on its way arrives.
GRACE_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Watched:
    """What a crowd saw while traffic was posted, and what that took of the machine (shares of one core)."""

    sightings: Sightings
    frames_a_second: float  # each viewer
    posting: list[float]  # seconds from sending an event to its 202
    server_share: float
    load_share: float
    faults: list[str]

    def row(self, name: str) -> tuple[str, ...]:
        """Of the table of delays."""
        seen = self.sightings
        delays = (*(seen.quantile(share) for share in (0.5, 0.95, 0.99)), max(seen.each_viewers_p95))
        return name, *(format_number(delay) for delay in delays), f"{self.server_share:.0%}", f"{self.load_share:.0%}"

    def note(self, name: str) -> str:
        """What the table has no column for."""
        slowest = 1000 * quantile(self.posting, 0.95)
        faults = f"; {len(self.faults)} faults: {', '.join(sorted(set(self.faults)))}" if self.faults else ""
        return (
            f"{name}: {self.sightings.delays.total():,} sightings, {format_number(self.frames_a_second)} frames a second "
            f"and viewer; event sent → accepted, 95 % within {format_number(slowest)} ms{faults}"
        )


class Rig:
    """A server with conversations open on it, a process that posts, and processes of viewers."""

    def __init__(self, folder: Path, *, num_open: int, port: int = 0, app: str = "") -> None:
        self.server = FloorServer(folder, port=port, app=app)
        self._events = folder / "events.json"
        self._num_open = num_open
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(self.server)
        arguments = (self.server.host, str(SEED), str(self._num_open))
        self.traffic = self._stack.enter_context(Child("tests.benchmarks.live.traffic_process", *arguments))
        self.crowd = self._stack.enter_context(Crowd(self.server.host, processes=CROWD_PROCESSES))
        self.traffic.ask("fill")
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def another_crowd(self) -> Crowd:
        """One that is opened beside, in a process of its own."""
        return Crowd(self.server.host, processes=1)

    def watch(self, seconds: float, *, rate: float = EVENTS_A_SECOND) -> Watched:
        """Have everybody watch while events are posted for so long."""
        self.begin_watching(seconds, rate=rate)
        return self.end_watching(seconds)

    def begin_watching(self, seconds: float, *, rate: float = EVENTS_A_SECOND) -> None:
        """The same in two steps, for those who have something to do meanwhile."""
        self.crowd.watch()
        self._server_share = Share.since_now(self.server.pid)
        self._load_share = Share.since_now(*self.crowd.pids, self.traffic.pid)
        self.traffic.tell("run", rate=rate, seconds=seconds, events=str(self._events))

    def end_watching(self, seconds: float) -> Watched:
        """Wait until all is posted and has had its time to arrive."""
        posted = self.traffic.answer()
        shares = self._server_share.so_far(), self._load_share.so_far()
        time.sleep(GRACE_SECONDS)
        seen = self.crowd.seen(self._events)
        frames = seen.num_frames / self.crowd.num_viewers / (seconds + GRACE_SECONDS)
        return Watched(seen.sightings, frames, posted["taking"], *shares, seen.faults)
