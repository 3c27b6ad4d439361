"""Statements for what is over: packed days, and lists of conversations. What they mean is in `metrics`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import zstandard
from sqlalchemy import (
    Connection,
    Select,
    case,
    func,
    select,
    tuple_,
)

from store.assist.reads import is_wanted_suggestion
from store.assist.tables import suggestion
from store.contacts import is_known, next_contact_ms
from store.parties import is_of_people
from store.selecting import Selection, closed_conversations, open_conversations
from store.spans import within
from store.surveys.reads import among
from store.surveys.tables import survey
from store.tables import (
    context_variable,
    conversation,
    fallback,
    participant,
    raw_chunk,
    segment,
    session,
    thread,
)
from store.voice.tables import speech

Record = Mapping[Any, Any]  # a row, by the names of its columns

# How many rows are held at a time.
STREAM_ROWS = 500

PACKED_COLUMNS = (
    conversation.c.ended_ms,
    conversation.c.bot,
    conversation.c.channel,
    conversation.c.workstream,
    conversation.c.queue,
    conversation.c.topic,
    conversation.c.reason,
    conversation.c.outcome,
    conversation.c.resolution,
    conversation.c.is_test,
    conversation.c.csat_requested,
    conversation.c.bot_ms,
    conversation.c.sentiment_micro,
    conversation.c.csat_micro,
    conversation.c.num_scored,
    conversation.c.is_engaged,
    conversation.c.is_suspect,
    conversation.c.accepted_ms,
    conversation.c.bot_turns,
    conversation.c.wasted_turns,
    conversation.c.wait_ms,
    conversation.c.bot_sentiment_micro,
    conversation.c.waiting_sentiment_micro,
    conversation.c.agent_sentiment_micro,
    conversation.c.num_fallbacks,
    conversation.c.num_messages,
    conversation.c.conversation_key,
    *(
        select(func.count())
        .select_from(table)
        .where(table.c.conversation_key == conversation.c.conversation_key)
        .scalar_subquery()
        .label(name)
        for name, table in (("num_sessions", session), ("num_stays", segment))
    ),
    is_of_people().label("is_of_people"),
    is_known().label("is_known"),
    # Only of resolved conversations it is asked whether the customer came back: the others are spared the look-up.
    case((conversation.c.outcome == "resolved", next_contact_ms())).label("next_contact_ms"),
)


# What a recount needs to know of a conversation.
_COUNTABLE = (
    *("conversation_key", "source", "customer_id", "is_bot", "is_test", "started_ms", "ended_ms", "deciding_session"),
    *("bot", "channel", "workstream", "queue", "topic", "reason", "outcome", "resolution", "is_engaged", "is_suspect"),
    *("bot_ms", "wait_ms", "accepted_ms", "bot_turns", "wasted_turns", "num_customer_messages", "num_scored", "sentiment_micro"),
    *("bot_sentiment_micro", "waiting_sentiment_micro", "agent_sentiment_micro", "csat_micro", "csat_requested"),
)


def rows_to_pack(connection: Connection, start_ms: int, end_ms: int, bots: Sequence[str] = ()) -> Sequence[Any]:
    """PACKED_COLUMNS of the conversations (tests included) that ended in this span, in a fixed order."""
    query = (
        select(*PACKED_COLUMNS)
        .where(conversation.c.ended_ms >= start_ms, conversation.c.ended_ms < end_ms)
        .order_by(conversation.c.ended_ms, conversation.c.conversation_key)
    )
    if bots:
        query = query.where(conversation.c.bot.in_(bots))
    return connection.execute(query).all()


def chosen_rows(connection: Connection, chosen: Selection) -> Sequence[Any]:
    """PACKED_COLUMNS of the closed conversations of a selection, in the same order: for filters that packs cannot tell."""
    query = closed_conversations(chosen).with_only_columns(*PACKED_COLUMNS)
    return connection.execute(query.order_by(conversation.c.ended_ms, conversation.c.conversation_key)).all()


def packable_row(connection: Connection, conversation_key: int) -> Any | None:
    """PACKED_COLUMNS of one closed conversation; None while it is open."""
    own = conversation.c
    query = select(*PACKED_COLUMNS).where(own.conversation_key == conversation_key, own.ended_ms.is_not(None))
    return connection.execute(query).one_or_none()


def open_bot_rows(connection: Connection, chosen: Selection) -> Sequence[Record]:
    """The open bot conversations that began in the selection's span."""
    return connection.execute(open_conversations(chosen).order_by(conversation.c.conversation_key)).mappings().all()


def page_of_closed(connection: Connection, chosen: Selection, after: tuple[int, int] | None, limit: int) -> Sequence[Record]:
    """Closed conversations, latest end first, behind the (end, key) of the page before."""
    place = tuple_(conversation.c.ended_ms, conversation.c.conversation_key)
    query = closed_conversations(chosen).order_by(conversation.c.ended_ms.desc(), conversation.c.conversation_key.desc())
    if after is not None:
        query = query.where(conversation.c.ended_ms <= after[0], place < after)
    return connection.execute(query.limit(limit)).mappings().all()


def page_of_open(connection: Connection, chosen: Selection, after: tuple[int, int] | None, limit: int) -> Sequence[Record]:
    """Open conversations, latest start first, behind the (start, key) of the page before."""
    place = tuple_(conversation.c.started_ms, conversation.c.conversation_key)
    query = open_conversations(chosen).order_by(conversation.c.started_ms.desc(), conversation.c.conversation_key.desc())
    if after is not None:
        query = query.where(place < after)
    return connection.execute(query.limit(limit)).mappings().all()


