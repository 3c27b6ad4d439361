"""The simulated floor played again minute by minute, as a supervisor would have seen it, and what became of everybody afterwards.

What was said goes through the real pipeline into a real database, one minute at a time, and the rows of a moment are read from it
as the floor reads them, before the next minute is written. So nothing that is ranked can know what came later.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ingest.sources.demo.schedule import LEAD, activities_between
from ingest.sources.demo.source import DemoSource, record_of
from ingest.sources.demo.wire import Json, milliseconds
from metrics.settle import settle
from settings import Settings
from store.live_reads import floor_conversations
from store.reads import conversations_by_key
from wiring import Wired, wire

Row = Mapping[str, Any]

MINUTE = timedelta(minutes=1)
# The floor is watched for so long; what came before fills it, what comes after shows how everything ended.
WATCHED = timedelta(hours=8)
BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """The open conversations as they were known at one minute."""

    now_ms: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """One seed's floor: its moments, and the facts of every conversation once all is over, by conversation key."""

    seed: int
    moments: tuple[Moment, ...]
    endings: Mapping[int, Row]


class _Clock:
    """Tells the time that is being played."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> int:
        return milliseconds(self.at)


def replay(seed: int, *, begin: datetime = BEGIN, watched: timedelta = WATCHED, lead: timedelta = LEAD) -> Replay:
    """Play the floor of `seed` from `begin` on, looking at it once a minute; for `lead` before and after, without looking.

    With the usual lead every conversation that is seen is played from its first word to its last.
    """
    clock = _Clock(begin - lead)
    with tempfile.TemporaryDirectory(prefix="floorwalker-replay-") as folder:
        settings = Settings(database_url=f"sqlite:///{Path(folder) / 'floor.db'}")
        wired = wire(settings, now_ms=clock)
        try:
            _play(wired, seed, clock, until=begin)
            moments = []
            while clock.at < begin + watched:
                moments.append(_look(wired, clock()))
                _play(wired, seed, clock, until=clock.at + MINUTE)
            _play(wired, seed, clock, until=clock.at + lead)
            return Replay(seed, tuple(moments), _endings(wired, moments))
        finally:
            wired.store.close()


def _play(wired: Wired, seed: int, clock: _Clock, *, until: datetime) -> None:
    """What is said until then is written, and what is due then closes."""
    said: dict[str, list[Json]] = {}
    for _, activity in activities_between(seed, clock.at, until):
        said.setdefault(activity["conversation"]["id"], []).append(activity)
    clock.at = until
    source = DemoSource(seed, until=until)
    wired.another_pipeline().write([(source, record_of(activities)) for activities in said.values()])
    settle(wired.store, wired.deriver, now_ms=clock())


def _look(wired: Wired, now_ms: int) -> Moment:
    with wired.store.read() as connection:
        rows = floor_conversations(connection, since_ms=now_ms)
    return Moment(now_ms, tuple(row for row in rows if row["due_ms"] is not None))


def _endings(wired: Wired, moments: list[Moment]) -> dict[int, Row]:
    keys = {row["conversation_key"] for moment in moments for row in moment.rows}
    with wired.store.read() as connection:
        return {row["conversation_key"]: dict(row) for row in conversations_by_key(connection, keys)}
