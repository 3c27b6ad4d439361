"""Rows for export, of any number: one statement a table, read as it is written out, so that memory does not grow with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Literal, Never, assert_never, cast

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, func, true

from store.assist.reads import is_wanted_suggestion
from store.assist.tables import suggestion
from store.contacts import next_contact_ms
from store.details import offset_ms, spoken_ms
from store.records import Role
from store.selecting import Selection, closed_conversations, open_conversations
from store.surveys.reads import among
from store.surveys.tables import survey
from store.tables import activity, conversation, fallback, segment, session, thread
from store.voice.reads import MEASURES
from store.voice.tables import speech

Part = Sequence[Sequence[Any]]
Streamed = Literal[
    "conversations", "sessions", "messages", "fallbacks", "stays", "speech", "utterances", "surveys", "suggestions"
]

# The one column that is not stored but asked.
NEXT_CONTACT = "next_contact_ms"
# How many rows are held at a time: what the processor's cache holds, twice as quick as a few thousand.
STREAM_ROWS = 500
# Of a turn that the bot did not understand these are its own, the rest are the conversation's.
_OF_FALLBACK = ("number", "at_ms", "words", "text")
# The same of what was spoken in a call, beside what its message says.
_OF_UTTERANCE: Mapping[str, ColumnElement[Any]] = {"offset_ms": offset_ms(), "spoken_ms": spoken_ms()}
_SPEAKERS = (Role.CUSTOMER, Role.BOT, Role.AGENT, Role.SUPERVISOR)
# The same of a call.
_OF_SPEECH: Mapping[str, ColumnElement[Any]] = {
    "call_agent": speech.c.agent,
    "call_queue": speech.c.queue,
    **{f"speech_{name}": speech.c[name] for name in MEASURES},
}
# The same of a stay in a queue.
_OF_STAY: Mapping[str, ColumnElement[Any]] = {
    **{name: segment.c[name] for name in ("number", "entered_ms", "accepted_ms", "left_ms", "accepted_by", "end")},
    "stay_queue": segment.c.queue,
    "answer_ms": segment.c.accepted_ms - segment.c.entered_ms,
}
# Of a survey all but what it is cut by.
_OF_SURVEY = tuple(column.name for column in survey.c if column.name not in conversation.c)
# Of a suggestion everything but these is its own.
_OF_SUGGESTED = frozenset(("channel", "topic", "ended_ms"))


def stream_rows(connection: Connection, table: Streamed, fields: Sequence[str], chosen: Selection) -> Iterator[Part]:
    """The values of these fields, in parts: of closed conversations by their end, then of open ones by their start."""
    for query in row_queries(table, fields, chosen):
        yield from _parts(connection, query)


def stream_groups(connection: Connection, table: Streamed, groups: Sequence[Sequence[str]], chosen: Selection) -> Iterator[Part]:
    """The same rows with a value for each group of fields: of one field it is that, of several a JSON array of them.

    Making a value of Python's for each field takes more of an export's time than finding the rows does.
    """
    if connection.dialect.name == "sqlite":
        columns = [_group(table, group) for group in groups]
        for query in _queries(table, columns, chosen):
            yield from _parts(connection, query)
        return
    fields = [name for group in groups for name in group]
    for part in stream_rows(connection, table, fields, chosen):
        yield regroup(part, [len(group) for group in groups])


def regroup(part: Part, sizes: Sequence[int]) -> Part:
    """Rows of single values as rows of groups of these sizes."""
    ends = list(accumulate(sizes))
    places = [slice(end - size, end) for end, size in zip(ends, sizes, strict=True)]
    return [tuple(_together(row[place]) for place in places) for row in part]


def _group(table: Streamed, group: Sequence[str]) -> ColumnElement[Any]:
    columns = [_column(table, name) for name in group]
    return columns[0] if len(columns) == 1 else func.json_array(*columns)


def _together(values: Sequence[Any]) -> Any:
    return values[0] if len(values) == 1 else orjson.dumps(list(values)).decode()


def _parts(connection: Connection, query: Select[Any]) -> Iterator[Part]:
    match connection.dialect.name:
        case "sqlite":
            # The driver's own rows: making them SQLAlchemy's takes a third of an export's time. Truth values come as 0 and 1.
            cursor = connection.execute(query).cursor
            while cursor is not None and (part := cursor.fetchmany(STREAM_ROWS)):
                yield part
        case "postgresql":
            yield from connection.execute(query.execution_options(yield_per=STREAM_ROWS)).partitions()
        case _:
            assert_never(cast(Never, connection.dialect.name))


def row_queries(table: Streamed, fields: Sequence[str], chosen: Selection) -> tuple[Select[Any], Select[Any]]:
    """What is streamed: of closed conversations, then of open ones."""
    return _queries(table, [_column(table, name) for name in fields], chosen)


def _queries(table: Streamed, columns: Sequence[ColumnElement[Any]], chosen: Selection) -> tuple[Select[Any], Select[Any]]:
    own = conversation.c
    closed = closed_conversations(chosen).order_by(own.ended_ms, own.conversation_key)
    still_open = open_conversations(chosen).order_by(own.started_ms, own.conversation_key)
    first, second = (_with_parts(query.with_only_columns(*columns), table, chosen) for query in (closed, still_open))
    return first, second


def _column(table: Streamed, name: str) -> ColumnElement[Any]:
    """Parts of a conversation are named by it; everything else is their own."""
    if name == NEXT_CONTACT:
        return next_contact_ms().label(NEXT_CONTACT)
    if table == "conversations" or name in ("conversation_id", "source"):
        return conversation.c[name]
    if table == "fallbacks":
        return fallback.c[name] if name in _OF_FALLBACK else conversation.c[name]
    if table == "surveys":
        return survey.c[name] if name in _OF_SURVEY else conversation.c[name]
    if table == "stays":
        return _OF_STAY[name].label(name) if name in _OF_STAY else conversation.c[name]
    if table == "utterances" and name in _OF_UTTERANCE:
        return _OF_UTTERANCE[name].label(name)
    if table == "speech":
        return _OF_SPEECH[name].label(name) if name in _OF_SPEECH else conversation.c[name]
    if table == "suggestions":
        return conversation.c[name] if name in _OF_SUGGESTED else suggestion.c[name]
    return session.c[name] if table == "sessions" else activity.c[name]


def _with_parts(query: Select[Any], table: Streamed, chosen: Selection) -> Select[Any]:
    match table:
        case "conversations":
            return query
        case "sessions":
            return query.join(session, session.c.conversation_key == conversation.c.conversation_key).order_by(session.c.number)
        case "stays":
            return query.join(segment, segment.c.conversation_key == conversation.c.conversation_key).order_by(segment.c.number)
        case "speech":
            return query.join(speech, speech.c.conversation_key == conversation.c.conversation_key)
        case "surveys":
            own_surveys = survey.c.conversation_key == conversation.c.conversation_key
            return query.join(survey, own_surveys).where(among(chosen.surveyed)).order_by(survey.c.number)
        case "fallbacks":
            own_turns = fallback.c.conversation_key == conversation.c.conversation_key
            return query.join(fallback, own_turns).order_by(fallback.c.number)
        case "utterances":
            calls = query.join(speech, speech.c.conversation_key == conversation.c.conversation_key)
            said = activity.c
            heard = and_(said.private.is_(False), said.role.in_(_SPEAKERS), spoken_ms() > 0)
            return _with_parts(calls, "messages", chosen).where(heard)
        case "suggestions":
            meant = true() if chosen.assisted is None else is_wanted_suggestion(chosen.assisted)
            own_suggestions = and_(suggestion.c.conversation_key == conversation.c.conversation_key, meant)
            return query.join(suggestion, own_suggestions).order_by(suggestion.c.number)
        case "messages":
            said = activity.c
            own = and_(
                said.thread_key == thread.c.thread_key,
                said.conversation_key == conversation.c.conversation_key,
                said.kind == "message",
            )
            # Outer joins leave one way to go: from each conversation to its own messages, in order. SQLite would rather read
            # the whole of `activity` and sort it.
            return (
                query.outerjoin(thread, thread.c.root_key == conversation.c.root_key)
                .outerjoin(activity, own)
                .where(func.coalesce(said.kind, "") == "message")
                .order_by(said.at_ms, said.at_sub, said.position, said.thread_key)
            )
