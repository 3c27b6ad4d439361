"""One viewer: a tab with its session and its stream, that comes back by itself and may click."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp

from tests.benchmarks.live.follower import Follower, Frames
from tests.benchmarks.live.session import ScriptFailedError, Session

RENEW_BEFORE_MS = 4 * 60 * 1000  # as in stream.js
FIRST_PAINT_SECONDS = 120.0


@dataclass(slots=True)
class Returned:
    """One return of the session after a break: when it was connected again, and when the script had run."""

    connected_ns: int
    finished_ns: int


@dataclass(slots=True)
class Viewer:
    """Session and stream of one tab."""

    session: Session
    follower: Follower  # of the floor
    make_follower: Callable[[], Follower]  # of another stream
    others: dict[str, Follower] = field(default_factory=dict)
    first_paint_seconds: float = 0.0
    returns: list[Returned] = field(default_factory=list)
    clicks: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    async def open(cls, http: aiohttp.ClientSession, host: str, frames: Frames, other_frames: Frames) -> Viewer:
        """Open the page; returns when the script has run and the floor is painted."""
        viewer = cls(Session(http, host), Follower(http, host, frames), lambda: Follower(http, host, other_frames))
        began = time.perf_counter()
        async with asyncio.timeout(FIRST_PAINT_SECONDS):
            await viewer.session.connect()
            await viewer.session.run()
            await viewer._hand_over_tokens()
            viewer._tasks.append(asyncio.create_task(viewer.follower.follow_for_ever()))
            await viewer.follower.painted.wait()
        viewer.first_paint_seconds = time.perf_counter() - began
        viewer._tasks += [asyncio.create_task(viewer._come_back_for_ever()), asyncio.create_task(viewer._renew_for_ever())]
        return viewer

    async def click_for_ever(self, every_seconds: float) -> None:
        """Use the text filter over and over."""
        await asyncio.sleep(every_seconds * random.random())  # not all at once
        while True:
            took = await self._run(types=True)
            if took is not None:
                self.clicks.append(took)
            await asyncio.sleep(every_seconds)

    async def close(self) -> None:
        """Close the tab."""
        for task in self._tasks:
            task.cancel()
        await self.session.close()

    async def _come_back_for_ever(self) -> None:
        """Be there again whenever the session was lost, with a run of the script.

        Streamlit's client asks for a run only where one was under way; that every tab does is the dearest case.
        """
        while True:
            await self.session.lost.wait()
            await self.session.come_back()
            connected_ns = time.monotonic_ns()
            if await self._run():
                self.returns.append(Returned(connected_ns, time.monotonic_ns()))

    async def _renew_for_ever(self) -> None:
        """Have the script run when the token is about to end, or is taken no more."""
        while True:
            await asyncio.sleep(5)
            if self.follower.refused.is_set() or 0 < self.follower.expires_in_ms < RENEW_BEFORE_MS * random.random():
                await self._run()

    async def _run(self, *, types: bool = False) -> float | None:
        try:
            took = await self.session.run(types=types)
        except (ConnectionError, ScriptFailedError, TimeoutError) as error:
            self.faults.append(str(error) or type(error).__name__)
            return None
        await self._hand_over_tokens()
        return took

    async def _hand_over_tokens(self) -> None:
        """To the floor, and to whatever else on the page follows a stream of its own."""
        streams = dict(self.session.page.streams)
        floor = next((name for name in streams if name.endswith("floor")), None)
        if floor is None:
            raise ScriptFailedError("the page is not the live floor")
        await self.follower.use(*streams.pop(floor))
        for name, given in streams.items():
            if name in self.others:
                await self.others[name].use(*given)
            else:
                other = self.others[name] = self.make_follower()
                await other.use(*given)
                self._tasks.append(asyncio.create_task(other.follow_for_ever()))
