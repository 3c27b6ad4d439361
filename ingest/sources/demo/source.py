"""The simulated floor as a source: first its history, then, after a pause, what was missed.

A cursor is the time reached, or, while a stretch is being filled in, the ISO interval still to fill (`from/to`), so that a start
that was cut short goes on with the very same stretch.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from heapq import merge

import orjson

from ingest.events import Normalised, Page, RawRecord
from ingest.sources.arrays import read_array
from ingest.sources.demo.direct import direct_conversations
from ingest.sources.demo.faults import with_faults
from ingest.sources.demo.schedule import LEAD, activities_between, conversations, live_conversations
from ingest.sources.demo.wire import Json, iso, milliseconds

NAME = "demo"
HISTORY = timedelta(days=30)
PAGE_SIZE = 200  # conversations


class DemoSource:
    """Everything said on the simulated floor before `until`. What comes later, `activities_between` says when it is time."""

    name = NAME

    def __init__(self, seed: int, *, until: datetime, history: timedelta = HISTORY, faulty: bool = False) -> None:
        self.seed = seed
        self.faulty = faulty  # bots and agents do what the Routing page warns of
        self.until = until.replace(microsecond=until.microsecond // 1000 * 1000)
        self.history = history

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Pages after `cursor`; the last one's cursor is `until`."""
        if cursor is None:
            yield from self._fill(self.until - self.history, self.until)
            return
        begun, _, ends = cursor.partition("/")
        reached = datetime.fromisoformat(begun)
        if ends:
            stretch_end = datetime.fromisoformat(ends)
            yield from self._fill(reached, stretch_end)
            reached = stretch_end
        if reached < self.until:
            yield from self._go_on(reached)

    def normalise(self, record: RawRecord) -> Normalised:
        """What `record` says: it is a Bot Framework transcript like anybody's."""
        said = orjson.loads(record.body)
        return read_array(with_faults(said) if self.faulty else said, source=NAME, whole=record.body)

    def _go_on(self, reached: datetime) -> Iterator[Page]:
        """First what was still to be said of conversations under way at `reached`, then those that began later."""
        tails: dict[str, list[Json]] = {}
        for _, activity in activities_between(self.seed, reached, min(reached + LEAD, self.until), opened_before=reached):
            tails.setdefault(activity["conversation"]["id"], []).append(activity)
        yield Page(tuple(record_of(said) for said in tails.values()), _interval(reached, self.until))
        yield from self._fill(reached, self.until)

    def _fill(self, start: datetime, end: datetime) -> Iterator[Page]:
        """What begins in start <= t < end: by history's rhythm, and in the last hours the live floor as it stands at `end`."""
        page: list[RawRecord] = []
        live_from = max(start, end - LEAD)
        for said in self._begun(start, live_from, end):
            if len(page) == PAGE_SIZE:
                yield Page(tuple(page), _interval(datetime.fromisoformat(said[0]["timestamp"]), end))
                page = []
            page.append(record_of(said))
        yield Page(tuple(page), iso(milliseconds(end)))

    def _begun(self, start: datetime, live_from: datetime, end: datetime) -> Iterator[list[Json]]:
        bots = conversations(self.seed, start=start, end=live_from, floor_at=end)
        yield from merge(bots, direct_conversations(self.seed, start=start, end=live_from), key=_began)
        yield from live_conversations(self.seed, start=live_from, end=end, until=end)


def record_of(activities: list[Json]) -> RawRecord:
    """A raw record of activities of one conversation, as if posted by its bot."""
    return RawRecord(f"{NAME}/{activities[0]['conversation']['id']}", orjson.dumps(activities))


def _began(said: list[Json]) -> str:
    return str(said[0]["timestamp"])


def _interval(start: datetime, end: datetime) -> str:
    return f"{iso(milliseconds(start.astimezone(UTC)))}/{iso(milliseconds(end))}"
