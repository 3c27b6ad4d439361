"""What was spoken in calls: who spoke for how long, silence, overlap, hold; a row for each conversation that has such times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, select

from store.cut_fields import CUT_FIELDS
from store.spans import ended_within
from store.tables import conversation
from store.voice.tables import speech


@dataclass(frozen=True, slots=True)
class Spoken:
    """Calls with speech. An empty tuple does not narrow; `least` are columns with their least value."""

    agents: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    least: tuple[tuple[str, int], ...] = ()


# Of a call what figures are counted from, beside what its conversation is cut by.
MEASURES = (
    *("span_ms", "spoken_ms", "customer_ms", "bot_ms", "agent_ms", "overlap_ms", "silence_ms", "longest_silence_ms", "hold_ms"),
    *("num_holds", "num_utterances", "customer_words", "bot_words", "agent_words"),
)
SPEECH_FIELDS = (
    conversation.c.ended_ms,
    *CUT_FIELDS,
    speech.c.agent.label("call_agent"),
    speech.c.queue.label("call_queue"),
    # A session's part of the deciding bot is called bot_ms too.
    *(speech.c[name].label(f"speech_{name}") for name in MEASURES),
)


def has_spoken(wanted: Spoken) -> ColumnElement[bool]:
    """Whether a conversation has such speech."""
    where = [speech.c.conversation_key == conversation.c.conversation_key]
    if wanted.agents:
        where.append(speech.c.agent.in_(wanted.agents))
    if wanted.queues:
        where.append(speech.c.queue.in_(wanted.queues))
    where += [speech.c[name] >= least for name, least in wanted.least]
    return exists().where(*where).correlate(conversation)


def speech_ended(connection: Connection, start_ms: int, end_ms: int, bots: Sequence[str] = ()) -> Sequence[Any]:
    """SPEECH_FIELDS of all calls that ended in a span, tests and those between people only included: found by the calls alone."""
    query = (
        select(*SPEECH_FIELDS)
        .join_from(speech, conversation, conversation.c.conversation_key == speech.c.conversation_key)
        .where(speech.c.ended_ms >= start_ms, speech.c.ended_ms < end_ms)
        .order_by(conversation.c.ended_ms, conversation.c.conversation_key)
    )
    return connection.execute(query.where(conversation.c.bot.in_(bots)) if bots else query).all()


def speech_of(connection: Connection, conversation_key: int) -> Mapping[Any, Any] | None:
    """The row of one conversation, open or closed; None where its source says nothing of speech."""
    return connection.execute(select(speech).where(speech.c.conversation_key == conversation_key)).mappings().first()


def countable_speech(connection: Connection, start_ms: int | None, end_ms: int | None) -> Iterator[Mapping[Any, Any]]:
    """Of every call that ended in a span what a recount needs."""
    query = select(speech, conversation.c.bot, conversation.c.channel, conversation.c.is_test).join_from(
        speech, conversation, conversation.c.conversation_key == speech.c.conversation_key
    )
    return iter(connection.execute(query.where(*ended_within(speech.c.ended_ms, start_ms, end_ms))).mappings())
