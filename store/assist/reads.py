"""Suggestions to agents in closed conversations, and the conversations that people served, with and without any.

What a conversation is found by is in `Assisted`; the rows that figures are counted from are read for any selection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, true

from store.assist.records import Fate, Repeat, UseEvidence
from store.assist.tables import suggestion
from store.cut_fields import WORDS
from store.records import Mode, Role
from store.spans import ended_within
from store.tables import conversation, session


class Suggested(StrEnum):
    """What conversations are found by: a suggestion of some kind, or having been served by a person with or without one."""

    SHOWN = "shown"
    USED = "used"
    BY_EVENT = "event"  # used, as the platform says
    BY_WORDS = "words"  # used, as the agent's next message says
    ONLY_EVENT = "event_only"
    ONLY_WORDS = "words_only"
    BOTH = "event_and_words"
    EXACT = "exact"
    NEAR = "near"
    TIMED = "timed"  # used, and it is known after what time
    DISMISSED = "dismissed"
    IGNORED = "ignored"
    SERVED = "served"  # by a person
    WITH = "with"  # served, and shown a suggestion
    WITHOUT = "without"
    WITH_TIME = "with_time"  # the same, of which it is known for how long
    WITHOUT_TIME = "without_time"
    WITH_SCORE = "with_score"  # the same, of which it is known how the customer felt while with the agent
    WITHOUT_SCORE = "without_score"


# What is asked about a conversation as a whole: whether there is a suggestion (None: either), and what must be known.
OF_CONVERSATIONS: Mapping[str, tuple[bool | None, str]] = {
    Suggested.SERVED: (None, ""),
    Suggested.WITH: (True, ""),
    Suggested.WITHOUT: (False, ""),
    Suggested.WITH_TIME: (True, "time"),
    Suggested.WITHOUT_TIME: (False, "time"),
    Suggested.WITH_SCORE: (True, "score"),
    Suggested.WITHOUT_SCORE: (False, "score"),
}


@dataclass(frozen=True, slots=True)
class Assisted:
    """Closed conversations of one of these kinds. An empty tuple does not narrow.

    `agents` and `queues` are those of the suggestion; of what is asked about a conversation as a whole, those of the first
    person who served it.
    """

    kinds: tuple[str, ...] = (Suggested.SHOWN,)
    bots: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()


_OWN = suggestion.c
# A suggestion of some kind: what it must have become, what tells it, how far it is repeated.
_KINDS: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    Suggested.SHOWN: ("", (), ""),
    Suggested.USED: (Fate.USED, (), ""),
    Suggested.BY_EVENT: (Fate.USED, (UseEvidence.EVENT, UseEvidence.BOTH), ""),
    Suggested.BY_WORDS: (Fate.USED, (UseEvidence.WORDS, UseEvidence.BOTH), ""),
    Suggested.ONLY_EVENT: (Fate.USED, (UseEvidence.EVENT,), ""),
    Suggested.ONLY_WORDS: (Fate.USED, (UseEvidence.WORDS,), ""),
    Suggested.BOTH: (Fate.USED, (UseEvidence.BOTH,), ""),
    Suggested.EXACT: (Fate.USED, (), Repeat.EXACT),
    Suggested.NEAR: (Fate.USED, (), Repeat.NEAR),
    Suggested.TIMED: (Fate.USED, (), ""),
    Suggested.DISMISSED: (Fate.DISMISSED, (), ""),
    Suggested.IGNORED: (Fate.IGNORED, (), ""),
}
_BY_PERSON = and_(session.c.handler == Role.AGENT, session.c.mode == Mode.PRIMARY)
_OF_CONVERSATION = tuple(conversation.c[name] for name in ("conversation_key", "ended_ms", *WORDS, "is_test"))
SERVED_FIELDS = (
    *_OF_CONVERSATION,
    conversation.c.agent_sentiment_micro,
    session.c.queue.label("assist_queue"),
    session.c.name.label("agent"),
    session.c.duration_ms,
)
SUGGESTION_FIELDS = (
    *_OF_CONVERSATION,
    _OWN.queue.label("assist_queue"),
    _OWN.agent,
    _OWN.bot.label("adviser"),
    *(_OWN[name] for name in ("fate", "evidence", "repeat", "use_ms")),
)


def has_assist(wanted: Assisted) -> ColumnElement[bool]:
    """Whether a conversation is of one of these kinds."""
    return or_(
        *(
            _is_served(*OF_CONVERSATIONS[kind], wanted) if kind in OF_CONVERSATIONS else _has(kind, wanted)
            for kind in wanted.kinds
        )
    )


def is_wanted_suggestion(wanted: Assisted) -> ColumnElement[bool]:
    """Of all suggestions of the conversations that are found those that are meant."""
    kinds = [kind for kind in wanted.kinds if kind not in OF_CONVERSATIONS]
    if not kinds:
        return and_(true(), *_among(_OWN, wanted.bots, (), ()))
    return or_(*(and_(*_is_of(kind, wanted, _OWN)) for kind in kinds))


def served_rows(connection: Connection, chosen: Select[Any]) -> Sequence[Any]:
    """SERVED_FIELDS of the sessions of people in the closed conversations of a selection, in order of their end."""
    of_person = and_(session.c.conversation_key == conversation.c.conversation_key, _BY_PERSON)
    query = chosen.with_only_columns(*SERVED_FIELDS).join(session, of_person)
    in_order = query.order_by(conversation.c.ended_ms, conversation.c.conversation_key, session.c.number)
    return connection.execute(in_order).all()


def suggestion_rows(
    connection: Connection, chosen: Select[Any], *, start_ms: int | None = None, end_ms: int | None = None
) -> Sequence[Any]:
    """SUGGESTION_FIELDS of the suggestions in the closed conversations of a selection, in the same order.

    What ended in a span is found by the suggestions' own index, so that days without any cost nothing.
    """
    query = chosen.with_only_columns(*SUGGESTION_FIELDS).join(
        suggestion, _OWN.conversation_key == conversation.c.conversation_key
    )
    in_order = query.where(*ended_within(_OWN.ended_ms, start_ms, end_ms)).order_by(
        _OWN.ended_ms, _OWN.conversation_key, _OWN.number
    )
    return connection.execute(in_order).all()


def countable_suggestions(connection: Connection, start_ms: int | None, end_ms: int | None) -> Iterator[Mapping[Any, Any]]:
    """Of every suggestion in conversations that ended in a span what figures are counted from."""
    names = ("conversation_key", "bot", "agent", "queue", "fate", "evidence", "repeat", "use_ms", "ended_ms")
    query = select(*(_OWN[name] for name in names)).where(*ended_within(_OWN.ended_ms, start_ms, end_ms))
    return iter(connection.execute(query).mappings())


def countable_sessions(connection: Connection, start_ms: int | None, end_ms: int | None) -> Iterator[Mapping[Any, Any]]:
    """Of every session of a person in them the same, in order within its conversation."""
    names = ("conversation_key", "number", "name", "queue", "duration_ms")
    of_person = and_(session.c.conversation_key == conversation.c.conversation_key, _BY_PERSON)
    query = select(*(session.c[name] for name in names)).join_from(conversation, session, of_person)
    query = query.where(*ended_within(conversation.c.ended_ms, start_ms, end_ms))
    return iter(connection.execute(query.order_by(session.c.conversation_key, session.c.number)).mappings())


def _has(kind: str, wanted: Assisted) -> ColumnElement[bool]:
    """Whether a conversation has such a suggestion."""
    own = suggestion.alias("suggested").c
    return exists().where(own.conversation_key == conversation.c.conversation_key, *_is_of(kind, wanted, own))


def _is_of(kind: str, wanted: Assisted, own: Any) -> Iterator[ColumnElement[bool]]:
    """What a suggestion, by its columns, must be."""
    fate, evidence, repeat = _KINDS[kind]
    yield own.ended_ms.is_not(None)
    if fate:
        yield own.fate == fate
    if evidence:
        yield own.evidence.in_(evidence)
    if repeat:
        yield own.repeat == repeat
    if kind == Suggested.TIMED:
        yield own.use_ms.is_not(None)
    yield from _among(own, wanted.bots, wanted.agents, wanted.queues)


def _among(own: Any, bots: Sequence[str], agents: Sequence[str], queues: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    for column, words in ((own.bot, bots), (own.agent, agents), (own.queue, queues)):
        if words:
            yield column.in_(words)


def _is_served(has_any: bool | None, known: str, wanted: Assisted) -> ColumnElement[bool]:
    """Whether the first person who served it is one of those that are wanted, and with a suggestion or without."""
    own = session.alias("served")
    key = conversation.c.conversation_key
    by_person = and_(own.c.conversation_key == key, own.c.handler == Role.AGENT, own.c.mode == Mode.PRIMARY)
    earlier = session.alias("earlier")
    first = (
        select(func.min(earlier.c.number))
        .where(
            earlier.c.conversation_key == own.c.conversation_key, earlier.c.handler == Role.AGENT, earlier.c.mode == Mode.PRIMARY
        )
        .scalar_subquery()
    )
    where = [by_person, own.c.number == first]
    where += [own.c.name.in_(wanted.agents)] if wanted.agents else []
    where += [own.c.queue.in_(wanted.queues)] if wanted.queues else []
    found: list[ColumnElement[bool]] = [exists().where(*where)]
    if known == "time":
        found.append(~exists().where(by_person, own.c.duration_ms.is_(None)))
    if known == "score":
        found.append(conversation.c.agent_sentiment_micro.is_not(None))
    if has_any is not None:
        any_of = suggestion.alias("suggested").c
        shown = exists().where(any_of.conversation_key == key, *(_among(any_of, wanted.bots, (), ()) if has_any else ()))
        found.append(shown if has_any else ~shown)
    return and_(*found)
