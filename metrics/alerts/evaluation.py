"""One evaluation for the present and the past: what is seen goes in, with its time; what happens to alerts comes out.

It has no clock, no database and no thread. The live engine feeds it from the floor, `past` from stored history, so a rule that is
tried on the past says what it would have said then. Its cost follows what is seen: a conversation that no rule has anything to
say of costs a comparison or two a rule, and time is a heap of the moments at which something is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from metrics.alerts import readings, subjects
from metrics.alerts.figures import WINDOW_MS
from metrics.alerts.groups import Group, Scope, scope_of
from metrics.alerts.levels import Levels, Reading
from metrics.alerts.promises import Promises
from metrics.alerts.rules import FIGURE_KINDS, Per, Rule, RuleKind
from metrics.alerts.states import Standing, Step, StepKind, acknowledge
from metrics.alerts.subjects import FLOOR, Subject
from metrics.alerts.watchlist import Happening, Pair, Told, Watchlist
from metrics.alerts.words import Message, WordSearch
from metrics.places import queue_of

Row = Mapping[str, Any]

CLOSED = "the conversation closed"
JOINED = "its conversation was joined to another that has this alert already"
MOVED = "its conversation was joined to another"
OUT_OF_REACH = "the rule is not about this any more"
RULE_GONE = "the rule was switched off or removed"
NEW_MONTH = "a new month has begun"
NO_ENTITLEMENT = "no entitlement is configured any more"
BY_HAND = "resolved by hand"
_FIGURES = {RuleKind.BACKLOG: "waiting", RuleKind.LONGEST_WAIT: "longest_wait"}


@dataclass(frozen=True, slots=True)
class Use:
    """How many bot sessions of a month ("2026-11") are used, of how many; None: nothing says of how many."""

    month: str
    used: int
    entitled: int | None


class Evaluator:
    """All rules over all that they watch."""

    def __init__(self, rules: Iterable[Rule], *, promises: Promises) -> None:
        self._promises = promises
        self._list = Watchlist()
        self._rows: dict[int, Row] = {}  # open
        self._ended: dict[int, Row] = {}  # those that figures of the last two hours count
        self._sources: dict[str, int] = {}
        self._use: Use | None = None
        self._take_rules(rules)

    @property
    def num_watched(self) -> int:
        """How many pairs of rule and subject are held in mind."""
        return len(self._list)

    # What is seen

    def see(self, key: int, row: Row | None, now_ms: int) -> list[Happening]:
        """A conversation as it is now; None: there is no such conversation any more."""
        found: list[Happening] = []
        for group in self._groups.values():
            group.put(key, row, now_ms)
        self._rows.pop(key, None)
        self._ended.pop(key, None)
        if row is not None and row["ended_ms"] is None:
            self._rows[key] = row
            for rule in self._row_rules:
                self._see_row(rule, row, now_ms, found)
            return found
        if row is not None and self._groups:
            self._ended[key] = row
        for pair in self._list.of_conversation(key):
            self._list.end(self._rule_of(pair), pair, now_ms, CLOSED, found)
        return found

    def hear(self, row: Row, messages: Sequence[Message], now_ms: int) -> list[Happening]:
        """New messages of a conversation, each of which is to be heard once."""
        found: list[Happening] = []
        for rule, search in self._searches:
            for message in messages if rule.reaches(row) else ():
                word = search.found_in(message) if rule.hears(message.at_ms) else None
                if word is None:
                    continue
                subject = subjects.of_message(message.identity, row)
                if (rule.rule_id, subject.key) not in self._list:
                    self._list.step(rule, subject, readings.of_words(rule, word), now_ms, found)
        return found

    def hear_source(self, name: str, last_event_ms: int, now_ms: int) -> list[Happening]:
        """When the newest event of a source was."""
        found: list[Happening] = []
        if self._sources.get(name) != last_event_ms:
            self._sources[name] = last_event_ms
            for rule in self._source_rules:
                self._see_source(rule, name, now_ms, found)
        return found

    def hear_use(self, use: Use, now_ms: int) -> list[Happening]:
        """How much of the present month's bot sessions is used."""
        found: list[Happening] = []
        self._use = use
        for rule in self._use_rules:
            self._see_use(rule, use, now_ms, found)
        return found

    def settle(self, now_ms: int) -> list[Happening]:
        """Look at the figures that what was seen has moved: to be called when all of one moment has been seen."""
        found: list[Happening] = []
        for scope, group in self._groups.items():
            touched, group.touched = group.touched, set()
            for rule in self._figure_rules[scope] if touched else ():
                for part in sorted(touched):
                    self._see_figure(rule, part, now_ms, found)
        return found

    def advance(self, now_ms: int, *, late_ms: int | None = None) -> list[Happening]:
        """Let time do its work up to and including `now_ms`, each thing at the moment it was due.

        With `late_ms`, what was due longer ago is done as of so long ago: a machine that slept has no hours to catch up with.
        """
        found: list[Happening] = []
        while (due := self._list.pop_due(now_ms)) is not None:
            at_ms, pair = due
            if late_ms is not None:
                at_ms = max(at_ms, now_ms - late_ms)
            watched, rule = self._list.get(pair), self._rule_of(pair)
            if watched is None or watched.reading is None:
                continue
            figure = self._figure(rule, watched.subject.queue, at_ms) if rule.kind in FIGURE_KINDS else None
            self._list.step(rule, watched.subject, figure or watched.reading, at_ms, found)
        return found

    def next_due_ms(self) -> int | None:
        """When `advance` will have something to do."""
        return self._list.next_due_ms()

    def prune(self, now_ms: int) -> None:
        """Forget what ended so long ago that no figure counts it."""
        for key in [key for key, row in self._ended.items() if row["ended_ms"] <= now_ms - WINDOW_MS]:
            del self._ended[key]
        for group in self._groups.values():
            group.prune(now_ms)

    # What people do

    def acknowledge(self, pair: Pair, now_ms: int, by: str) -> list[Happening]:
        """Somebody has seen it."""
        found: list[Happening] = []
        watched = self._list.get(pair)
        if watched is not None:
            rule = self._rule_of(pair)
            after, steps = acknowledge(watched.standing, now_ms, by)
            self._list.keep(rule, watched.subject, after, watched.reading)
            self._list.note(rule, watched.subject, after, steps, f"acknowledged by {by}", found)
        return found

    def resolve(self, pair: Pair, now_ms: int, by: str) -> list[Happening]:
        """Somebody says that it is over."""
        found: list[Happening] = []
        watched = self._list.get(pair)
        if watched is not None and watched.standing.is_open:
            self._list.end(self._rule_of(pair), pair, now_ms, BY_HAND, found, by=by)
        return found

    # Rules, and what stood before

    def set_rules(self, rules: Sequence[Rule], now_ms: int) -> list[Happening]:
        """Go on with these rules. What stood by a rule that went is over, and nobody is told; the rest is looked at anew."""
        found: list[Happening] = []
        kept = {rule.rule_id for rule in rules if rule.is_enabled}
        for pair in self._list:
            if pair[0] not in kept:
                self._list.end(self._rule_of(pair), pair, now_ms, RULE_GONE, found, is_told=False)
        self._take_rules(rules)
        for key, row in [*self._ended.items(), *self._rows.items()]:
            for group in self._groups.values():
                group.put(key, row, now_ms)
        for row in self._rows.values():
            for rule in self._row_rules:
                self._see_row(rule, row, now_ms, found)
        for rule in self._source_rules:
            for name in self._sources:
                self._see_source(rule, name, now_ms, found)
        if self._use is not None:
            found += self.hear_use(self._use, now_ms)
        self.settle_restored(now_ms, found)
        return [*found, *self.settle(now_ms)]

    def restore(self, rule_id: str, subject: Subject, standing: Standing, word: str = "") -> None:
        """What stood when the last process ended goes on standing; its rule must be one of these."""
        rule = self._rule_of((rule_id, subject.key))
        reading = readings.of_words(rule, word) if rule.kind is RuleKind.WORDS else None
        self._list.keep(rule, subject, standing, reading)

    def forget(self, pair: Pair) -> None:
        """Remember nothing of a pair: somebody else has taken it further."""
        self._list.drop(pair)

    def settle_restored(self, now_ms: int, found: list[Happening]) -> None:
        """Look at all that is watched and has not been touched: by its reading as it is now, or as out of the rule's reach."""
        for pair in self._list:
            watched, rule = self._list.get(pair), self._rule_of(pair)
            if watched is None:
                continue
            if rule.kind in FIGURE_KINDS and (watched.subject == FLOOR) is (rule.per is Per.FLOOR):
                self._see_figure(rule, watched.subject.queue, now_ms, found)
            elif rule.kind in FIGURE_KINDS:
                self._list.end(rule, pair, now_ms, OUT_OF_REACH, found)
            elif watched.reading is not None:
                self._list.keep(rule, watched.subject, watched.standing, watched.reading)

    def lost(self) -> list[int]:
        """Conversations that something is remembered of, and that are not open."""
        return [key for key in self._list.conversations() if key not in self._rows]

    def has(self, key: int) -> bool:
        """Whether anything is remembered of a conversation."""
        return bool(self._list.of_conversation(key))

    def move(self, key: int, row: Row, now_ms: int) -> list[Happening]:
        """The alerts of conversation `key` go on as those of the conversation that it was joined to."""
        found: list[Happening] = []
        for pair in self._list.of_conversation(key):
            watched, rule = self._list.get(pair), self._rule_of(pair)
            if watched is None:
                continue
            subject = subjects.of_conversation(row)
            if pair[1].startswith("message:"):
                subject = replace(subject, key=pair[1])
            there = self._list.get((pair[0], subject.key))
            if there is not None and there.standing.is_open and pair[1] != subject.key:
                self._list.end(rule, pair, now_ms, JOINED, found, is_told=False)
                continue
            self._list.drop(pair)
            self._list.keep(rule, subject, watched.standing, watched.reading)
            if watched.standing.is_open:
                one = Step(StepKind.MOVED, watched.standing.state, watched.standing.band, now_ms, is_told=False)
                found.append(Happening(rule, subject, watched.standing, (Told(one, MOVED),), pair[1]))
        return found

    # How it is done

    def _take_rules(self, rules: Iterable[Rule]) -> None:
        enabled = [rule for rule in rules if rule.is_enabled]
        self._rules = {rule.rule_id: rule for rule in enabled}
        self._levels: dict[tuple[str, str], Levels | None] = {}
        self._rules_for: dict[tuple[str, str], Rule] = {}
        self._row_rules = [rule for rule in enabled if rule.kind in (RuleKind.SENTIMENT, RuleKind.WAIT)]
        self._source_rules = [rule for rule in enabled if rule.kind is RuleKind.SILENT_SOURCE]
        self._use_rules = [rule for rule in enabled if rule.kind is RuleKind.BOT_SESSIONS]
        self._searches = [(rule, WordSearch(rule)) for rule in enabled if rule.kind is RuleKind.WORDS]
        self._groups: dict[Scope, Group] = {}
        self._figure_rules: dict[Scope, list[Rule]] = {}
        for rule in enabled:
            if rule.kind in FIGURE_KINDS:
                self._groups.setdefault(scope_of(rule), Group(rule, self._promises.targets))
                self._figure_rules.setdefault(scope_of(rule), []).append(rule)

    @property
    def hears_messages(self) -> bool:
        """Whether any rule is about words."""
        return bool(self._searches)

    @property
    def counts_ended(self) -> bool:
        """Whether any rule is about figures, some of which count what has ended."""
        return bool(self._groups)

    @property
    def hears_use(self) -> bool:
        """Whether any rule is about bot sessions."""
        return bool(self._use_rules)

    def _rule_of(self, pair: Pair) -> Rule:
        """The rule of a pair, as it holds for its subject."""
        rule = self._rules[pair[0]]
        return self._rule_for(rule, subjects.source_of(pair[1])) if rule.kind is RuleKind.SILENT_SOURCE else rule

    def _rule_for(self, rule: Rule, source: str) -> Rule:
        key = (rule.rule_id, source)
        if key not in self._rules_for:
            self._rules_for[key] = self._promises.rule_for(rule, source)
        return self._rules_for[key]

    def _levels_of(self, rule: Rule, place: str) -> Levels | None:
        key = (rule.rule_id, place)
        if key not in self._levels:
            self._levels[key] = self._promises.levels_of(rule, place)
        return self._levels[key]

    def _see_row(self, rule: Rule, row: Row, now_ms: int, found: list[Happening]) -> None:
        pair = (rule.rule_id, f"conversation:{row['conversation_key']}")
        if not rule.reaches(row):
            if pair in self._list:
                self._list.end(rule, pair, now_ms, OUT_OF_REACH, found)
            return
        queue = queue_of(row)
        levels = self._levels_of(rule, queue)
        if levels is not None and (pair in self._list or readings.is_of_interest(rule, row, levels)):
            reading = readings.of_row(rule, row, levels, queue)
            self._list.step(rule, subjects.of_conversation(row), reading, now_ms, found)

    def _see_source(self, rule: Rule, name: str, now_ms: int, found: list[Happening]) -> None:
        rule = self._rule_for(rule, name)
        subject, last_ms, levels = subjects.of_source(name), self._sources[name], self._levels_of(rule, name)
        pair = (rule.rule_id, subject.key)
        if levels is None or (rule.sources and name not in rule.sources):
            if pair in self._list:
                self._list.end(rule, pair, now_ms, OUT_OF_REACH, found)
        elif pair in self._list or not readings.is_forgotten(rule, levels, last_ms, now_ms):
            self._list.step(rule, subject, readings.of_source(levels, last_ms), now_ms, found)

    def _see_use(self, rule: Rule, use: Use, now_ms: int, found: list[Happening]) -> None:
        subject, levels = subjects.of_entitlement(use.month), self._levels_of(rule, "")
        for pair in [pair for pair in self._list if pair[0] == rule.rule_id]:
            if use.entitled is None or pair[1] != subject.key:
                self._list.end(rule, pair, now_ms, NO_ENTITLEMENT if use.entitled is None else NEW_MONTH, found)
        if levels is not None and use.entitled is not None:
            self._list.step(rule, subject, readings.of_use(levels, use.used, use.entitled), now_ms, found)

    def _see_figure(self, rule: Rule, part: str, now_ms: int, found: list[Happening]) -> None:
        subject = FLOOR if rule.per is Per.FLOOR else subjects.of_queue(part)
        reading = self._figure(rule, part, now_ms)
        if reading is not None:
            self._list.step(rule, subject, reading, now_ms, found)

    def _figure(self, rule: Rule, part: str, now_ms: int) -> Reading | None:
        levels = self._levels_of(rule, part)
        if levels is None:
            return None
        name = _FIGURES.get(rule.kind, rule.metric)
        return self._groups[scope_of(rule)].of(part).reading(name, levels, now_ms, queue=part)
