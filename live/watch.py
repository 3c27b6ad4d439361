"""Follows the database for the floor: reads what changed, once for all viewers, and says which rows and figures that moves.

Belongs to one thread. What has not changed is not read again; needs that grow with time are counted anew from the rows at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from live.observing import Seen
from live.rows import WINDOW_MS, floor_tiles, plain, queue_of, row_payload, sentiment_line
from metrics.need import Targets, grows_with_time
from store.engine import Connection, Store
from store.live_reads import customer_scores, floor_conversations, floor_conversations_by_key
from store.reads import Rows, changes_since, oldest_change, sources
from store.records import State

Facts = dict[str, Any]
CHANGES_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to filter the open conversations by."""

    channels: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    bots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved: rows as encoded JSON by key, keys that went, figures (None: they stand as they were)."""

    rows: dict[str, bytes]
    removed: tuple[str, ...]
    tiles: bytes | None
    choices: Choices | None = None
    is_whole: bool = False  # these rows are all there are

    def __bool__(self) -> bool:
        return bool(self.rows or self.removed or self.tiles is not None or self.is_whole)


class Watch:
    """The open conversations and those that ended in the window, as last read."""

    def __init__(self, store: Store, *, now_ms: Callable[[], int], targets: Targets) -> None:
        self._store = store
        self._now_ms = now_ms
        self._targets = targets
        self._open: dict[int, Facts] = {}
        self._ended: dict[int, Facts] = {}
        self._lines: dict[int, list[float]] = {}
        self._sources: list[dict[str, Any]] = []
        self._shown: dict[str, bytes] = {}
        self._tiles = b""
        self._figures: dict[str, Any] = {}
        self._touched: set[int] = set()
        self._drawn_ms = 0
        self.number = 0  # of the newest change that has been read

    def due_ms(self) -> int | None:
        """When the idle time-out closes the next open conversation."""
        return min((row["due_ms"] for row in self._open.values()), default=None)

    def seen(self) -> Seen:
        """The last reading, for observers in this thread."""
        return Seen(self._open, self._touched, self._figures, self._sources, self._drawn_ms)

    def load(self) -> Moved:
        """Read everything anew."""
        self.number = self._store.changes.latest()  # before the snapshot: what comes between is read twice, never missed
        with self._store.read() as connection:
            rows = floor_conversations(connection, since_ms=self._now_ms() - WINDOW_MS)
            self._sources = _source_payloads(sources(connection))
            gone = set(self._open)
            self._open, self._ended, self._lines, self._shown = {}, {}, {}, {}
            self._keep(rows)
            self._read_lines(connection, self._open)
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
                rows = floor_conversations_by_key(connection, keys, since_ms=self._now_ms() - WINDOW_MS)
                self._sources = _source_payloads(sources(connection))
                gone = self._forget(keys - {row["conversation_key"] for row in rows})
                gone += self._keep(rows)
                touched = [key for key in keys if key in self._open]
                self._read_lines(connection, touched)
        return self.load() if is_lost else self._draw(touched, removed=gone)

    def tick(self) -> Moved:
        """Time has passed: needs that grow with it, and the window of the last two hours."""
        start_ms = self._now_ms() - WINDOW_MS
        for key in [key for key, row in self._ended.items() if row["ended_ms"] <= start_ms]:
            del self._ended[key]
        return self._draw([key for key, row in self._open.items() if grows_with_time(row)], removed=())

    def _keep(self, rows: Iterable[Facts]) -> list[int]:
        """Sort rows into open and ended; the keys of those that are no longer open."""
        closed = []
        for row in rows:
            key = row["conversation_key"]
            if row["is_test"]:
                closed += self._forget([key])
            elif row["due_ms"] is not None:
                self._ended.pop(key, None)
                self._open[key] = row
            else:
                closed += self._forget([key])
                self._ended[key] = row
        return closed

    def _forget(self, keys: Iterable[int]) -> list[int]:
        gone = []
        for key in keys:
            self._ended.pop(key, None)
            self._lines.pop(key, None)
            if self._open.pop(key, None) is not None:
                gone.append(key)
        return gone

    def _read_lines(self, connection: Connection, keys: Iterable[int]) -> None:
        roots = {self._open[key]["root_key"] for key in keys if self._open[key]["num_scored"]}
        for key, scores in customer_scores(connection, roots).items():
            if key in self._open:
                self._lines[key] = sentiment_line(scores)

    def _draw(self, keys: Collection[int], *, removed: Collection[int], is_whole: bool = False) -> Moved:
        now_ms = self._drawn_ms = self._now_ms()
        self._touched = {*keys, *removed}
        rows = {}
        for key in keys:
            payload = row_payload(self._open[key], line=self._lines.get(key, ()), now_ms=now_ms, targets=self._targets)
            encoded = orjson.dumps(payload)
            if self._shown.get(payload["key"]) != encoded:
                self._shown[payload["key"]] = rows[payload["key"]] = encoded
        for key in removed:
            self._shown.pop(str(key), None)
        self._figures = floor_tiles(self._open.values(), self._ended.values(), now_ms=now_ms, targets=self._targets)
        encoded = orjson.dumps({**self._figures, "sources": self._sources})
        changed = encoded != self._tiles
        self._tiles = encoded
        choices = self._choices() if rows or is_whole else None
        return Moved(rows, tuple(str(key) for key in removed), encoded if changed else None, choices, is_whole)

    def _choices(self) -> Choices:
        open_rows = self._open.values()
        return Choices(
            channels=_distinct(row["channel"] for row in open_rows),
            queues=_distinct(queue_of(row) for row in open_rows),
            bots=_distinct(row["bot"] for row in open_rows),
        )


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({plain(name) for name in names if name}))


def _source_payloads(rows: Rows) -> list[dict[str, Any]]:
    return [
        {"name": plain(row["name"]), "last_event_ms": row["last_event_ms"], "is_simulated": bool(row["is_simulated"])}
        for row in rows
    ]


# The states a filter may name, in the order a conversation goes through them.
OPEN_STATES = tuple(str(state) for state in State if state != State.CLOSED)
