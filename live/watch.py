"""Follows the database for the floor: reads what changed, once for all viewers, and says which rows and figures that moves.

Belongs to one thread. What has not changed is not read again, not counted again and not encoded again; needs that move with time
are weighed anew from the rows at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson

from live.console import ConsoleLinks
from live.figures import point, queue_figures, tiles
from live.lately import KEPT_MS, KIND_OF, QUARTER_MS, REACH_MS, Lately
from live.observing import Seen
from live.rows import plain, row_payload, sentiment_line
from live.silence import source_payloads
from live.tally import Names, Soonest, Tally
from live.trend import POINTS, STEP_MS, Scored, Trend
from metrics.bands import Bands
from metrics.need import Need, Targets, moves_with_time, need
from metrics.places import queue_of
from metrics.silence import Silence
from store.alerts.reads import first_start
from store.engine import Connection, Store
from store.live_reads import (
    customer_scores,
    escalations_by_quarter,
    floor_conversations,
    floor_conversations_by_key,
    outcomes_by_quarter,
    timed_scores,
)
from store.reads import changes_since, oldest_change, sources
from store.records import State

Facts = dict[str, Any]
CHANGES_AT_ONCE = 5_000
# Looking back is worth doing for a conversation of yesterday that moved, but not for each of a bulk load.
LOOK_BACK_MS = 15_000
REBUILT_MS = STEP_MS * (POINTS + 1)


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to filter the open conversations by."""

    channels: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    bots: tuple[str, ...] = ()
    workstreams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved: rows as encoded JSON by key, keys that went, figures (None: they stand as they were), their parts by name."""

    rows: dict[str, bytes]
    removed: tuple[str, ...]
    tiles: bytes | None
    choices: Choices | None = None
    is_whole: bool = False  # these rows are all there are
    parts: Mapping[str, bytes] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rows or self.removed or self.tiles is not None or self.is_whole or self.parts)


class Watch:
    """The open conversations and those that ended in the last hours, as last read."""

    def __init__(
        self,
        store: Store,
        *,
        now_ms: Callable[[], int],
        targets: Targets,
        bands: Bands | None = None,
        silence: Silence | None = None,
        console: ConsoleLinks | None = None,
        watching: Callable[[], Mapping[int, int]] = dict,
        is_filling: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._now_ms = now_ms
        self._targets = targets
        self._bands = bands or Bands()
        self._silence = silence or Silence()
        self._console = console or ConsoleLinks()
        self._is_filling = is_filling  # a simulated history that is not all there yet
        self._watching = watching  # by conversation key, how many watch it now
        self._watched: Mapping[int, int] = {}  # the same as last drawn
        self._parts: dict[str, bytes] = {}
        self._tiles = b""
        self._heard: list[Mapping[Any, Any]] = []  # rows of table `source`
        self._sources: list[dict[str, Any]] = []
        self._figures: dict[str, Any] = {}
        self._touched: set[int] = set()
        self._drawn_ms = 0
        self._forget_all()
        self.number = 0  # of the newest change that has been read

    def _forget_all(self) -> None:
        self._open: dict[int, Facts] = {}
        self._ended: dict[int, int] = {}  # when each ended
        self._lines: dict[int, list[float]] = {}
        self._shown: dict[str, bytes] = {}
        self._needs: dict[int, Need] = {}  # of those whose need moves with time
        self._tally = Tally(self._targets)
        self._lately = Lately()
        self._trend = Trend()
        self._due = Soonest()
        self._names = {name: Names() for name in ("channels", "queues", "bots", "workstreams")}
        self._names_moved = True
        self._oldest_ended_ms = 0
        self._known_since_ms: int | None = None  # when the oldest conversation began
        self._look_back_ms: int | None = None

    def due_ms(self) -> int | None:
        """When the idle time-out closes the next open conversation."""
        return self._due.least()

    def seen(self) -> Seen:
        """The last reading, for observers in this thread."""
        return Seen(self._open, self._touched, self._figures, self._sources, self._drawn_ms)

    def load(self) -> Moved:
        """Read everything anew."""
        self.number = self._store.changes.latest()  # before the snapshot: what comes between is read twice, never missed
        now_ms, gone = self._now_ms(), set(self._open)
        with self._store.read() as connection:
            rows = floor_conversations(connection, since_ms=now_ms - KEPT_MS)
            self._heard = [*sources(connection)]
            self._forget_all()
            self._keep(rows)
            scores = self._look_back(connection, rows, now_ms)
        self._lines = {key: sentiment_line([score for _, score in scores[key]]) for key in self._open if key in scores}
        self._watched = self._watching()
        moved = self._draw(self._open, removed=(), is_whole=True)
        self._touched |= gone
        return moved

    def follow(self) -> Moved:
        """Read what has changed since the last time."""
        with self._store.read() as connection:
            changes = changes_since(connection, self.number, limit=CHANGES_AT_ONCE)
            if not changes:
                return self.tick()
            if oldest_change(connection) > self.number + 1:  # changes we have not seen are forgotten already
                is_lost = True
            else:
                is_lost = False
                self.number = changes[-1]["number"]
                keys = {change["conversation_key"] for change in changes}
                rows = floor_conversations_by_key(connection, keys, since_ms=self._now_ms() - KEPT_MS)
                self._heard = [*sources(connection)]
                self._note_past(keys, rows)
                gone = self._forget(keys - {row["conversation_key"] for row in rows})
                gone += self._keep(rows)
                touched = {key for key in keys if key in self._open}
                self._read_lines(connection, touched)
        if is_lost:
            return self.load()
        moved = self._draw(touched | self._stirred(), removed=gone)
        self._touched |= keys  # also what came and ended between two readings
        return moved

    def tick(self) -> Moved:
        """Time has passed: needs that move with it, and windows that move on."""
        now_ms = self._now_ms()
        self._let_age(now_ms)
        if self._look_back_ms is not None and now_ms >= self._look_back_ms:
            with self._store.read() as connection:
                self._look_back(connection, floor_conversations(connection, since_ms=now_ms - REBUILT_MS), now_ms)
        grown = {key for key, was in self._needs.items() if self._need(key, now_ms) != was}
        moved = self._draw(grown | self._stirred(), removed=())
        self._touched |= self._needs.keys()
        return moved

    def _stirred(self) -> set[int]:
        """Open conversations that another number of people watch than before."""
        before, self._watched = self._watched, self._watching()
        if self._watched is before:
            return set()
        keys = {key for key in {*before, *self._watched} if before.get(key) != self._watched.get(key)}
        return keys & self._open.keys()

    def _need(self, key: int, now_ms: int) -> Need:
        return need(self._open[key], now_ms=now_ms, targets=self._targets)

    def _let_age(self, now_ms: int) -> None:
        """What ended hours ago goes on only in the counts by quarter of an hour."""
        start_ms = now_ms - KEPT_MS
        if self._oldest_ended_ms > start_ms:
            return
        for key in [key for key, ended_ms in self._ended.items() if ended_ms <= start_ms]:
            del self._ended[key]
            self._lately.age(key)
        self._oldest_ended_ms = min(self._ended.values(), default=now_ms)

    def _look_back(self, connection: Connection, rows: list[Facts], now_ms: int) -> Mapping[int, Scored]:
        """Work out anew the counts of the days before and the lines of the tiles; the scores of `rows`, which it has read."""
        self._let_age(now_ms)
        self._look_back_ms = None
        self._known_since_ms = first_start(connection)
        span = {"since_ms": now_ms - REACH_MS, "until_ms": now_ms - KEPT_MS, "quarter_ms": QUARTER_MS}
        outcomes = outcomes_by_quarter(connection, **span)
        self._lately.take_older(
            [
                *(("escalations", quarter, count) for quarter, count in escalations_by_quarter(connection, **span)),
                *((KIND_OF[outcome], quarter, count) for outcome, quarter, count in outcomes if outcome in KIND_OF),
            ]
        )
        scores = timed_scores(connection, {row["root_key"] for row in rows if row["num_scored"]})
        counted = [row for row in rows if not row["is_test"]]
        self._trend.rebuild(counted, scores, now_ms=now_ms, targets=self._targets)
        return scores

    def _note_past(self, keys: Iterable[int], rows: Iterable[Facts]) -> None:
        """See to looking back where one of the past may have moved: come only now, gone, or begun again."""
        now_ms = self._now_ms()
        recent = {row["conversation_key"] for row in rows if row["started_ms"] > now_ms - 2 * STEP_MS}
        unknown = (key for key in keys if key not in self._open and key not in self._ended and key not in recent)
        if self._look_back_ms is None and any(True for _ in unknown):
            self._look_back_ms = now_ms + LOOK_BACK_MS

    def _keep(self, rows: Iterable[Facts]) -> list[int]:
        """Sort rows into open and ended; the keys of those that are no longer open."""
        closed = []
        for row in rows:
            key = row["conversation_key"]
            if self._known_since_ms is None or row["started_ms"] < self._known_since_ms:
                self._known_since_ms = row["started_ms"]
            if row["is_test"]:
                closed += self._forget([key])
            elif row["due_ms"] is not None:
                self._ended.pop(key, None)
                self._open_up(key, row)
            else:
                closed += self._forget([key])
                self._ended[key] = row["ended_ms"]
                self._oldest_ended_ms = min(self._oldest_ended_ms, row["ended_ms"])
                self._lately.put(key, row)
        return closed

    def _open_up(self, key: int, row: Facts) -> None:
        self._open[key] = row
        self._tally.put(key, row)
        self._lately.put(key, row)
        self._due.put(key, row["due_ms"])
        named = {"channels": row["channel"], "queues": queue_of(row), "bots": row["bot"], "workstreams": row["workstream"]}
        for name, value in named.items():
            self._names_moved |= self._names[name].put(key, plain(value))

    def _forget(self, keys: Iterable[int]) -> list[int]:
        gone = []
        for key in keys:
            self._ended.pop(key, None)
            self._lately.drop(key)
            if self._open.pop(key, None) is not None:
                self._close(key)
                gone.append(key)
        return gone

    def _close(self, key: int) -> None:
        self._lines.pop(key, None)
        self._needs.pop(key, None)
        self._tally.drop(key)
        self._due.drop(key)
        for names in self._names.values():
            self._names_moved |= names.drop(key)

    def _read_lines(self, connection: Connection, keys: Iterable[int]) -> None:
        roots = {self._open[key]["root_key"] for key in keys if self._open[key]["num_scored"]}
        for key, scores in customer_scores(connection, roots).items():
            if key in self._open:
                self._lines[key] = sentiment_line(scores)

    def _draw(self, keys: Collection[int], *, removed: Collection[int], is_whole: bool = False) -> Moved:
        now_ms = self._drawn_ms = self._now_ms()
        self._sources = source_payloads(self._silence, self._heard, now_ms)
        self._touched = {*keys, *removed}
        rows = {}
        for key in keys:
            encoded = self._encode(key, now_ms)
            if self._shown.get(str(key)) != encoded:
                self._shown[str(key)] = rows[str(key)] = encoded
        for key in removed:
            self._shown.pop(str(key), None)
        figures, parts = self._count(now_ms)
        choices = None
        if self._names_moved:
            choices, self._names_moved = Choices(**{name: names.sorted() for name, names in self._names.items()}), False
        return Moved(rows, tuple(str(key) for key in removed), figures, choices, is_whole, parts)

    def _encode(self, key: int, now_ms: int) -> bytes:
        row = self._open[key]
        wants = self._need(key, now_ms)
        if moves_with_time(row):
            self._needs[key] = wants
        else:
            self._needs.pop(key, None)
        line, num_watching = self._lines.get(key, ()), self._watched.get(key, 0)
        return orjson.dumps(
            row_payload(row, line=line, wants=wants, targets=self._targets, console=self._console, num_watching=num_watching)
        )

    def _count(self, now_ms: int) -> tuple[bytes | None, dict[str, bytes]]:
        """The figures, and those of their parts that are not as they were."""
        count = partial(queue_figures, now_ms=now_ms, targets=self._targets, bands=self._bands)
        queues = {name: count(name, sums) for name, sums in self._tally.queues.items()}
        self._figures = tiles(
            self._tally.floor, queues.values(), self._lately, now_ms=now_ms, targets=self._targets, bands=self._bands
        )
        if self._trend.is_due(now_ms):
            self._trend.take(point(self._figures, now_ms), now_ms)
        told = {
            "quarters": self._lately.quarters(now_ms),
            "trend": self._trend.told(self._lately),
            **{f"queue:{name}": figures for name, figures in queues.items()},
        }
        parts = {name: orjson.dumps(part) for name, part in told.items()}
        parts |= {name: b"null" for name in self._parts if name not in parts}
        moved = {name: encoded for name, encoded in parts.items() if self._parts.get(name) != encoded}
        self._parts = {name: encoded for name, encoded in parts.items() if encoded != b"null"}
        is_filling = self._is_filling()
        known = {"known_since_ms": None if is_filling else self._known_since_ms, "is_filling": is_filling}
        encoded = orjson.dumps({**self._figures, **known, "sources": self._sources})
        has_moved, self._tiles = encoded != self._tiles, encoded
        return encoded if has_moved else None, moved


# The states a filter may name, in the order a conversation goes through them.
OPEN_STATES = tuple(str(state) for state in State if state != State.CLOSED)
