"""The alerts of the floor as it is: told of each reading of the floor, it evaluates the rules and writes what comes of it.

It has a thread of its own: the floor's thread only hands over the rows that are new, so neither a slow disk nor a slow rule holds
up those who watch. What is written is one short transaction for all that a reading came to; when it is on disk, pages are told,
and whoever delivers is woken. What cannot be written now is kept and written when it can be.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence, Set
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from live.alerts.board import ENDED_MS, AlertBoard
from live.alerts.following import Batch, Following
from live.alerts.ledger import Ledger
from metrics.alerts.figures import WINDOW_MS
from metrics.alerts.rulebook import RuleBook
from metrics.alerts.rules import Rule
from metrics.alerts.watchlist import Happening
from metrics.bot_sessions.entitlement import Entitlement
from store.alerts.reads import alerts_by_id, alerts_resolved_since, open_alerts, saved_rules
from store.engine import Store
from store.errors import StoreBusyError, describe
from store.live_reads import floor_conversations

# With nothing to do, time is looked at this often.
TICK_SECONDS = 1.0
# A server that has just begun waits so long before it says that a source is silent: what has gathered meanwhile comes first.
CATCH_UP_MS = 120_000
# Alerts that another process wrote are shown after at most so long.
REFRESH_MS = 5_000
# Rules that were changed by another process are taken up after at most so long.
RULES_MS = 15_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Begin:
    store: Store


@dataclass(frozen=True, slots=True)
class Command:
    """What a person wants done in the engine's thread, between two readings."""

    do: Callable[[Following, Ledger, int], list[Happening]]
    done: Future[None]


Task = _Begin | Batch | Command


