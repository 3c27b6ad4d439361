"""The server's parts put together: databases, live floor, push endpoint, background sources, and what pages may use of them."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from databases import Databases, folder_of
from ingest import receiver
from ingest.configuration.reading import read_rules
from ingest.events import RawRecord, Source
from ingest.gather import Gatherer
from ingest.pipeline import Counts
from ingest.replay import Replayed, replay
from ingest.running import SourceRunner
from live import asking, conversation, downloads, stream
from live.alerts import board
from live.alerts.desk import AlertDesk
from live.alerts.engine import AlertEngine
from live.claims import Claims
from live.console import ConsoleLinks
from live.delivery.deliveries import Deliveries, Outbox
from live.export_desk import ExportDesk, launcher
from live.floor import Floor
from live.garbage import Garbage
from live.presence import Presence
from live.secret import kept_secret
from live.tokens import issue_token
from live.viewers import Viewer
from metrics.annotations import Annotations
from metrics.indexing import Indexer
from metrics.metric_targets import MetricTargets
from metrics.reading_ahead import read_ahead
from metrics.saved_views import SavedViews
from pages.runtime import Runtime, install
from settings import Settings
from store.engine import Store
from store.errors import describe
from store.writes import prune_changes
from wiring import (
    bands_from,
    entitlement_from,
    metric_targets_from,
    rulebook_from,
    silence_from,
    targets_from,
)

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent

# With nothing to do, time still closes conversations: this often it is looked at.
KEEP_SECONDS = 2.0
PRUNE_EVERY = 300  # rounds: ten minutes


class Server:
    """Everything one dashboard process consists of. Made once; `lifespan` starts and stops it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._rounds = 0
        self._stopping = Event()
        self._garbage = Garbage()
        self._databases = Databases(settings)
        self._now_ms = self._databases.shown.now_ms
        self._secret = settings.session_secret or kept_secret(folder_of(settings))
        self._presence = Presence()
        self._deliveries = Deliveries(settings.alert_targets, Outbox(self._store, self._now_ms, settings.public_url or ""))
        self._alerts = self._make_alerts()
        self._console = ConsoleLinks(settings.console_url or "", settings.console_url_by_source)
        self._floor = self._make_floor()
        self._metric_targets = metric_targets_from(settings)
        self._gatherer: Gatherer[tuple[Source, RawRecord], Counts] = Gatherer(self._databases.write)
        self._sources: SourceRunner | None = None
        self._indexer = Indexer(self._store)
        command = [sys.executable, "-m", "metrics", "export"]
        launch = launcher(command, folder=ROOT, environment=lambda: os.environ | self._databases.of_commands())
        self._exports = ExportDesk(launch, now_ms=self._now_ms)

    def _store(self) -> Store:
        """What is shown now."""
        return self._databases.store

    def _make_alerts(self) -> AlertEngine:
        return AlertEngine(
            rulebook_from(self._settings),
            now_ms=self._now_ms,
            is_simulated=lambda: self._databases.shown.is_demo,
            is_filling=self._is_filling,
            tells_simulated=self._settings.alert_simulated,
            told=self._deliveries.wake,
            entitlement=lambda: entitlement_from(self._settings, self._store()),
        )

    def _make_floor(self) -> Floor:
        return Floor(
            self._store(),
            now_ms=self._now_ms,
            targets=targets_from(self._settings),
            bands=bands_from(self._settings),
            silence=silence_from(self._settings),
            console=self._console,
            settle=self._databases.settle,
            watching=lambda: self._presence.counts,
            is_filling=self._is_filling,
            observers=[self._alerts],
        )

    def routes(self) -> list[BaseRoute]:
        """The push endpoint, the live stream and health."""
        return [
            *receiver.routes(self._gatherer.accept, token=self._settings.ingest_token, now=lambda: datetime.now(UTC)),
            *stream.routes(self._floor, secret=self._secret, now_ms=self._now_ms),
            *asking.routes(self._floor, self._store, secret=self._secret, now_ms=self._now_ms),
            *conversation.routes(
                self._store,
                secret=self._secret,
                presence=self._presence,
                targets=targets_from(self._settings),
                now_ms=self._now_ms,
            ),
            *stream.routes(self._alerts.board, path=board.PATH, secret=self._secret, now_ms=self._now_ms),
            asking.news_route(self._alerts.board, path=board.ASK_PATH, secret=self._secret, now_ms=self._now_ms),
            *downloads.routes(self._exports, secret=self._secret, now_ms=self._now_ms),
            Route("/healthz", self._health),
        ]

    async def _health(self, _request: Request) -> JSONResponse:
        newest = await asyncio.to_thread(self._store().changes.latest)
        return JSONResponse({"status": "ok", "change": newest, "simulated": self._databases.shown.is_demo})

    @asynccontextmanager
    async def lifespan(self, _app: object) -> AsyncIterator[None]:
        """Start the threads, hand the pages their runtime; stop and let go at the end."""
        install(self._runtime())
        await asyncio.to_thread(self._databases.follow_routing)
        shown = self._databases.shown
        self._databases.start()
        if self._settings.sources and not shown.is_demo:
            self._sources = SourceRunner(shown.store, shown.another_pipeline, self._settings.sources, now_ms=shown.now_ms)
            self._sources.start()
        with self._gatherer:
            await asyncio.to_thread(self._deliveries.start)
            await self._alerts.start()
            await self._floor.start()
            self._indexer.start()
            keeping = asyncio.create_task(self._keep())
            reading = asyncio.create_task(asyncio.to_thread(self._read_ahead))
            _import_pages()
            self._garbage.begin()
            try:
                yield
            finally:
                keeping.cancel()
                self._stopping.set()
                await reading
                await asyncio.to_thread(self._stop_threads)
                await self._floor.stop()
                await self._alerts.stop()
        self._databases.close()

    def _stop_threads(self) -> None:
        self._indexer.stop()
        self._exports.close()
        if self._sources is not None:
            self._sources.stop()
        self._databases.stop()
        self._deliveries.stop()

    def _read_ahead(self) -> None:
        try:
            read_ahead(self._store(), is_stopped=self._stopping.is_set)
        except Exception as error:  # pages read for themselves, and show what is wrong
            log.error("reading ahead failed: error=%s", describe(error))

    async def _keep(self) -> None:
        """Let time do its work: close what is due; leave the simulated floor once there is a real one."""
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            try:
                await asyncio.to_thread(self._keep_once)
            except Exception as error:  # the next round tries again; pages settle for themselves and show what is wrong
                log.error("settling failed: error=%s", describe(error))

    def _keep_once(self) -> None:
        self._garbage.tidy()
        self._databases.settle()
        self._databases.follow_routing()
        self._rounds += 1
        if self._rounds % PRUNE_EVERY == 0:
            with self._store().write() as connection:
                prune_changes(connection)
        if self._databases.turn_to_real():
            self._floor.switch(self._store())
            self._deliveries.follow()
            install(self._runtime())

    def _is_filling(self) -> bool:
        """Whether the simulated floor's history is not all there yet, or not up to now."""
        return self._databases.progress() is not None

    def _runtime(self) -> Runtime:
        """What pages see of this server now."""
        wired = self._databases.shown

        def stream_token(viewer: Viewer) -> str:
            return issue_token(
                self._secret, viewer=viewer.id, name=viewer.name, role="supervisor", scope=stream.SCOPE, now_ms=wired.now_ms()
            )

        def replay_records(ids: Sequence[int]) -> Sequence[Replayed]:
            return replay(wired.store, wired.another_pipeline(), ids, now_ms=wired.now_ms())

        return Runtime(
            store=wired.store,
            floor=self._floor,
            deliveries=self._deliveries,
            now_ms=wired.now_ms,
            is_demo=wired.is_demo,
            stream_path=stream.PATH,
            ask_path=asking.FLOOR_PATH,
            lines_path=asking.LINES_PATH,
            stream_token=stream_token,
            claims=Claims(wired.store, wired.now_ms),
            viewer_header=wired.settings.viewer_header,
            settle=self._databases.settle,
            replay=replay_records,
            demo_progress=self._databases.progress,
            time_zone=wired.settings.time_zone,
            bands=bands_from(self._settings),
            silence=silence_from(self._settings),
            entitlement=lambda: entitlement_from(self._settings, wired.store),
            console_link=self._console.link,
            read_rules=read_rules,
            routing_files=lambda: None if self._databases.routing is None else self._databases.routing.state,
            alerts=AlertDesk(self._alerts, lambda: wired.store, now_ms=wired.now_ms, definitions=wired.rules),
            alerts_path=board.PATH,
            annotations=Annotations(wired.store, wired.now_ms),
            saved_views=SavedViews(wired.store, wired.now_ms),
            metric_targets=MetricTargets(wired.store, wired.now_ms, self._metric_targets),
            exports=self._exports,
            download_link=lambda viewer, key, part: downloads.address(
                self._secret, key, part=part, viewer=viewer.id, now_ms=wired.now_ms()
            ),
        )


def _import_pages() -> None:
    """Everything that pages will import, before the collector is told that all is there."""
    import pages.imports  # noqa: F401, PLC0415
