"""The server's parts put together: store, live floor, push endpoint, background sources, and what pages may use of them."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from ingest import receiver
from ingest.configuration.following import ConfigurationFiles, put_in_force
from ingest.configuration.reading import read_rules
from ingest.events import RawRecord, Source
from ingest.gather import Gatherer
from ingest.pipeline import Counts, Pipeline
from ingest.replay import Replayed, replay
from ingest.running import SourceRunner
from ingest.sources.demo.player import DemoPlayer
from ingest.sources.demo.routing import routing_file
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
from metrics.settle import settle
from pages.runtime import Runtime, install
from settings import Settings
from store.engine import check_place, sqlite_path
from store.errors import describe
from store.reads import has_data
from store.writes import prune_changes
from wiring import (
    Wired,
    bands_from,
    demo_wanted,
    entitlement_from,
    metric_targets_from,
    real_data_exists,
    rulebook_from,
    silence_from,
    targets_from,
    wire,
)

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent
DATABASE_VARIABLE = "FLOORWALKER_DATABASE_URL"
DEMO_DATABASE_VARIABLE = "FLOORWALKER_DEMO_DATABASE_URL"

# With nothing to do, time still closes conversations: this often it is looked at.
KEEP_SECONDS = 2.0
PRUNE_EVERY = 300  # rounds: ten minutes


class Server:
    """Everything one dashboard process consists of. Made once; `lifespan` starts and stops it.

    While the simulated floor is shown, the real database stays apart: what is pushed goes there, and as soon as there is
    something in it, it is what is shown.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._rounds = 0
        self._garbage = Garbage()
        self._opening = Lock()
        self._stopping = Event()
        self._real: Wired | None = None
        self._left: Wired | None = None  # the simulated one, once it is shown no more
        check_place(settings.database_url)  # also while the simulated floor is shown: the first push must find a place
        self._secret = settings.session_secret or kept_secret(_folder_of(settings))
        self._shown = wire(settings, demo=demo_wanted(settings))
        self._demo: DemoPlayer | None = None
        if self._shown.is_demo:
            player = self._shown.another_pipeline()
            self._demo = DemoPlayer(
                self._shown.store,
                player,
                seed=settings.demo_seed,
                days=settings.demo_days,
                now_ms=self._shown.now_ms,
                faulty=settings.demo_routing == "faulty",
            )
        else:
            self._real = self._shown
        self._presence = Presence()
        outbox = Outbox(lambda: self._shown.store, self._shown.now_ms, settings.public_url or "")
        self._deliveries = Deliveries(settings.alert_targets, outbox)
        self._alerts = AlertEngine(
            rulebook_from(settings),
            now_ms=self._shown.now_ms,
            is_simulated=lambda: self._shown.is_demo,
            is_filling=self._is_filling,
            tells_simulated=settings.alert_simulated,
            told=self._deliveries.wake,
            entitlement=lambda: entitlement_from(settings, self._shown.store),
        )
        self._console = ConsoleLinks(settings.console_url or "", settings.console_url_by_source)
        self._floor = Floor(
            self._shown.store,
            now_ms=self._shown.now_ms,
            targets=targets_from(settings),
            bands=bands_from(settings),
            silence=silence_from(settings),
            console=self._console,
            settle=self._settle,
            watching=lambda: self._presence.counts,
            is_filling=self._is_filling,
            observers=[self._alerts],
        )
        self._metric_targets = metric_targets_from(settings)
        self._routing = self._routing_files()
        self._gatherer: Gatherer[tuple[Source, RawRecord], Counts] = Gatherer(self._write)
        self._writer: Pipeline | None = None
        self._sources: SourceRunner | None = None
        self._indexer = Indexer(lambda: self._shown.store)
        command = [sys.executable, "-m", "metrics", "export"]
        launch = launcher(command, folder=ROOT, environment=self._of_commands)
        self._exports = ExportDesk(launch, now_ms=self._shown.now_ms)

    def routes(self) -> list[BaseRoute]:
        """The push endpoint, the live stream and health."""
        return [
            *receiver.routes(self._gatherer.accept, token=self._settings.ingest_token, now=lambda: datetime.now(UTC)),
            *stream.routes(self._floor, secret=self._secret, now_ms=self._shown.now_ms),
            *asking.routes(self._floor, lambda: self._shown.store, secret=self._secret, now_ms=self._shown.now_ms),
            *conversation.routes(
                lambda: self._shown.store,
                secret=self._secret,
                presence=self._presence,
                targets=targets_from(self._settings),
                now_ms=self._shown.now_ms,
            ),
            *stream.routes(self._alerts.board, path=board.PATH, secret=self._secret, now_ms=self._shown.now_ms),
            asking.news_route(self._alerts.board, path=board.ASK_PATH, secret=self._secret, now_ms=self._shown.now_ms),
            *downloads.routes(self._exports, secret=self._secret, now_ms=self._shown.now_ms),
            Route("/healthz", self._health),
        ]

    async def _health(self, _request: Request) -> JSONResponse:
        newest = await asyncio.to_thread(self._shown.store.changes.latest)
        return JSONResponse({"status": "ok", "change": newest, "simulated": self._shown.is_demo})

    @asynccontextmanager
    async def lifespan(self, _app: object) -> AsyncIterator[None]:
        """Start the threads, hand the pages their runtime; stop and let go at the end."""
        install(self._runtime())
        await asyncio.to_thread(self._follow_routing)
        if self._demo is not None:
            self._demo.start()
        elif self._settings.sources:
            shown = self._shown
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
        for wired in {id(item): item for item in (self._shown, self._real, self._left) if item is not None}.values():
            wired.store.close()

    def _stop_threads(self) -> None:
        self._indexer.stop()
        self._exports.close()
        if self._sources is not None:
            self._sources.stop()
        if self._demo is not None:
            self._demo.stop()
        self._deliveries.stop()

    def _read_ahead(self) -> None:
        try:
            read_ahead(self._shown.store, is_stopped=self._stopping.is_set)
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
        self._settle()
        self._follow_routing()
        self._rounds += 1
        if self._rounds % PRUNE_EVERY == 0:
            with self._shown.store.write() as connection:
                prune_changes(connection)
        if self._shown.is_demo and self._settings.demo == "auto" and self._real_has_data():
            self._show_real()

    def _routing_files(self) -> ConfigurationFiles | None:
        place = routing_file(self._settings.demo_routing) if self._shown.is_demo else self._settings.routing
        return None if place is None else ConfigurationFiles(place)

    def _follow_routing(self) -> None:
        if self._routing is not None:
            put_in_force(self._shown.store, self._routing, now_ms=self._shown.now_ms())

    def _of_commands(self) -> dict[str, str]:
        return os.environ | databases_of(self._settings, is_demo=self._shown.is_demo)

    def _settle(self) -> None:
        settle(self._shown.store, self._shown.deriver, now_ms=self._shown.now_ms())

    def _write(self, records: Sequence[tuple[Source, RawRecord]]) -> Sequence[Counts]:
        """Write what was pushed: into the real database, whatever is shown."""
        if self._writer is None:
            self._writer = self._open_real().another_pipeline()
        return self._writer.write(records)

    def _open_real(self) -> Wired:
        """The real database; one for the process, whichever thread asks first."""
        with self._opening:
            if self._real is None:
                self._real = wire(self._settings)
            return self._real

    def _real_has_data(self) -> bool:
        if self._real is None:
            return real_data_exists(self._settings)
        with self._real.store.read() as connection:
            return has_data(connection)

    def _show_real(self) -> None:
        log.warning("real conversations have come: leaving the simulated floor")
        demo, self._demo = self._demo, None
        if demo is not None:
            demo.stop()
        self._left = self._shown
        self._shown = self._open_real()
        self._routing = self._routing_files()
        self._floor.switch(self._shown.store)
        self._deliveries.follow()
        install(self._runtime())

    def _is_filling(self) -> bool:
        """Whether the simulated floor's history is not all there yet, or not up to now."""
        return self._demo is not None and self._demo.progress() is not None

    def _runtime(self) -> Runtime:
        """What pages see of this server now."""
        wired = self._shown

        def stream_token(viewer: Viewer) -> str:
            who = {"viewer": viewer.id, "name": viewer.name, "role": "supervisor"}
            return issue_token(self._secret, **who, scope=stream.SCOPE, now_ms=wired.now_ms())

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
            settle=self._settle,
            replay=replay_records,
            demo_progress=lambda: None if self._demo is None else self._demo.progress(),
            time_zone=wired.settings.time_zone,
            bands=bands_from(self._settings),
            silence=silence_from(self._settings),
            entitlement=lambda: entitlement_from(self._settings, wired.store),
            console_link=self._console.link,
            read_rules=read_rules,
            routing_files=lambda: None if self._routing is None else self._routing.state,
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


def databases_of(settings: Settings, *, is_demo: bool) -> dict[str, str]:
    """For a command that this server starts: what is shown as the real database. The two change places: they must differ."""
    real, simulated = settings.database_url, settings.demo_database_url
    if is_demo:
        real, simulated = simulated, real
    return {DATABASE_VARIABLE: real, DEMO_DATABASE_VARIABLE: simulated}


def _folder_of(settings: Settings) -> Path:
    """Where this server keeps what belongs to it: beside its database, or beside the simulated one where that is elsewhere."""
    return (sqlite_path(settings.database_url) or sqlite_path(settings.demo_database_url) or Path("var/_")).parent


def _import_pages() -> None:
    """Everything that pages will import, before the collector is told that all is there."""
    import pages.imports  # noqa: F401, PLC0415
