"""The databases of a server, the real one and the simulated floor's: which of them is shown, and what goes into which.

While the simulated floor is shown, the real database stays apart: what is pushed goes there, and as soon as there is something in
it, it is what is shown.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from ingest.configuration.following import ConfigurationFiles, put_in_force
from ingest.events import RawRecord, Source
from ingest.pipeline import Counts, Pipeline
from ingest.sources.demo.bots import RELEASE, RELEASED, RELEASED_DAYS_AGO
from ingest.sources.demo.player import DemoPlayer
from ingest.sources.demo.routing import routing_file
from ingest.sources.demo.source import NAME
from metrics.annotations import Annotations
from metrics.filters import Filters
from metrics.settle import settle
from metrics.windows import DAY_MS
from settings import Settings
from store.engine import Store, check_place, sqlite_path
from store.reads import has_data, saved_cursor
from wiring import Wired, demo_wanted, real_data_exists, wire

log = logging.getLogger(__name__)

DATABASE_VARIABLE = "FLOORWALKER_DATABASE_URL"
DEMO_DATABASE_VARIABLE = "FLOORWALKER_DEMO_DATABASE_URL"


class Databases:
    """Opened when made, the real one of a server that shows the simulated floor when it is needed; `close` lets go of them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening = Lock()
        check_place(settings.database_url)  # also while the simulated floor is shown: the first push must find a place
        self.shown: Wired = wire(settings, demo=demo_wanted(settings))
        self._real = None if self.shown.is_demo else self.shown
        self._left: Wired | None = None  # the simulated one, once it is shown no more
        self._writer: Pipeline | None = None
        self._player = self._make_player() if self.shown.is_demo else None
        self._routing = self._routing_files()

    @property
    def store(self) -> Store:
        """What is shown."""
        return self.shown.store

    @property
    def routing(self) -> ConfigurationFiles | None:
        """The files of the routing configuration of what is shown."""
        return self._routing

    def start(self) -> None:
        """Let the simulated floor play, where it is shown."""
        if self._player is not None:
            self._note_release()
            self._player.start()

    def stop(self) -> None:
        """Let it play no more."""
        if self._player is not None:
            self._player.stop()

    def close(self) -> None:
        """Let go of every database that was opened."""
        for wired in {id(item): item for item in (self.shown, self._real, self._left) if item is not None}.values():
            wired.store.close()

    def progress(self) -> float | None:
        """How much of the simulated floor's history is there; None where it is all there and up to now, or not shown."""
        return None if self._player is None else self._player.progress()

    def settle(self) -> None:
        """Close what is due in what is shown."""
        settle(self.shown.store, self.shown.deriver, now_ms=self.shown.now_ms())

    def follow_routing(self) -> None:
        """Put the routing configuration in force, where its files have changed."""
        if self._routing is not None:
            put_in_force(self.shown.store, self._routing, now_ms=self.shown.now_ms())

    def write(self, records: Sequence[tuple[Source, RawRecord]]) -> Sequence[Counts]:
        """Write what was pushed: into the real database, whatever is shown."""
        if self._writer is None:
            self._writer = self._open_real().another_pipeline()
        return self._writer.write(records)

    def turn_to_real(self) -> bool:
        """Show the real database instead of the simulated floor once there is something in it; whether this was now."""
        if not (self.shown.is_demo and self._settings.demo == "auto" and self._real_has_data()):
            return False
        log.warning("real conversations have come: leaving the simulated floor")
        player, self._player = self._player, None
        if player is not None:
            player.stop()
        self._left, self.shown = self.shown, self._open_real()
        self._routing = self._routing_files()
        return True

    def of_commands(self) -> dict[str, str]:
        """The variables that tell a command to read what is shown."""
        return databases_of(self._settings, is_demo=self.shown.is_demo)

    def _make_player(self) -> DemoPlayer:
        asked, shown = self._settings, self.shown
        return DemoPlayer(
            shown.store,
            shown.another_pipeline(),
            seed=asked.demo_seed,
            days=asked.demo_days,
            now_ms=shown.now_ms,
            faulty=asked.demo_routing == "faulty",
        )

    def _note_release(self) -> None:
        """Before the simulated floor's first day is written, note what its people would have noted: a bot's new version."""
        shown = self.shown
        notes = Annotations(shown.store, shown.now_ms)
        with shown.store.read() as connection:
            is_first = saved_cursor(connection, NAME) is None
        if is_first and not notes.within(Filters()) and self._settings.demo_days > RELEASED_DAYS_AGO:
            day = shown.now_ms() // DAY_MS - RELEASED_DAYS_AGO
            notes.add(RELEASE, day * DAY_MS, bot=RELEASED.name, by="Simulated floor")

    def _routing_files(self) -> ConfigurationFiles | None:
        place = routing_file(self._settings.demo_routing) if self.shown.is_demo else self._settings.routing
        return None if place is None else ConfigurationFiles(place)

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


def databases_of(settings: Settings, *, is_demo: bool) -> dict[str, str]:
    """For a command that this server starts: what is shown as the real database. The two change places: they must differ."""
    real, simulated = settings.database_url, settings.demo_database_url
    if is_demo:
        real, simulated = simulated, real
    return {DATABASE_VARIABLE: real, DEMO_DATABASE_VARIABLE: simulated}


def folder_of(settings: Settings) -> Path:
    """Where a server keeps what belongs to it: beside its database, or beside the simulated one where that is elsewhere."""
    return (sqlite_path(settings.database_url) or sqlite_path(settings.demo_database_url) or Path("var/_")).parent
