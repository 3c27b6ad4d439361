"""A process full of viewers: `python -m tests.benchmarks.live.crowd_process HOST`, told what to do by standard input."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from tests.benchmarks.live.children import answer_for_ever
from tests.benchmarks.live.follower import Frames
from tests.benchmarks.live.sightings import Event, look
from tests.benchmarks.live.viewer import Viewer


class CrowdProcess:
    """The viewers of this process."""

    def __init__(self, http: aiohttp.ClientSession, host: str) -> None:
        self._http = http
        self._host = host
        self._frames, self._other_frames = Frames(), Frames(is_floor=False)
        self._viewers: list[Viewer] = []
        self._clicking: list[asyncio.Task[None]] = []

    async def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked for."""
        name = question.pop("do")
        done: dict[str, Any] = await getattr(self, f"do_{name}")(**question)
        return done

    async def do_open(self, count: int, at_once: int) -> dict[str, Any]:
        """Open so many tabs more; their first paints."""
        slots = asyncio.Semaphore(at_once)

        async def one() -> Viewer:
            async with slots:
                return await Viewer.open(self._http, self._host, self._frames, self._other_frames)

        opened = await asyncio.gather(*(one() for _ in range(count)))
        self._viewers += opened
        return {"first_paints": [viewer.first_paint_seconds for viewer in opened]}

    async def do_watch(self) -> dict[str, Any]:
        """From now on is counted."""
        for viewer in self._viewers:
            for follower in (viewer.follower, *viewer.others.values()):
                follower.seen.clear()
            viewer.follower.breaks.clear()
            viewer.follower.longest_silence_ns = 0
            viewer.returns.clear()
            viewer.faults.clear()
        return {}

    async def do_click(self, count: int, every: float) -> dict[str, Any]:
        """So many of the viewers use the filter from now on, each `every` seconds."""
        clicking = self._viewers[:count]
        self._clicking = [asyncio.create_task(viewer.click_for_ever(every)) for viewer in clicking]
        return {}

    async def do_rest(self) -> dict[str, Any]:
        """No more clicking; how long the clicks took."""
        for task in self._clicking:
            task.cancel()
        clicks = [seconds for viewer in self._viewers for seconds in viewer.clicks]
        for viewer in self._viewers:
            viewer.clicks.clear()
        return {"clicks": clicks}

    async def do_sightings(self, events: str) -> dict[str, Any]:
        """What was seen of the events in that file."""
        lines = json.loads(await asyncio.to_thread(Path(events).read_bytes))
        found = look([viewer.follower.seen for viewer in self._viewers], [Event(*line) for line in lines])
        return {
            "delays": [*found.delays.items()],
            "each_viewers_p95": found.each_viewers_p95,
            "num_unseen": found.num_unseen,
            "frames": sum(len(viewer.follower.seen) for viewer in self._viewers),
            "faults": [fault for viewer in self._viewers for fault in viewer.faults],
        }

    async def do_returned(self, since_ns: int, patience: float) -> dict[str, Any]:
        """Wait until every stream and every session has come back since then: when, and by what."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and not all(_is_back(viewer, since_ns) for viewer in self._viewers):
            await asyncio.sleep(0.05)
        back = [viewer for viewer in self._viewers if _is_back(viewer, since_ns)]
        return {
            "lost": len(self._viewers) - len(back),
            "streams_ns": [viewer.follower.breaks[-1].until_ns for viewer in back],
            "sessions_ns": [viewer.returns[-1].finished_ns for viewer in back],
            "silences_ns": [viewer.follower.longest_silence_ns for viewer in self._viewers],
            "before_script": sum(viewer.follower.breaks[-1].until_ns < viewer.returns[-1].finished_ns for viewer in back),
            "snapshots": sum(viewer.follower.breaks[-1].resumed_by == "snapshot" for viewer in back),
            "faults": [fault for viewer in self._viewers for fault in viewer.faults],
        }


def _is_back(viewer: Viewer, since_ns: int) -> bool:
    has_stream = bool(viewer.follower.breaks) and viewer.follower.breaks[-1].until_ns > since_ns
    return has_stream and bool(viewer.returns) and viewer.returns[-1].finished_ns > since_ns


async def main(host: str) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        await answer_for_ever(CrowdProcess(http, host).answer)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
