"""The server's parts put together: store, live floor, push endpoint, background sources, and what pages may use of them."""

from __future__ import annotations

import asyncio
import gc
import logging
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from ingest import receiver
from ingest.gather import Gatherer
from ingest.replay import replay
from ingest.running import SourceRunner
from ingest.sources.demo.player import DemoPlayer
from live import stream
from live.floor import Floor
from live.tokens import issue_token
from metrics.need import Targets
from metrics.settle import settle
from pages.runtime import Runtime, install
from settings import Settings
from wiring import Wired, demo_wanted, wire

log = logging.getLogger(__name__)

# With nothing to do, time still closes conversations: this often it is looked at.
SETTLE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Server:
    """Everything one dashboard process consists of, made but not started."""

    wired: Wired
    floor: Floor
    gatherer: Gatherer[Any, Any]
    sources: SourceRunner
    demo: DemoPlayer | None
    secret: str

    def routes(self) -> list[BaseRoute]:
        """The push endpoint, the live stream and health."""
        return [
            *receiver.routes(self.gatherer.accept, token=self.wired.settings.ingest_token, now=lambda: datetime.now(UTC)),
            *stream.routes(self.floor, secret=self.secret, now_ms=self.wired.now_ms),
            Route("/healthz", self._health),
        ]

    async def _health(self, _request: Request) -> JSONResponse:
        newest = await asyncio.to_thread(self.wired.store.changes.latest)
        return JSONResponse({"status": "ok", "change": newest, "simulated": self.wired.is_demo})

    @asynccontextmanager
    async def lifespan(self, _app: object) -> AsyncIterator[None]:
        """Start the threads, hand the pages their runtime; stop and let go at the end."""
        install(self.runtime())
        with self.gatherer:
            await self.floor.start()
            self.sources.start()
            if self.demo is not None:
                self.demo.start()
            settling = asyncio.create_task(self._settle_for_ever())
            _freeze()
            try:
                yield
            finally:
                settling.cancel()
                await asyncio.to_thread(self._stop_threads)
                await self.floor.stop()
        self.wired.store.close()

    def _stop_threads(self) -> None:
        self.sources.stop()
        if self.demo is not None:
            self.demo.stop()

    async def _settle_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SETTLE_SECONDS)
            try:
                await asyncio.to_thread(self._settle)
            except Exception:  # the next round tries again; pages settle for themselves and show what is wrong
                log.exception("settling failed")

    def _settle(self) -> None:
        settle(self.wired.store, self.wired.deriver, now_ms=self.wired.now_ms())

    def runtime(self) -> Runtime:
        """What pages see of this server."""
        wired = self.wired

        def stream_token() -> str:
            return issue_token(self.secret, viewer="local", role="supervisor", scope=stream.SCOPE, now_ms=wired.now_ms())

        def replay_records(ids: Sequence[int]) -> Sequence[Any]:
            return replay(wired.store, wired.pipeline, ids, now_ms=wired.now_ms())

        return Runtime(
            store=wired.store,
            rules=wired.rules,
            deriver=wired.deriver,
            floor=self.floor,
            now_ms=wired.now_ms,
            is_demo=wired.is_demo,
            stream_path=stream.PATH,
            stream_token=stream_token,
            settle=self._settle,
            replay=replay_records,
            demo_progress=lambda: None if self.demo is None else self.demo.progress(),
            time_zone=wired.settings.time_zone,
        )


def build(settings: Settings) -> Server:
    """The server that these settings describe."""
    is_demo = demo_wanted(settings)
    wired = wire(settings, demo=is_demo)
    targets = Targets(
        wait_seconds=settings.wait_target_seconds,
        wait_seconds_by_queue=settings.wait_target_seconds_by_queue,
        sentiment_threshold_micro=round(settings.sentiment_threshold * 1_000_000),
    )
    demo = None
    if is_demo:
        demo = DemoPlayer(wired.store, wired.pipeline, seed=settings.demo_seed, days=settings.demo_days, now_ms=wired.now_ms)

    def settle_now() -> None:
        settle(wired.store, wired.deriver, now_ms=wired.now_ms())

    return Server(
        wired=wired,
        floor=Floor(wired.store, now_ms=wired.now_ms, targets=targets, settle=settle_now),
        gatherer=Gatherer(wired.pipeline.write),
        sources=SourceRunner(wired.store, wired.pipeline, () if is_demo else settings.sources),
        demo=demo,
        secret=settings.session_secret or secrets.token_urlsafe(32),
    )


def _freeze() -> None:
    """Take what is imported out of the collector's sight: Streamlit runs a full collection after every script run."""
    import pages.imports  # noqa: F401, PLC0415 - everything that pages will import, so that it is frozen too

    gc.collect()
    gc.freeze()
