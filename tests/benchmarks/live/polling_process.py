"""A process full of viewers of the polling page: `python -m tests.benchmarks.live.polling_process HOST`."""

from __future__ import annotations

import asyncio
import bisect
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from tests.benchmarks.live.children import answer_for_ever
from tests.benchmarks.live.session import Session
from tests.benchmarks.live.sightings import NEVER_MS, Event


class PollingProcess:
    """Viewers whose browser asks for the fragment again as often as the page said."""

    def __init__(self, http: aiohttp.ClientSession, host: str) -> None:
        self._http = http
        self._host = host
        self._seen: list[list[tuple[int, int]]] = []  # each viewer: when, and the newest event's time shown then
        self._viewers: list[asyncio.Task[None]] = []

    async def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked for."""
        name = question.pop("do")
        done: dict[str, Any] = await getattr(self, f"do_{name}")(**question)
        return done

    async def do_open(self, count: int) -> dict[str, Any]:
        """Open so many tabs more, one after the other."""
        for _ in range(count):
            session = Session(self._http, self._host)
            await session.connect()
            await session.run()
            seen: list[tuple[int, int]] = []
            self._seen.append(seen)
            self._viewers.append(asyncio.create_task(self._watch(session, seen)))
        return {}

    async def do_watch(self) -> dict[str, Any]:
        """From now on is counted."""
        for seen in self._seen:
            seen.clear()
        return {}

    async def do_sightings(self, events: str) -> dict[str, Any]:
        """The delays of the events in that file."""
        lines = json.loads(await asyncio.to_thread(Path(events).read_bytes))
        delays: Counter[int] = Counter()
        for event in (Event(*line) for line in lines):
            for seen in self._seen:
                # The page is as new as its newest event: it shows all that came before.
                at = bisect.bisect_left(seen, event.at_ms, key=lambda one: one[1])
                delays[max(0, (seen[at][0] - event.accepted_ns) // 1_000_000) if at < len(seen) else NEVER_MS] += 1
        return {"delays": [*delays.items()]}

    async def _watch(self, session: Session, seen: list[tuple[int, int]]) -> None:
        seconds, fragment = session.page.fragment_seconds, session.page.fragment
        await asyncio.sleep(seconds * random.random())
        while True:
            took = await session.run(fragment=fragment)
            seen.append((time.monotonic_ns(), int(session.page.texts[-1])))
            await asyncio.sleep(max(0.0, seconds - took))


async def main(host: str) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:
        await answer_for_ever(PollingProcess(http, host).answer)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
