"""The process that posts the traffic: `python -m tests.benchmarks.live.traffic_process HOST SEED OPEN`, told by its input."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
import uvloop

from tests.benchmarks.live.children import answer_for_ever
from tests.benchmarks.live.traffic import Talk, Traffic

CONVERSATIONS_IN_A_POST = 40
CONNECTIONS = 32


class TrafficProcess:
    """Posts as many bots do: each event in a request of its own, at its own time, whatever becomes of the ones before."""

    def __init__(self, http: aiohttp.ClientSession, host: str, traffic: Traffic) -> None:
        self._http = http
        self._url = f"http://{host}/ingest/activities"
        self._traffic = traffic
        self._accepted: list[tuple[str, int, int, bool]] = []
        self._taking: list[float] = []
        self._turns: WeakKeyDictionary[Talk, asyncio.Lock] = WeakKeyDictionary()

    async def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked for."""
        name = question.pop("do")
        done: dict[str, Any] = await getattr(self, f"do_{name}")(**question)
        return done

    async def do_fill(self) -> dict[str, Any]:
        """Open all conversations."""
        batch: list[dict[str, Any]] = []
        for number, said in enumerate(self._traffic.beginnings(_now_ms()), start=1):
            batch += said
            if number % CONVERSATIONS_IN_A_POST == 0:
                await self._post(batch)
                batch = []
        if batch:
            await self._post(batch)
        return {}

    async def do_run(self, rate: float, seconds: float, events: str) -> dict[str, Any]:
        """Post at that rate; the events that were accepted are in the file then."""
        self._accepted, self._taking = [], []
        began = time.monotonic()
        posts: set[asyncio.Task[None]] = set()
        for number in range(round(rate * seconds)):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            post = asyncio.create_task(self._post_one(*self._traffic.next(_now_ms())))
            posts.add(post)
            post.add_done_callback(posts.discard)
        await asyncio.gather(*posts)
        await asyncio.to_thread(Path(events).write_text, json.dumps(self._accepted), encoding="utf-8")
        return {"accepted": len(self._accepted), "taking": self._taking}

    async def _post_one(self, activities: list[dict[str, Any]], talk: Talk, is_end: bool) -> None:
        """Post it, after what was said in that conversation before: a bot reports in order."""
        at_ms = talk.last_ms
        async with self._turns.setdefault(talk, asyncio.Lock()):
            began = time.monotonic()
            await self._post(activities)
        self._taking.append(time.monotonic() - began)
        self._accepted.append((talk.name, at_ms, time.monotonic_ns(), is_end))

    async def _post(self, activities: list[dict[str, Any]]) -> None:
        async with self._http.post(self._url, json=activities) as answer:
            told = await answer.json()
        if answer.status != 202 or told["rejected"]:
            raise RuntimeError(f"not accepted: {answer.status} {told}")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


async def main(host: str, seed: str, num_open: str) -> None:
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as http:
        await answer_for_ever(TrafficProcess(http, host, Traffic(int(seed), num_open=int(num_open))).answer)


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:4]))
