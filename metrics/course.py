"""The course of a conversation: its sessions and queue stays, where it stands, when it ended.

One walk over the activities in order. What counts as evidence of an outcome is in `outcomes`; who is who, in `roles`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from metrics.evidence import Evidence, end_limit_ms, is_systems_end
from metrics.queues.deriving import Stays
from store.members import plain_members
from store.records import Activity, Kind, Mode, Role, Session, State


@plain_members
class Phase(Enum):
    """Who has the conversation at a point of the walk."""

    NOBODY = auto()
    BOT = auto()
    WAITING = auto()
    AGENT = auto()
    CLOSED = auto()


@dataclass(slots=True)
class Stretch:
    """A session with the activities it spans: indexes `first` to `last` of the walk, both included."""

    session: Session
    first: int
    last: int
    asked_survey: bool = False


@dataclass(slots=True)
class Course:
    """What the walk found."""

    stretches: list[Stretch] = field(default_factory=list)
    stays: Stays = field(default_factory=Stays)
    phase: Phase = Phase.NOBODY
    last_ms: int = 0  # of the last activity that counts: nothing after a close does until a message re-opens
    ended_ms: int | None = None  # set by an explicit end
    accepted_ms: int | None = None
    returned_to_bot: bool = False
    stands_from: int = 0  # evidence of resolution before this index was overtaken when the customer came back
    escalation_queue: str = ""

    @property
    def state(self) -> State:
        """Where it stands while it is open. Behind an agent a bot that only asks how it was has nothing left to serve."""
        if self.phase is Phase.BOT and self.stretches and self.stretches[-1].session.mode is Mode.SURVEY:
            return State.WRAP_UP
        return {Phase.WAITING: State.WAITING, Phase.AGENT: State.WITH_AGENT}.get(self.phase, State.WITH_BOT)


class Walk:
    """Walks a conversation's activities, all of them, in order, roles assigned."""

    def __init__(
        self,
        activities: Sequence[Activity],
        evidence: Evidence,
        *,
        idle_ms: int,
        has_times: bool,
        bot_name: Callable[[Activity], str],
    ) -> None:
        self._activities = activities
        self._evidence = evidence
        self._idle_ms = idle_ms
        self._has_times = has_times
        self._bot_name = bot_name
        self._course = Course()
        self._begin = 0  # index at which the present stretch of activities began
        self._previous = -1  # index of the last activity that counted
        self._limit_ms: int | None = None  # after a close: later messages re-open
        self._reopened = False
        self._queue = ""
        self._agent = ""
        self._agent_wrote = False  # before that, a bot's words only announce the agent
        self._survey_due = False  # announced after a close; the bot's message that asks it is still to come

    def run(self) -> Course:
        """The course of the conversation."""
        for index, item in enumerate(self._activities):
            self.take(index, item)
        if self._course.phase is not Phase.CLOSED:
            self._close_session("open")
        return self._course

    def close_stays(self) -> None:
        """The conversation has ended, by its source's word or by its silence: nobody takes it from its queue any more."""
        self._course.stays.close(by_system=self._by_system(before=len(self._activities)))

    def take(self, index: int, item: Activity) -> Course:
        """Walk one activity further, the next one: the course so far, in which the last session may still be open."""
        if self._counts(index, item):
            self._step(index, item)
            self._previous = index
            self._course.last_ms = max(self._course.last_ms, item.at_ms)
        return self._course

    @property
    def course(self) -> Course:
        """The course so far."""
        return self._course

    @property
    def queue(self) -> str:
        """The queue it was last said to be in: that of the session that is open."""
        return self._queue

    def _counts(self, index: int, item: Activity) -> bool:
        """Whether an activity belongs to the conversation's time; re-opens it where a message comes after a close."""
        course = self._course
        if self._previous >= 0 and course.phase is not Phase.CLOSED and item.at_ms - course.last_ms > self._idle_ms:
            self._close_session("timeout")
            self._limit_ms = course.last_ms
            course.phase = Phase.CLOSED
        if course.phase is not Phase.CLOSED:
            return True
        if self._limit_ms is not None and item.at_ms <= self._limit_ms:
            return True
        if item.kind is Kind.MESSAGE or item.kind is Kind.HANDOFF_REQUEST:
            # Who only waited in silence may still be taken; after an end nobody is.
            if course.ended_ms is not None or item.role is not Role.AGENT:
                closed_ms = course.last_ms if course.ended_ms is None else course.ended_ms
                course.stays.close(by_system=self._by_system(before=index), at_ms=closed_ms)
            course.phase, course.ended_ms = Phase.NOBODY, None
            self._begin, self._reopened, self._agent, self._agent_wrote = index, True, "", False
            self._survey_due = self._survey_due and item.role is not Role.CUSTOMER
            return True
        self._survey_due = self._survey_due or item.kind is Kind.SURVEY_REQUEST
        return False

    def _step(self, index: int, item: Activity) -> None:
        if self._course.phase is Phase.CLOSED:
            self._stretch_end(item)
            return
        if self._reopened and item.kind is Kind.MESSAGE and item.role is Role.CUSTOMER:
            self._course.stands_from, self._reopened = index, False
        match item.kind:
            case Kind.MESSAGE:
                self._speak(index, item)
            case Kind.HANDOFF_REQUEST:
                self._request(index, item)
            case Kind.HANDOFF_STATUS:
                self._status(index, item)
            case Kind.QUEUE:
                self._queue_stay(item)
            case Kind.CONTEXT:
                self._queue = str((item.detail or {}).get("queue") or "") or self._queue
            case Kind.END | Kind.VERDICT:
                self._end(index, item)
            case _:
                self._speak(index, item)

    def _speak(self, index: int, item: Activity) -> None:
        phase = self._course.phase
        if item.role is Role.AGENT and item.kind is Kind.MESSAGE:
            self._agent_speaks(index, item)
        elif item.role is Role.BOT:
            if phase is Phase.NOBODY:
                self._open(Role.BOT, item, first=self._begin)
            elif phase is Phase.BOT and item.sender_id and self._current_bot() != self._bot_name(item):
                self._close_session("transfer")
                self._open(Role.BOT, item, first=index)
            elif phase is Phase.AGENT and item.kind in (Kind.MESSAGE, Kind.SURVEY_REQUEST) and self._agent_wrote:
                self._close_session("transfer")
                self._open(Role.BOT, item, first=index)
                self._course.returned_to_bot = True
        asks_survey = item.kind is Kind.SURVEY_REQUEST or self._survey_due
        if asks_survey and self._course.stretches and self._course.phase is Phase.BOT:
            self._course.stretches[-1].asked_survey, self._survey_due = True, False

    def _agent_speaks(self, index: int, item: Activity) -> None:
        phase, name = self._course.phase, item.sender_id or item.sender_name
        self._agent_wrote = True
        if phase is Phase.AGENT and self._agent in ("", name):
            self._agent = name
            session = self._course.stretches[-1].session
            session.handler_id, session.name = item.sender_id or session.handler_id, item.sender_name or session.name
            return
        if phase in (Phase.BOT, Phase.AGENT):
            self._close_session("handoff" if phase is Phase.BOT else "transfer", at=item)
        self._accept(item.at_ms)
        self._agent = name
        self._open(Role.AGENT, item, first=self._begin if phase is Phase.NOBODY else index)

    def _request(self, index: int, item: Activity) -> None:
        if self._course.phase is Phase.NOBODY and item.role is Role.BOT:
            self._open(Role.BOT, item, first=self._begin)
        if self._course.phase is Phase.BOT:
            self._course.stretches[-1].last = index
            self._close_session("handoff", at=item)
        if self._course.phase is not Phase.AGENT:
            self._course.phase = Phase.WAITING

    def _status(self, index: int, item: Activity) -> None:
        detail = item.detail or {}
        match detail.get("state"):
            case "accepted" if self._course.phase in (Phase.WAITING, Phase.NOBODY) or (
                self._course.phase is Phase.BOT and not self._evidence.agent_follows(index)
            ):
                self._close_session("handoff", at=item)
                self._accept(item.at_ms)
                self._agent = str(detail.get("agent_id") or detail.get("agent_name") or "")
                self._open(Role.AGENT, item, first=index)
                session = self._course.stretches[-1].session
                session.handler_id, session.name = str(detail.get("agent_id") or ""), str(detail.get("agent_name") or "")
            case "failed" if self._course.phase is Phase.WAITING:
                self._course.phase, self._begin = Phase.NOBODY, index
                self._course.stays.close(by_system=True, at_ms=item.at_ms)
            case "completed" if self._course.phase is Phase.AGENT:
                self._end(index, item)

    def _end(self, index: int, item: Activity) -> None:
        if self._course.phase is Phase.NOBODY and item.role is Role.BOT:
            self._open(Role.BOT, item, first=self._begin)
        if self._course.stretches and self._course.phase in (Phase.BOT, Phase.AGENT):
            self._course.stretches[-1].last = index
        self._close_session("end", at=item)
        self._course.phase = Phase.CLOSED
        self._course.ended_ms = item.at_ms
        self._limit_ms = end_limit_ms(item)

    def _stretch_end(self, item: Activity) -> None:
        """An activity within the second in which the platform closed the conversation still belongs to it."""
        course = self._course
        if course.ended_ms is None or item.at_ms <= course.ended_ms:
            return
        course.ended_ms = item.at_ms
        if course.stretches and course.stretches[-1].session.end == "end":
            session = course.stretches[-1].session
            session.ended_ms = item.at_ms
            session.duration_ms = item.at_ms - session.started_ms if self._has_times else None

    def _queue_stay(self, item: Activity) -> None:
        detail = item.detail or {}
        queue, stays = str(detail.get("queue") or ""), self._course.stays
        if detail.get("state") == "entered":
            stays.enter(queue, item.at_ms, with_bot=self._course.phase is Phase.BOT)
            self._queue = queue
            if self._evidence.escalated_ms is not None and item.at_ms >= self._evidence.escalated_ms:
                self._course.escalation_queue = self._course.escalation_queue or queue
        else:
            stays.leave(queue, item.at_ms)

    def _accept(self, at_ms: int) -> None:
        asked_ms = self._evidence.escalated_ms
        if self._course.accepted_ms is None and asked_ms is not None and asked_ms <= at_ms:
            self._course.accepted_ms = at_ms

    def _open(self, handler: Role, item: Activity, *, first: int) -> None:
        started_ms = self._activities[first].at_ms
        self._course.stays.accept(item.at_ms, handler)
        name = self._bot_name(item) if handler is Role.BOT else item.sender_name or item.sender_id
        number = len(self._course.stretches) + 1
        session = Session(number, handler, Mode.PRIMARY, item.sender_id, name, self._queue, started_ms, started_ms, None, "open")
        self._course.stretches.append(Stretch(session, first, first))
        self._course.phase = Phase.BOT if handler is Role.BOT else Phase.AGENT

    def _by_system(self, *, before: int) -> bool:
        """Whether the platform ended what came before this index, since the customer last came back."""
        ends = (*self._evidence.ends, *self._evidence.verdicts)
        return any(self._course.stands_from <= at < before and is_systems_end(self._activities[at]) for at in ends)

    def _current_bot(self) -> str:
        return self._course.stretches[-1].session.name

    def _close_session(self, end: str, *, at: Activity | None = None) -> None:
        if self._course.phase not in (Phase.BOT, Phase.AGENT):
            return
        stretch = self._course.stretches[-1]
        session = stretch.session
        session.queue = session.queue or self._queue
        stretch.last = max(stretch.last, self._previous)
        session.ended_ms = at.at_ms if at is not None else self._activities[max(self._previous, stretch.first)].at_ms
        session.ended_ms = max(session.ended_ms, session.started_ms)
        session.duration_ms = session.ended_ms - session.started_ms if self._has_times else None
        session.end = end
        if stretch.asked_survey and any(before.session.handler is Role.AGENT for before in self._course.stretches[:-1]):
            session.mode = Mode.SURVEY
            self._course.returned_to_bot = any(self._is_return(index) for index in range(len(self._course.stretches)))

    def _is_return(self, index: int) -> bool:
        session = self._course.stretches[index].session
        earlier = self._course.stretches[:index]
        return (
            session.handler is Role.BOT and session.mode is Mode.PRIMARY and any(s.session.handler is Role.AGENT for s in earlier)
        )
