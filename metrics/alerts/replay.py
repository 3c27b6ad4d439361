"""The course of a past conversation as it looked at each moment: the rows of facts the floor would have read then.

Activities come in the order of their time; roles and scores are those known today. That is what the live floor saw, where
nothing came late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metrics.alerts.words import Message
from metrics.course import Course, Phase, Stretch, Walk
from metrics.derive import bot_name, latest_names
from metrics.evidence import Evidence, note_next
from metrics.facts import deciding_stretch
from metrics.outcomes import decide_outcome
from metrics.rules import Rules
from metrics.sentiment import WEIGHTS, live_sentiment
from store.records import Activity, Kind, Marks, Mode, Role, State

Row = dict[str, Any]
# What stays as it is in every row of one conversation.
_SAME = ("conversation_key", "conversation_id", "source", "channel", "is_test", "started_ms", "customer_id", "customer_name")


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that a rule may look at: how a conversation stood, and what was just said in it."""

    at_ms: int
    row: Row
    message: Message | None = None


class Replay:
    """One conversation, activity by activity."""

    def __init__(self, stored: Mapping[str, Any], activities: Sequence[Activity], marks: Marks, rules: Rules) -> None:
        names = latest_names(activities)
        self._activities = activities
        self._idle_ms = rules.idle_ms(stored["channel"])
        self._evidence = Evidence()
        self._walk = Walk(
            activities,
            self._evidence,
            idle_ms=self._idle_ms,
            has_times=marks.has_times,
            bot_name=lambda item: bot_name(item, names, marks, rules),
        )
        self._scores: list[int] = []
        self._sentiment: int | None = None
        self._same = {name: stored[name] for name in _SAME}

    def spoken(self, until_ms: int) -> Iterator[Moment]:
        """That anything came at all: all that a rule about a source looks at."""
        for item in self._activities:
            if item.at_ms <= until_ms:
                yield Moment(item.at_ms, self._same)

    def moments(self, until_ms: int, *, with_messages: bool) -> Iterator[Moment]:
        """Each moment at which something a rule may look at was different, up to `until_ms`; messages for rules about words."""
        before: Row = {}
        last_ms: int | None = None  # of the last activity, while it is open
        for index, item in enumerate(self._activities):
            if last_ms is not None and item.at_ms - last_ms >= self._idle_ms:
                yield self._closed_by_idle(index, last_ms)
                before = {}
            if item.at_ms > until_ms:
                return
            course = self._take(index, item)
            row = self._row(course, index + 1)
            message = _message(item) if with_messages else None
            if row != before or message is not None:
                yield Moment(item.at_ms, row, message)
            before, last_ms = row, None if row["ended_ms"] is not None else course.last_ms
        if last_ms is not None and last_ms + self._idle_ms <= until_ms:
            yield self._closed_by_idle(len(self._activities), last_ms)

    def _take(self, index: int, item: Activity) -> Course:
        note_next(self._evidence, self._activities, index)
        if item.sentiment_micro is not None:
            self._scores = [*self._scores[1 - len(WEIGHTS) :], item.sentiment_micro]
            self._sentiment = live_sentiment(self._scores)
        return self._walk.take(index, item)

    def _closed_by_idle(self, count: int, last_ms: int) -> Moment:
        return Moment(last_ms + self._idle_ms, self._row(self._walk.course, count, ended_ms=last_ms))

    def _row(self, course: Course, count: int, *, ended_ms: int | None = None) -> Row:
        """The facts after `count` activities, as metrics/facts.py gathers them of a whole conversation."""
        if course.phase is Phase.CLOSED:
            ended_ms = course.last_ms if course.ended_ms is None else course.ended_ms
        bots = [item for item in course.stretches if item.session.handler is Role.BOT and item.session.mode is Mode.PRIMARY]
        is_over = ended_ms is not None
        decision = decide_outcome(self._activities[:count], self._evidence, course) if is_over and bots else None
        deciding = deciding_stretch(bots, self._evidence, decision)
        return {
            **self._same,
            "is_bot": bool(bots),
            "state": State.CLOSED if is_over else course.state,
            "ended_ms": ended_ms,
            "bot": deciding.session.name if deciding else "",
            "queue": self._queue_of(deciding, course) if deciding else self._last_queue(course),
            "escalation_queue": course.escalation_queue,
            "outcome": decision.outcome if decision else None,
            "escalated_ms": self._evidence.escalated_ms if bots else None,
            "sentiment_micro": self._sentiment,
        }

    def _queue_of(self, stretch: Stretch, course: Course) -> str:
        """A session takes the queue when it ends; one that is open will take the present one."""
        is_open = stretch is course.stretches[-1] and course.phase in (Phase.BOT, Phase.AGENT)
        return stretch.session.queue or (self._walk.queue if is_open else "")

    def _last_queue(self, course: Course) -> str:
        return next((found for item in reversed(course.stretches) if (found := self._queue_of(item, course))), "")


def _message(item: Activity) -> Message | None:
    if item.kind is not Kind.MESSAGE or item.private or not item.text:
        return None
    return Message(item.identity, item.conversation_key, item.at_ms, item.role, item.text)