def count_open(connection: Connection, chosen: Selection) -> int:
    """How many open conversations a selection holds."""
    found = open_conversations(chosen).with_only_columns(conversation.c.conversation_key).subquery()
    return int(connection.execute(select(func.count()).select_from(found)).scalar_one())


def count_closed(connection: Connection, chosen: Selection, most: int) -> int:
    """How many closed conversations a selection holds, counted to `most` and no further."""
    some = closed_conversations(chosen).with_only_columns(conversation.c.conversation_key).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def count_selected_open(connection: Connection, table: str, chosen: Selection) -> int:
    """How many open conversations, or sessions or messages of theirs, a selection holds."""
    return _count(connection, table, chosen, open_conversations(chosen))


def count_selected(connection: Connection, table: str, chosen: Selection) -> int:
    """The same of closed and open ones."""
    return sum(_count(connection, table, chosen, each(chosen)) for each in (closed_conversations, open_conversations))


_COUNTED_IN = {
    "sessions": session,
    "stays": segment,
    "fallbacks": fallback,
    "speech": speech,
    "surveys": survey,
    "suggestions": suggestion,
}


def _count(connection: Connection, table: str, chosen: Selection, conversations: Select[Any]) -> int:
    found = conversations.with_only_columns(conversation.c.conversation_key, conversation.c.num_messages).subquery()
    if table == "messages":
        number = select(func.coalesce(func.sum(found.c.num_messages), 0))
    elif table == "utterances":
        of_found = speech.join(found, speech.c.conversation_key == found.c.conversation_key)
        number = select(func.coalesce(func.sum(speech.c.num_utterances), 0)).select_from(of_found)
    elif table in _COUNTED_IN:
        own = _COUNTED_IN[table]
        number = select(func.count()).select_from(own.join(found, own.c.conversation_key == found.c.conversation_key))
        number = number.where(among(chosen.surveyed)) if table == "surveys" else number
        if own is suggestion and chosen.assisted is not None:
            number = number.where(is_wanted_suggestion(chosen.assisted))
    else:
        number = select(func.count()).select_from(found)
    return int(connection.execute(number).scalar_one())


def countable_conversations(connection: Connection, start_ms: int | None, end_ms: int | None) -> Iterator[Record]:
    """What figures are counted from, of every conversation that ended in a span, and of every open one that began in it."""
    for moment, which in (
        (conversation.c.ended_ms, conversation.c.ended_ms.is_not(None)),
        (conversation.c.started_ms, conversation.c.ended_ms.is_(None)),
    ):
        query = select(*(conversation.c[name] for name in _COUNTABLE)).where(which, *within(moment, start_ms, end_ms))
        yield from connection.execute(query.execution_options(yield_per=STREAM_ROWS)).mappings()


def countable_contacts(connection: Connection, start_ms: int | None, end_ms: int | None) -> Iterator[Record]:
    """When conversations began that did in a span, and whose."""
    names = ("source", "customer_id", "is_test", "num_customer_messages", "started_ms")
    query = select(*(conversation.c[name] for name in names)).where(*within(conversation.c.started_ms, start_ms, end_ms))
    yield from connection.execute(query.execution_options(yield_per=STREAM_ROWS)).mappings()


def count_conversations(connection: Connection, most: int | None = None) -> int:
    """How many there are, counted to `most` and no further."""
    some = select(conversation.c.conversation_key).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def derived_rows(connection: Connection, roots: Sequence[int]) -> dict[str, Sequence[Record]]:
    """Everything derived of these roots, by table."""
    found: dict[str, Sequence[Record]] = {}
    of_roots = conversation.c.root_key.in_(roots)
    found[conversation.name] = connection.execute(select(conversation).where(of_roots)).mappings().all()
    for table in (session, segment, participant, context_variable, fallback, speech, survey, suggestion):
        query = select(table).join(conversation, conversation.c.conversation_key == table.c.conversation_key).where(of_roots)
        found[table.name] = connection.execute(query).mappings().all()
    return found


def without_thread(connection: Connection, *, limit: int) -> Sequence[str]:
    """Conversations that nothing received stands behind."""
    roots = select(thread.c.root_key)
    query = select(conversation.c.conversation_id).where(conversation.c.root_key.not_in(roots)).limit(limit)
    return connection.execute(query).scalars().all()


def raw_lines(connection: Connection, thread_keys: Sequence[int]) -> dict[int, int]:
    """How many activities are kept as received, by thread; superseded versions are among them."""
    found = dict.fromkeys(thread_keys, 0)
    query = select(raw_chunk.c.thread_key, raw_chunk.c.body).where(raw_chunk.c.thread_key.in_(thread_keys))
    decompressor = zstandard.ZstdDecompressor()
    for key, body in connection.execute(query.execution_options(yield_per=STREAM_ROWS)):
        found[key] += decompressor.decompress(body).count(b"\n") + 1
    return found


def bounds(connection: Connection) -> tuple[int | None, int | None]:
    """The end of the first and of the last conversation that is closed."""
    query = select(func.min(conversation.c.ended_ms)), select(func.max(conversation.c.ended_ms))
    first, last = (connection.execute(each).scalar_one_or_none() for each in query)
    return first, last
