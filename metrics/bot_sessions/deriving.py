"""What use a conversation made of bots: which part of it they took, which was invoked first, and when. Licences count by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.assist.deriving import is_bots
from metrics.course import Course
from store.records import Activity, BotUse, Marks, Mode, Role, Session

# A bot that a customer meets. One that advises an agent, or listens, is none of these.
_MET = frozenset({Mode.PRIMARY, Mode.SURVEY})


@dataclass(frozen=True, slots=True)
class Invoked:
    """`at_ms` and `bot` are of the first bot session; None and "" where no customer met a bot."""

    use: BotUse
    at_ms: int | None = None
    bot: str = ""


def bot_use(activities: Sequence[Activity], course: Course, marks: Marks) -> Invoked:
    """The use of bots in a conversation, from all its activities, roles assigned, and its course."""
    sessions = [stretch.session for stretch in course.stretches]
    met = [session for session in sessions if session.handler is Role.BOT and session.mode in _MET]
    if met:
        first = min(met, key=lambda session: (session.started_ms, session.number))
        return Invoked(_part(sessions), first.started_ms, first.name)
    is_advised = any(session.handler is Role.BOT for session in sessions) or any(
        item.role is Role.INTERNAL and is_bots(item, marks) for item in activities
    )
    return Invoked(BotUse.ASSIST if is_advised else BotUse.NONE)


def _part(sessions: Sequence[Session]) -> BotUse:
    """Where among the people's sessions the first bot that serves stands; a conversation of bots alone begins with one."""
    serving = [session.number for session in sessions if session.handler is Role.BOT and session.mode is Mode.PRIMARY]
    if not serving:
        return BotUse.SURVEY
    people = [session.number for session in sessions if session.handler is not Role.BOT]
    if not people or serving[0] < people[0]:
        return BotUse.BEGINNING
    return BotUse.MIDDLE if serving[0] < people[-1] else BotUse.END