class AlertEngine:
    """An observer of the floor. `start` it on the event loop that viewers wait on.

    `is_filling`: while a simulated history is being written, nothing is looked at; what stands then is a matter of the writing.
    """

    def __init__(
        self,
        rulebook: RuleBook,
        *,
        now_ms: Callable[[], int],
        is_simulated: Callable[[], bool] = lambda: False,
        is_filling: Callable[[], bool] = lambda: False,
        tells_simulated: bool = False,
        told: Callable[[], None] = lambda: None,
        entitlement: Callable[[], Entitlement] = Entitlement,
    ) -> None:
        self.board = AlertBoard()
        self.rulebook = rulebook
        self._now_ms = now_ms
        self._is_simulated = is_simulated
        self._is_filling = is_filling
        self._tells_simulated = tells_simulated
        self._told = told
        self.entitlement = entitlement  # to bot sessions, of the database that is followed
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._known: dict[int, Mapping[str, Any]] = {}  # the floor's thread's: rows as last handed over
        self._begun: Store | None = None  # likewise: what is followed
        self._begun_ms = 0
        self._is_held = False  # nothing was handed over since it began, as the history is being filled in
        self._store: Store | None = None  # the engine's thread's, as all that follows
        self._following: Following | None = None
        self._ledger: Ledger | None = None
        self._unwritten: list[Happening] = []
        self._waiting: list[Future[None]] = []  # for what is not written yet
        self._refreshed_ms = self._ruled_ms = 0
        self._rules: list[Rule] = []
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)

    # The floor's thread

    def begins(self, store: Store) -> None:
        """Another database is followed from now on."""
        self._known, self._begun, self._begun_ms, self._is_held = {}, store, self._now_ms(), False
        self._tasks.put(_Begin(store))

    def saw(
        self,
        open_rows: Mapping[int, Mapping[str, Any]],
        touched_keys: Set[int],
        tiles: Mapping[str, Any],
        sources: Sequence[Mapping[str, Any]],
        now_ms: int,
    ) -> None:
        """Hand over what is new in a reading of the floor."""
        if self._is_filling():
            self._is_held = True
            return
        if self._is_held and self._begun is not None:
            self.begins(self._begun)
            touched_keys = open_rows.keys()
        rows: dict[int, Mapping[str, Any] | None] = {}
        for key in touched_keys:
            row = open_rows.get(key)
            if row is None:
                self._known.pop(key, None)
                rows[key] = None
            elif row is not self._known.get(key):  # the floor reads a row anew, it does not change one
                self._known[key] = row
                rows[key] = row
        heard = [(str(item["name"]), int(item["last_event_ms"])) for item in sources if self._is_heard(item, now_ms)]
        self._tasks.put(Batch(rows, heard, now_ms, is_whole=len(touched_keys) >= len(open_rows)))

    def _is_heard(self, item: Mapping[str, Any], now_ms: int) -> bool:
        """Whether a source is one that could be silent, and has had the time to say that it is not."""
        if item["late_ms"] is None:
            return False
        is_due = now_ms - self._begun_ms >= CATCH_UP_MS
        return is_due or int(item["last_event_ms"]) >= self._begun_ms - int(item["late_ms"])

    # Any thread

    async def start(self) -> None:
        """Begin to evaluate."""
        self.board.open()
        self._thread.start()

    async def stop(self) -> None:
        """End; what had been seen is written first."""
        self._tasks.put(None)
        await asyncio.to_thread(self._thread.join)

    def command(self, do: Callable[[Following, Ledger, int], list[Happening]]) -> Future[None]:
        """Have something done between two readings. The future is done when what comes of it is on disk."""
        done: Future[None] = Future()
        self._tasks.put(Command(do, done))
        return done

    # The engine's thread

    def _run(self) -> None:
        while True:
            tasks = self._next_tasks()
            self.work([task for task in tasks if task is not None])
            if None in tasks:
                return

    def _next_tasks(self) -> list[Task | None]:
        """What there is to do; nothing, when something is due."""
        tasks: list[Task | None] = []
        try:
            tasks.append(self._tasks.get(timeout=self._patience()))
            while True:
                tasks.append(self._tasks.get_nowait())
        except queue.Empty:
            return tasks

    def _patience(self) -> float:
        due_ms = self.due_ms()
        if due_ms is None:
            return TICK_SECONDS
        return min(max((due_ms - self._now_ms()) / 1000, 0.001), TICK_SECONDS)

    def work(self, tasks: Sequence[Task]) -> None:
        """Do these, write what comes of it, and tell. Faults are logged; what they hurt is read anew from the database."""
        try:
            for task in tasks:
                self._do(task)
            if not any(isinstance(task, Batch) for task in tasks):
                self._let_time_pass()
            self._write()
        except StoreBusyError as error:
            _log.warning("alerts could not be written, trying again: error=%s", describe(error))
            time.sleep(TICK_SECONDS)
            if self._following is None or self._following.store is not self._store:
                self._read_anew()
        except Exception as error:  # whatever it is, alerts must come back by themselves
            _log.error("alerts failed, reading them anew: error=%s", describe(error))
            self._read_anew()

    def pump(self) -> None:
        """Do all there is to do, in the calling thread: for tests and trials, which start no thread."""
        tasks = []
        while not self._tasks.empty():
            tasks.append(self._tasks.get())
        self.work([task for task in tasks if task is not None])

    def due_ms(self) -> int | None:
        """When time alone will make a difference. For the engine's thread."""
        return None if self._following is None else self._following.evaluator.next_due_ms()

    def _do(self, task: Task) -> None:
        match task:
            case _Begin(store=store):
                try:
                    self._write()
                finally:
                    self._store, self._unwritten = store, []  # what could not be written was of the database before
                self._begin(store)
            case Batch() if self._following is not None:
                self._unwritten += self._following.take(task)
            case Command() if self._following is not None and self._ledger is not None:
                try:
                    self._unwritten += task.do(self._following, self._ledger, self._now_ms())
                    self._waiting.append(task.done)
                except Exception as error:  # whoever asked is told
                    task.done.set_exception(error)
            case Command():
                task.done.set_exception(StoreBusyError("alerts are not ready yet"))

    def _begin(self, store: Store, *, with_open: bool = False) -> None:
        """Follow a database from what stands in it. Open conversations come with the floor's first reading of it."""
        now_ms, is_simulated = self._now_ms(), self._is_simulated()
        tells = self._tells_simulated or not is_simulated
        known = self.rulebook.known_targets
        ledger = Ledger(
            is_simulated=is_simulated,
            targets_of=lambda rule: [name for name in rule.targets if name in known] if tells else (),
        )
        with store.read() as connection:
            self._rules = self.rulebook.rules(saved_rules(connection))
            following = Following(store, self._rules, promises=self.rulebook.promises, entitlement=self.entitlement)
            enabled = {rule.rule_id: rule for rule in self._rules if rule.is_enabled}
            orphans = ledger.restore(connection, following.evaluator, enabled, now_ms)
            rows = floor_conversations(connection, since_ms=now_ms - WINDOW_MS)
        self._unwritten += following.load_ended(rows, now_ms)
        if orphans:
            with store.write() as connection:
                ledger.close(connection, orphans, now_ms)
        self._following, self._ledger, self._ruled_ms = following, ledger, now_ms
        if with_open:
            found = {row["conversation_key"]: row for row in rows if row["due_ms"] is not None and not row["is_test"]}
            self._unwritten += following.take(Batch(found, (), now_ms, is_whole=True))
        self._show(now_ms)

    def _let_time_pass(self) -> None:
        if self._following is not None:
            self._unwritten += self._following.take(Batch({}, (), self._now_ms(), is_whole=False))

    def _write(self) -> None:
        """Write what has happened; tell pages and whoever delivers; let those go on who waited for it."""
        if self._following is None or self._ledger is None:
            return
        now_ms, following, ledger = self._now_ms(), self._following, self._ledger
        if now_ms - self._ruled_ms >= RULES_MS:
            self._unwritten += self.take_up_rules(now_ms)
        if self._unwritten:
            try:
                with following.store.write() as connection:
                    written = ledger.write(connection, self._unwritten, now_ms)
            except BaseException:
                ledger.roll_back()
                raise
            self._unwritten = []
            for pair in written.taken_elsewhere:
                with following.store.read() as connection:
                    ledger.adopt(connection, following.evaluator, pair)
            if written.num_deliveries:
                self._told()
            with following.store.read() as connection:
                self.board.change(alerts_by_id(connection, written.alert_ids), now_ms=now_ms)
        if now_ms - self._refreshed_ms >= REFRESH_MS:
            self._show(now_ms)
        self.board.checked_ms = now_ms
        waiting, self._waiting = self._waiting, []
        for done in waiting:
            done.set_result(None)

    def take_up_rules(self, now_ms: int) -> list[Happening]:
        """Go on with the rules as they stand in the database. For the engine's thread."""
        if self._following is None:
            return []
        self._ruled_ms = now_ms
        with self._following.store.read() as connection:
            rules = self.rulebook.rules(saved_rules(connection))
        if rules == self._rules:
            return []
        self._rules = rules
        return self._following.set_rules(rules, now_ms)

    def _show(self, now_ms: int) -> None:
        if self._following is None:
            return
        with self._following.store.read() as connection:
            rows = [*alerts_resolved_since(connection, now_ms - ENDED_MS), *open_alerts(connection)]
        self._refreshed_ms = now_ms
        self.board.show(rows, now_ms=now_ms)

    def _read_anew(self) -> None:
        waiting, self._waiting, self._unwritten = self._waiting, [], []
        for done in waiting:
            done.set_exception(StoreBusyError("alerts are being read anew; try again"))
        if self._store is not None:
            try:
                self._begin(self._store, with_open=True)
            except Exception as error:  # the next reading of the floor tries again
                _log.error("alerts could not be read: error=%s", describe(error))
                time.sleep(TICK_SECONDS)
