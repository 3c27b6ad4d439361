"""A configuration's files, followed: read when they change; faults are kept to be shown, and the last good one stays in force."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from ingest.configuration.faults import FaultyConfigurationError
from ingest.configuration.reading import read_configuration
from store.engine import Store
from store.routing.configurations import save_configuration
from store.routing.records import Configuration

_log = logging.getLogger(__name__)
Stamps = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class FilesState:
    """How the files stand: where they are, and every fault that keeps them from being used."""

    place: str
    faults: tuple[str, ...] = ()


class ConfigurationFiles:
    """The files at `place`. Belongs to one thread; `state` may be read from any."""

    def __init__(self, place: Path) -> None:
        self.state = FilesState(str(place))
        self._place = place
        self._stamps: Stamps | None = None

    def look(self) -> Configuration | None:
        """The configuration where the files have changed since the last look and can be used; None otherwise."""
        stamps = self._stamp()
        if stamps == self._stamps:
            return None
        self._stamps = stamps
        try:
            found = read_configuration(self._place)
        except FaultyConfigurationError as error:
            _log.warning(
                "routing configuration not used, the last good one stays: place=%s faults=%d", self._place, len(error.faults)
            )
            self.state = FilesState(str(self._place), tuple(str(fault) for fault in error.faults))
            return None
        self.state = FilesState(str(self._place))
        return found

    def _stamp(self) -> Stamps:
        """Name, time and size of every file there; a file that is not there has none."""
        try:
            paths = sorted(self._place.iterdir()) if self._place.is_dir() else [self._place]
            found = [(path.name, path.stat()) for path in paths]
        except OSError:
            return ()
        return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


def put_in_force(store: Store, files: ConfigurationFiles, *, now_ms: int) -> None:
    """Keep what the files say, where they have changed, as in force from now on."""
    found = files.look()
    if found is None:
        return
    with store.write() as connection:
        is_new = save_configuration(connection, found, origin=files.state.place, now_ms=now_ms)
    if is_new:
        _log.info("routing configuration in force: place=%s rules=%d", files.state.place, len(found.rules))
