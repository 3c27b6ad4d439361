"""Follows one database for alerts: what the floor saw, and the little more that rules need, goes into the evaluation.

Belongs to the engine's thread. Whatever a reading needs of the database is asked once, for all rules and all viewers together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metrics.alerts.evaluation import Evaluator, Use
from metrics.alerts.figures import WINDOW_MS
from metrics.alerts.promises import Promises
from metrics.alerts.rules import Rule
from metrics.alerts.watchlist import Happening, Pair
from metrics.alerts.words import Message
from metrics.bot_sessions.entitlement import Entitlement
from metrics.bot_sessions.questions import count_used
from metrics.months import month_of
from store.alerts.reads import now_joined, said_since
from store.engine import Connection, Store
from store.live_reads import floor_conversations_by_key

Row = Mapping[str, Any]

# What was due longer ago is done as of so long ago: a machine that slept is not told of each reminder it slept through.
LATE_MS = 10_000
# A message may come this much later than what was said after it, and still be heard.
OVERLAP_MS = 10 * 60_000
# At a start, messages are heard that are no older.
HEARD_AT_START_MS = 60 * 60_000
PRUNE_MS = 60_000
# Bot sessions are counted this often: a month has hundreds, and nobody acts on one of them.
USE_MS = 10_000


@dataclass(frozen=True, slots=True)
class Batch:
    """What the floor saw in one reading: rows that are new, by key; None: the conversation has left the floor."""

    rows: Mapping[int, Row | None]
    sources: Sequence[tuple[str, int]]  # name, newest event
    now_ms: int
    is_whole: bool  # all that is open was looked at


class Following:
    """One database, its rules, and what they watch there."""

    def __init__(
        self, store: Store, rules: Sequence[Rule], *, promises: Promises, entitlement: Callable[[], Entitlement] = Entitlement
    ) -> None:
        self.store = store
        self._entitlement = entitlement
        self._used_ms = 0
        self.evaluator = Evaluator(rules, promises=promises)
        self._said: dict[int, tuple[int, int]] = {}  # by conversation: how many messages, and when the last activity was
        self._pruned_ms = 0
        self._is_first = True

    def take(self, batch: Batch) -> list[Happening]:
        """What a reading of the floor comes to."""
        now_ms, found = batch.now_ms, self.evaluator.advance(batch.now_ms, late_ms=LATE_MS)
        rows = dict(batch.rows)
        if self._is_first and batch.is_whole:
            rows |= dict.fromkeys((key for key in self.evaluator.lost() if key not in rows), None)
        if rows:
            found += self._take_rows(rows, now_ms)
        for name, last_event_ms in batch.sources:
            found += self.evaluator.hear_source(name, last_event_ms, now_ms)
        if self.evaluator.hears_use and now_ms - self._used_ms >= USE_MS:
            self._used_ms = now_ms
            found += self.evaluator.hear_use(self._use(now_ms), now_ms)
        found += self.evaluator.settle(now_ms)
        if self._is_first and batch.is_whole:
            self._is_first = False
            self.evaluator.settle_restored(now_ms, found)
        self._prune(now_ms)
        return found

    def set_rules(self, rules: Sequence[Rule], now_ms: int) -> list[Happening]:
        """Go on with these rules."""
        return self.evaluator.set_rules(rules, now_ms)

    def acknowledge(self, pair: Pair, now_ms: int, by: str) -> list[Happening]:
        """Somebody has seen an alert."""
        return self.evaluator.acknowledge(pair, now_ms, by)

    def resolve(self, pair: Pair, now_ms: int, by: str) -> list[Happening]:
        """Somebody says that an alert is over."""
        return self.evaluator.resolve(pair, now_ms, by)

    def load_ended(self, rows: Sequence[Row], now_ms: int) -> list[Happening]:
        """What ended within the window of the figures, at a start."""
        found: list[Happening] = []
        for row in rows:
            if row["ended_ms"] is not None:
                found += self.evaluator.see(row["conversation_key"], row, now_ms)
        return found

    def _use(self, now_ms: int) -> Use:
        """Nothing is counted where there is nothing to hold it against."""
        held = self._entitlement()
        month = month_of(now_ms, held.zone)
        entitled = held.sessions(month)
        if entitled is None:
            return Use(month, 0, None)
        with self.store.read() as connection:
            return Use(month, count_used(connection, month, held.zone), entitled)

    def _take_rows(self, rows: dict[int, Row | None], now_ms: int) -> list[Happening]:
        found: list[Happening] = []
        gone = [key for key, row in rows.items() if row is None]
        with self.store.read() as connection:
            rows |= self._ended(connection, gone, now_ms)
            joined = now_joined(connection, [key for key in gone if rows[key] is None and self.evaluator.has(key)])
            messages = self._messages(connection, rows, now_ms) if self.evaluator.hears_messages else {}
        for key, whole in joined.items():
            found += self.evaluator.move(key, whole, now_ms)
            if whole["conversation_key"] not in rows and whole["ended_ms"] is not None:
                rows[whole["conversation_key"]] = whole
        for key, row in rows.items():
            if row is not None and key in messages:
                found += self.evaluator.hear(row, messages[key], now_ms)
            found += self.evaluator.see(key, row, now_ms)
        return found

    def _ended(self, connection: Connection, gone: Sequence[int], now_ms: int) -> dict[int, Row | None]:
        """Of those that left the floor the ones that ended within the window: figures count them, words were said in them."""
        if not gone or not (self.evaluator.counts_ended or self.evaluator.hears_messages):
            return {}
        ended = floor_conversations_by_key(connection, gone, since_ms=now_ms - WINDOW_MS)
        return {row["conversation_key"]: row for row in ended if row["due_ms"] is None and not row["is_test"]}

    def _messages(self, connection: Connection, rows: Mapping[int, Row | None], now_ms: int) -> dict[int, list[Message]]:
        """What was said where the number of messages has grown, by conversation, with some of what was said before."""
        roots, since_ms = set(), now_ms
        for key, row in rows.items():
            if row is None:
                self._said.pop(key, None)
                continue
            count, last_ms = self._said.get(key, (0, max(row["started_ms"], now_ms - HEARD_AT_START_MS)))
            is_past = row["ended_ms"] is not None and row["ended_ms"] < now_ms - OVERLAP_MS
            if row["num_messages"] > count and not is_past:
                roots.add(row["root_key"])
                since_ms = min(since_ms, last_ms - OVERLAP_MS)
            self._said[key] = (row["num_messages"], row["last_ms"])
            if row["ended_ms"] is not None:
                del self._said[key]
        found: dict[int, list[Message]] = {}
        for said in said_since(connection, roots, since_ms) if roots else ():
            found.setdefault(said.conversation_key, []).append(Message(*said))
        return found

    def _prune(self, now_ms: int) -> None:
        if now_ms - self._pruned_ms >= PRUNE_MS:
            self._pruned_ms = now_ms
            self.evaluator.prune(now_ms)
