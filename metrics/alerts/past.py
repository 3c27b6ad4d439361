"""Trying a rule on the past: when it would have fired, on what, and whether that would have been of use.

The rule is evaluated by what evaluates it live, over conversations replayed from their stored activities, in the order of time:
figures are those of the moment, and time does its work in between. Conversations are read some hundreds at a time, so memory
follows how many were open at once, not how many there were.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from operator import attrgetter
from statistics import median
from typing import Any

from metrics.alerts.evaluation import Evaluator, Use
from metrics.alerts.past_use import past_use
from metrics.alerts.promises import Promises
from metrics.alerts.replay import Moment, Replay
from metrics.alerts.rules import Rule, RuleKind
from metrics.alerts.states import StepKind
from metrics.alerts.watchlist import Happening, Pair
from metrics.bot_sessions.entitlement import Entitlement
from metrics.derive import identify
from metrics.need import Band
from metrics.rules import Rules
from metrics.windows import DAY_MS, find_zone
from store.alerts.reads import alive_between, first_start
from store.engine import Connection, Store
from store.reads import activities_of_threads, threads_of_roots
from store.records import Activity, Outcome, Thread

CONVERSATIONS_AT_ONCE = 300
# Of more firings than this only the number is kept.
MAX_FIRINGS = 2_000
# Conversations that began longer before the first day are not looked at.
REACH_MS = 7 * DAY_MS
PRUNE_MS = 60 * 60_000


@dataclass(frozen=True, slots=True)
class Firing:
    """One time that the rule would have fired."""

    at_ms: int
    since_ms: int  # since when its level had been reached
    subject: str  # for people
    link: str  # "source:id" of the conversation; "" where it is about none
    queue: str
    worst: Band
    reason: str
    ended_ms: int | None = None  # None: it would still stand
    ending: str = ""
    was_escalated: bool = False  # later than it fired
    was_abandoned: bool = False
    was_unserved: bool = False  # a human was asked for, and nobody came before it ended


@dataclass(frozen=True, slots=True)
class Trial:
    """What trying a rule has come to so far."""

    done: float  # 0–1
    firings: tuple[Firing, ...]  # the first MAX_FIRINGS, in order
    num_firings: int
    per_day: Mapping[str, int]  # every day of the span, those without any too
    median_per_day: float | None  # over whole days; None where there is none
    num_conversations: int  # different ones it would have fired on
    num_escalated: int  # of these, how many a human was asked for later
    num_abandoned: int  # of these, how many were abandoned
    num_unserved: int  # of these, how many asked for a human and were not served
    start_ms: int
    end_ms: int
    covered_from_ms: int | None  # None: there is no history at all
    is_fully_covered: bool

    @property
    def is_capped(self) -> bool:
        """Whether there were more firings than are listed."""
        return self.num_firings > len(self.firings)


def try_on_past(
    store: Store,
    rule: Rule,
    *,
    days: int,
    zone: str,
    now_ms: int,
    promises: Promises,
    rules: Rules,
    entitlement: Entitlement | None = None,
) -> Iterator[Trial]:
    """Try `rule` on the last `days` times 24 hours. Yields after each part; the last is complete. Raises WindowError."""
    find_zone(zone)
    start_ms = now_ms - days * DAY_MS
    with store.read() as connection:
        first_ms = first_start(connection)
    found = _Findings(zone, start_ms, now_ms, first_ms)
    sweep = _Sweep(replace(rule, is_enabled=True, muted_until_ms=None, watches_from_ms=0), promises, found)
    if rule.kind is RuleKind.BOT_SESSIONS:
        sweep.take_use(past_use(store, promises.levels_of(rule), entitlement or Entitlement(), start_ms, now_ms))
        sweep.finish(now_ms)
        yield found.trial(1.0)
        return
    parts = _parts(store, start_ms, now_ms, rules, found, rule.kind)
    for reached_ms, moments in parts:
        for moment in moments:
            sweep.take(moment)
        yield found.trial(min(max((reached_ms - start_ms) / (now_ms - start_ms), 0.0), 0.99))
    sweep.finish(now_ms)
    yield found.trial(1.0)


class _Sweep:
    """The one evaluation, fed with moments in order."""

    def __init__(self, rule: Rule, promises: Promises, found: _Findings) -> None:
        self._evaluator = Evaluator([rule], promises=promises)
        self._is_about_sources = rule.kind is RuleKind.SILENT_SOURCE
        self._found = found
        self._at_ms = 0
        self._pruned_ms = 0

    def take(self, moment: Moment) -> None:
        """One moment; what is due before it comes first."""
        if moment.at_ms != self._at_ms:
            self._note(self._evaluator.settle(self._at_ms))
            self._note(self._evaluator.advance(moment.at_ms))
            self._at_ms = moment.at_ms
        row = moment.row
        if self._is_about_sources:
            self._note(self._evaluator.hear_source(row["source"], moment.at_ms, moment.at_ms))
            return
        if moment.message is not None:
            self._note(self._evaluator.hear(row, [moment.message], moment.at_ms))
        self._note(self._evaluator.see(row["conversation_key"], row, moment.at_ms))
        if moment.at_ms - self._pruned_ms > PRUNE_MS:
            self._pruned_ms = moment.at_ms
            self._evaluator.prune(moment.at_ms)

    def take_use(self, uses: Iterator[tuple[int, Use]]) -> None:
        """Bot sessions as they were used, each with its moment."""
        for at_ms, use in uses:
            self._note(self._evaluator.advance(at_ms))
            self._note(self._evaluator.hear_use(use, at_ms))

    def finish(self, now_ms: int) -> None:
        """Up to now."""
        self._note(self._evaluator.settle(self._at_ms))
        self._note(self._evaluator.advance(now_ms))

    def _note(self, happenings: Sequence[Happening]) -> None:
        for happening in happenings:
            self._found.note(happening)


@dataclass(frozen=True, slots=True)
class _Final:
    """What became of a conversation."""

    escalated_ms: int | None = None
    was_abandoned: bool = False
    was_unserved: bool = False

    def is_escalated_after(self, at_ms: int) -> bool:
        """Whether a human was asked for later than that."""
        return self.escalated_ms is not None and self.escalated_ms > at_ms


def _final_of(row: Mapping[str, Any]) -> _Final:
    was_left = row["escalated_ms"] is not None and row["accepted_ms"] is None and row["ended_ms"] is not None
    return _Final(row["escalated_ms"], row["outcome"] == Outcome.ABANDONED, was_left)


@dataclass(slots=True)
class _Findings:
    """What came of it."""

    zone: str
    start_ms: int
    end_ms: int
    first_ms: int | None
    finals: dict[int, _Final] = field(default_factory=dict)  # of conversations
    _firings: list[Firing] = field(default_factory=list)
    _open: dict[Pair, int] = field(default_factory=dict)  # place in the list
    _per_day: Counter[str] = field(default_factory=Counter)
    _conversations: set[int] = field(default_factory=set)
    _escalated: set[int] = field(default_factory=set)
    _abandoned: set[int] = field(default_factory=set)
    _unserved: set[int] = field(default_factory=set)

    def note(self, happening: Happening) -> None:
        """Take in what happened."""
        if not happening.told and (place := self._open.get(happening.pair)) is not None:
            self._firings[place] = replace(self._firings[place], reason=happening.reason)
        for told in happening.told:
            one = told.step
            place = self._open.get(happening.pair)
            if one.kind is StepKind.FIRED and self.start_ms <= one.at_ms <= self.end_ms:
                self._fire(happening, told.reason, one.at_ms)
            elif place is not None and one.kind in (StepKind.WORSENED, StepKind.EASED):
                worst = happening.standing.worst
                self._firings[place] = replace(self._firings[place], worst=worst, reason=told.reason)
            elif place is not None and one.kind is StepKind.RESOLVED:
                del self._open[happening.pair]
                self._firings[place] = replace(self._firings[place], ended_ms=one.at_ms, ending=told.reason)

    def _fire(self, happening: Happening, reason: str, at_ms: int) -> None:
        subject, standing = happening.subject, happening.standing
        self._per_day[_day(at_ms, self.zone).isoformat()] += 1
        final, key = _Final(), subject.conversation_key
        if key is not None:
            final = self.finals.get(key, final)
            self._conversations.add(key)
            self._escalated.update([key] if final.is_escalated_after(at_ms) else [])
            self._abandoned.update([key] if final.was_abandoned else [])
            self._unserved.update([key] if final.was_unserved else [])
        if len(self._firings) < MAX_FIRINGS:
            self._open[happening.pair] = len(self._firings)
            self._firings.append(
                Firing(
                    at_ms=at_ms,
                    since_ms=standing.since_ms or at_ms,
                    subject=subject.text,
                    link=subject.link,
                    queue=subject.queue,
                    worst=standing.worst,
                    reason=reason,
                    was_escalated=final.is_escalated_after(at_ms),
                    was_abandoned=final.was_abandoned,
                    was_unserved=final.was_unserved,
                )
            )

    def trial(self, done: float) -> Trial:
        """How it stands."""
        first, last = _day(self.start_ms, self.zone), _day(self.end_ms, self.zone)
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        per_day = {day.isoformat(): self._per_day[day.isoformat()] for day in days}
        whole = list(per_day.values())[1:-1]  # the first and the last day are cut by the span
        return Trial(
            done=done,
            firings=tuple(self._firings),
            num_firings=self._per_day.total(),
            per_day=per_day,
            median_per_day=median(whole) if whole else None,
            num_conversations=len(self._conversations),
            num_escalated=len(self._escalated),
            num_abandoned=len(self._abandoned),
            num_unserved=len(self._unserved),
            start_ms=self.start_ms,
            end_ms=self.end_ms,
            covered_from_ms=None if self.first_ms is None else max(self.first_ms, self.start_ms),
            is_fully_covered=self.first_ms is not None and self.first_ms <= self.start_ms,
        )


def _parts(
    store: Store, start_ms: int, end_ms: int, rules: Rules, found: _Findings, kind: RuleKind
) -> Iterator[tuple[int, Iterator[Moment]]]:
    """The moments of all conversations in order of time, in parts: up to when a part goes, and its moments."""
    coming: list[tuple[int, int, Moment]] = []
    numbers, after = count(), (0, 0)
    while True:
        with store.read() as connection:
            stored = alive_between(
                connection, start_ms, end_ms, oldest_ms=start_ms - REACH_MS, after=after, limit=CONVERSATIONS_AT_ONCE
            )
            replays = _replays(connection, stored, rules)
        for replay in replays:
            for moment in _moments(replay, end_ms, kind):
                coming.append((moment.at_ms, next(numbers), moment))
        heapq.heapify(coming)
        found.finals.update((row["conversation_key"], _final_of(row)) for row in stored)
        is_last = len(stored) < CONVERSATIONS_AT_ONCE
        # What is read later began later: nothing before that is still to come.
        reached_ms = end_ms if is_last else stored[-1]["started_ms"]
        yield reached_ms, _taken(coming, reached_ms, is_last=is_last)
        if is_last:
            return
        after = (stored[-1]["started_ms"], stored[-1]["conversation_key"])
        alive = {moment.row["conversation_key"] for _, _, moment in coming}
        for key in [key for key in found.finals if key not in alive]:
            del found.finals[key]


def _moments(replay: Replay, until_ms: int, kind: RuleKind) -> Iterator[Moment]:
    if kind is RuleKind.SILENT_SOURCE:
        return replay.spoken(until_ms)
    return replay.moments(until_ms, with_messages=kind is RuleKind.WORDS)


def _taken(coming: list[tuple[int, int, Moment]], reached_ms: int, *, is_last: bool) -> Iterator[Moment]:
    while coming and (is_last or coming[0][0] < reached_ms):
        yield heapq.heappop(coming)[2]


def _replays(connection: Connection, stored: Sequence[Mapping[str, Any]], rules: Rules) -> list[Replay]:
    """These conversations, ready to be replayed."""
    roots = {row["root_key"] for row in stored}
    threads: dict[int, list[Thread]] = {}
    for thread in threads_of_roots(connection, roots):
        threads.setdefault(thread.root_key, []).append(thread)
    activities: dict[int, list[Activity]] = {row["conversation_key"]: [] for row in stored}
    for item in activities_of_threads(connection, [thread.key for each in threads.values() for thread in each]):
        if item.conversation_key in activities:
            activities[item.conversation_key].append(item)
    found = []
    for row in stored:
        ordered = sorted(activities[row["conversation_key"]], key=attrgetter("order"))
        if ordered:
            found.append(Replay(row, ordered, identify(threads[row["root_key"]]).marks, rules))
    return found


def _day(at_ms: int, zone: str) -> date:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(find_zone(zone)).date()
