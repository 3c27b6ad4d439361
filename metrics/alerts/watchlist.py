"""What rules hold in mind: for each rule and subject how it stands, what was read last, and when it is due."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

from metrics.alerts.levels import Reading
from metrics.alerts.rules import Rule
from metrics.alerts.sentences import over, reason, said
from metrics.alerts.states import Standing, Step, StepKind, Steps, due_ms, end, rests, step
from metrics.alerts.subjects import Subject

Pair = tuple[str, str]  # rule id, subject key
RESTS = "outside its hours"


@dataclass(frozen=True, slots=True)
class Told:
    """A step with its reason in words."""

    step: Step
    reason: str


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to one rule for one subject; without steps: only why it stands is another reason now."""

    rule: Rule
    subject: Subject
    standing: Standing  # as it is after it
    told: tuple[Told, ...]
    moved_from: str = ""  # the subject's key before its conversation was joined to another
    word: str = ""  # of a rule about words: what was said
    reason: str = ""  # where there are no steps

    @property
    def is_over(self) -> bool:
        """Whether this ended the firing."""
        return bool(self.told) and self.told[-1].step.kind is StepKind.RESOLVED

    @property
    def pair(self) -> Pair:
        """Rule and subject, as they were known before."""
        return self.rule.rule_id, self.moved_from or self.subject.key


@dataclass(slots=True)
class Watched:
    """One rule for one subject, as long as there is something to remember."""

    subject: Subject
    standing: Standing
    reading: Reading | None  # None: restored, and not seen since
    due_ms: int | None = None


class Watchlist:
    """All that is watched. Each method that steps adds what happened to `found`."""

    def __init__(self) -> None:
        self._watched: dict[Pair, Watched] = {}
        self._of_conversation: dict[int, set[Pair]] = {}
        self._due: list[tuple[int, Pair]] = []

    def __contains__(self, pair: Pair) -> bool:
        return pair in self._watched

    def __iter__(self) -> Iterator[Pair]:
        return iter(sorted(self._watched))

    def __len__(self) -> int:
        return len(self._watched)

    def get(self, pair: Pair) -> Watched | None:
        """What is remembered of a pair."""
        return self._watched.get(pair)

    def of_conversation(self, key: int) -> list[Pair]:
        """The pairs that are about a conversation."""
        return sorted(self._of_conversation.get(key, ()))

    def conversations(self) -> list[int]:
        """The conversations that something is remembered of."""
        return list(self._of_conversation)

    def step(self, rule: Rule, subject: Subject, reading: Reading, now_ms: int, found: list[Happening]) -> None:
        """Hold a reading against how it stands."""
        watched = self._watched.get((rule.rule_id, subject.key))
        after, steps = step(Standing() if watched is None else watched.standing, reading, rule, now_ms)
        self.keep(rule, subject, after, reading)
        if steps:
            told = tuple(Told(one, _why(rule, one, reading)) for one in steps)
            found.append(Happening(rule, subject, after, told, word=reading.word))
        elif after.is_open and _began_otherwise(None if watched is None else watched.reading, reading):
            why = reason(rule, after.band, reading.at(now_ms), reading)
            found.append(Happening(rule, subject, after, (), reason=why))

    def end(
        self, rule: Rule, pair: Pair, now_ms: int, why: str, found: list[Happening], *, by: str = "", is_told: bool = True
    ) -> None:
        """It is over, for a reason that has nothing to do with what was read."""
        watched = self._watched[pair]
        after, steps = end(watched.standing, rule, now_ms, by=by, is_told=is_told)
        if by:
            self.keep(rule, watched.subject, after, watched.reading)
        else:
            self.drop(pair)
        self.note(rule, watched.subject, after, steps, why, found)

    def note(self, rule: Rule, subject: Subject, standing: Standing, steps: Steps, why: str, found: list[Happening]) -> None:
        """Say what happened, where anything did."""
        if steps:
            found.append(Happening(rule, subject, standing, tuple(Told(one, why) for one in steps)))

    def keep(self, rule: Rule, subject: Subject, standing: Standing, reading: Reading | None) -> None:
        """Remember how it stands, or forget it where there is nothing to remember."""
        pair = (rule.rule_id, subject.key)
        due = None if reading is None else due_ms(standing, reading, rule)
        if standing.is_blank and due is None:
            self.drop(pair)
            return
        before = self._watched.get(pair)
        self._watched[pair] = Watched(subject, standing, reading, due)
        if subject.conversation_key is not None:
            self._of_conversation.setdefault(subject.conversation_key, set()).add(pair)
        if due is not None and (before is None or before.due_ms != due):
            heapq.heappush(self._due, (due, pair))

    def drop(self, pair: Pair) -> None:
        """Forget a pair."""
        watched = self._watched.pop(pair, None)
        if watched is None or watched.subject.conversation_key is None:
            return
        pairs = self._of_conversation.get(watched.subject.conversation_key, set())
        pairs.discard(pair)
        if not pairs:
            self._of_conversation.pop(watched.subject.conversation_key, None)

    def next_due_ms(self) -> int | None:
        """When the next pair is due."""
        while self._due:
            at_ms, pair = self._due[0]
            watched = self._watched.get(pair)
            if watched is not None and watched.due_ms == at_ms:
                return at_ms
            heapq.heappop(self._due)  # it was dropped, or is due at another time by now
        return None

    def pop_due(self, now_ms: int) -> tuple[int, Pair] | None:
        """The pair that is due first, if it is by now."""
        at_ms = self.next_due_ms()
        if at_ms is None or at_ms > now_ms:
            return None
        _, pair = heapq.heappop(self._due)
        self._watched[pair].due_ms = None
        return at_ms, pair


def _began_otherwise(before: Reading | None, now: Reading) -> bool:
    """Whether what grows has another beginning than was said: somebody else waits longest, a source has said something old."""
    return now.grows_since_ms is not None and (before is None or before.grows_since_ms != now.grows_since_ms)


def _why(rule: Rule, one: Step, reading: Reading) -> str:
    if one.kind is StepKind.RESOLVED:
        return RESTS if rests(rule, one.at_ms) else over(rule, one.value)
    if reading.word:
        return said(rule, reading.word)
    return reason(rule, one.band, one.value, reading)
