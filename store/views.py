"""Read-only views for other tools (docs/views.md): rows as exports have them, in units people read, and counts by hour.

The names are those of the data dictionary, which a test compares them with. What they mean is said there.
"""

from __future__ import annotations

from typing import Any, Never, assert_never, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Select,
    Text,
    and_,
    case,
    func,
    inspect,
    literal_column,
    select,
    true,
)
from sqlalchemy import cast as sql_cast

from store.assist.tables import suggestion
from store.contacts import next_contact_ms
from store.surveys.tables import survey
from store.tables import activity, conversation, session, thread
from store.voice.tables import speech

# The name of a column where it is not that of what is stored.
_CONVERSATION = (
    *("conversation_id", "source", "channel", "workstream", "bot", "bot_id", "queue", "escalation_queue", "topic", "customer_id"),
    *("customer_name", "language", "is_bot", "is_test", "state", "started_at=started_ms", "last_activity_at=last_ms"),
    *("ended_at=ended_ms", "closed_by", "outcome", "resolution", "reason", "bot_seconds=bot_ms", "escalated_at=escalated_ms"),
    *("accepted_at=accepted_ms", "wait_seconds=wait_ms", "returned_to_bot", "handler_name", "num_messages"),
    *("num_customer_messages", "num_scored", "sentiment=sentiment_micro", "sentiment_with_bot=bot_sentiment_micro"),
    *("sentiment_waiting=waiting_sentiment_micro", "sentiment_with_agent=agent_sentiment_micro", "bot_turns", "wasted_turns"),
    *("num_fallbacks", "is_engaged", "is_suspect", "next_contact_at=next_contact_ms", "csat_requested", "csat=csat_micro"),
    "definition_version",
)
_SESSION = (
    *("session=number", "handler", "mode", "handler_id", "handler_name=name", "queue", "started_at=started_ms"),
    *("ended_at=ended_ms", "duration_seconds=duration_ms", "end"),
)
_MESSAGE = (
    *("activity_id", "sent_at=at_ms", "time_known", "role", "role_inferred", "sender_id", "sender_name", "private", "text"),
    *("locale", "sentiment=sentiment_micro", "engine"),
)
_SPEECH = (
    *("agent", "call_queue=queue", "call_seconds=span_ms", "spoken_seconds=spoken_ms", "customer_seconds=customer_ms"),
    *("bot_seconds=bot_ms", "agent_seconds=agent_ms", "overlap_seconds=overlap_ms", "silence_seconds=silence_ms"),
    *("longest_silence_seconds=longest_silence_ms", "hold_seconds=hold_ms", "num_holds", "num_utterances", "customer_words"),
    *("bot_words", "agent_words"),
)
_OF_CALL = ("channel", "bot", "queue", "topic", "outcome", "is_test", "ended_at=ended_ms")
_SURVEY = (
    *("number", "survey", "asked_at=asked_ms", "answered_at=answered_ms", "answer=answer_micro", "comment", "asked_by"),
    *("is_after", "counts"),
)
_OF_SURVEYED = ("is_bot", "bot", "channel", "queue", "topic", "outcome", "ended_at=ended_ms")
_SUGGESTION = (
    *(
        "suggestion=number",
        "activity_id",
        "shown_at=shown_ms",
        "session",
        "suggested_by=bot",
        "agent",
        "agent_queue=queue",
        "fate",
    ),
    *("evidence", "event", "repeat", "used_at=used_ms", "dismissed_at=dismissed_ms", "use_seconds=use_ms", "text"),
)
_SUGGESTED = ("channel", "topic", "ended_at=ended_ms")
NAMES = ("v_conversation", "v_session", "v_message", "v_speech", "v_survey", "v_suggestion", "v_hour")
_OF_TABLE = {"v_speech": speech.name, "v_survey": survey.name, "v_suggestion": suggestion.name}
HOUR_MS = 3_600_000


def make_views(connection: Connection) -> None:
    """Make the views, in the place of those there are. A step that adds columns to them calls it again."""
    drop_views(connection)
    # A database on its way from an earlier release may not have all tables yet: a later step calls again.
    there = set(inspect(connection).get_table_names())
    for name, query in _queries(connection).items():
        if name in _OF_TABLE and _OF_TABLE[name] not in there:
            continue
        text = str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
        connection.exec_driver_sql(f"CREATE VIEW {name} AS {text}")


def drop_views(connection: Connection) -> None:
    """Take the views away: a step that takes a column away must, and make them again."""
    for name in NAMES:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def _queries(connection: Connection) -> dict[str, Select[Any]]:
    dialect = connection.dialect.name
    whose = [conversation.c.conversation_id, conversation.c.source]
    of_survey = survey.c.conversation_key == conversation.c.conversation_key
    surveyed = [*_columns(survey, _SURVEY, dialect), *_columns(conversation, _OF_SURVEYED, dialect)]
    of_session = session.c.conversation_key == conversation.c.conversation_key
    own = and_(activity.c.thread_key == thread.c.thread_key, activity.c.conversation_key == conversation.c.conversation_key)
    return {
        "v_conversation": select(*_columns(conversation, _CONVERSATION, dialect)),
        "v_session": select(*whose, *_columns(session, _SESSION, dialect)).join_from(conversation, session, of_session),
        "v_speech": select(*whose, *_columns(speech, _SPEECH, dialect), *_columns(conversation, _OF_CALL, dialect)).join_from(
            conversation, speech, speech.c.conversation_key == conversation.c.conversation_key
        ),
        "v_message": select(*whose, *_columns(activity, _MESSAGE, dialect))
        .join_from(conversation, thread, thread.c.root_key == conversation.c.root_key)
        .join(activity, own)
        .where(activity.c.kind == "message"),
        "v_survey": select(*whose, *surveyed).join_from(conversation, survey, of_survey),
        "v_hour": _by_hour(dialect),
        "v_suggestion": select(
            *whose, *_columns(suggestion, _SUGGESTION, dialect), *_columns(conversation, _SUGGESTED, dialect)
        ).join_from(conversation, suggestion, suggestion.c.conversation_key == conversation.c.conversation_key),
    }


def _columns(table: Any, names: tuple[str, ...], dialect: str) -> list[ColumnElement[Any]]:
    found: list[ColumnElement[Any]] = []
    for said in names:
        name, _, field = said.partition("=")
        column: ColumnElement[Any] = next_contact_ms() if field == "next_contact_ms" else table.c[field or name]
        found.append(_shown(name, field, column, dialect).label(name))
    return found


def _shown(name: str, field: str, column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """A stored value in the unit that its name promises."""
    if name.endswith("_at"):
        return _time(column, dialect)
    if field.endswith("_ms"):
        return sql_cast(column, Double) / literal_column("1000.0")
    return sql_cast(column, Double) / literal_column("1000000.0") if field.endswith("_micro") else column


def _time(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """A moment: in SQLite, which has no type for it, ISO 8601 in UTC with milliseconds, which sorts as it passes."""
    match dialect:
        case "sqlite":
            second = func.strftime("%Y-%m-%dT%H:%M:%S", column / literal_column("1000"), "unixepoch", type_=Text)
            return second + func.printf(".%03dZ", column % 1000, type_=Text)
        case "postgresql":
            return func.to_timestamp(sql_cast(column, Double) / literal_column("1000.0"))
        case _:
            assert_never(cast(Never, dialect))


def _by_hour(dialect: str) -> Select[Any]:
    """Closed bot conversations by the UTC hour of their end and what they are cut by: counts and sums, to be divided last."""
    own = conversation.c
    hour = (own.ended_ms - own.ended_ms % HOUR_MS).label("hour_ms")
    cut = [own.bot, own.channel, own.workstream, own.queue, own.topic]

    def counted(name: str, condition: ColumnElement[bool]) -> ColumnElement[Any]:
        return func.sum(case((condition, 1), else_=0)).label(name)

    resolved, escalated = own.outcome == "resolved", own.outcome == "escalated"
    sums = (
        ("resolution_time", resolved, own.bot_ms, "ms"),
        ("escalation_time", escalated, own.bot_ms, "ms"),
        ("sentiment", own.sentiment_micro.is_not(None), own.sentiment_micro, "micro"),
        ("csat", own.csat_micro.is_not(None), own.csat_micro, "micro"),
    )
    figures = [func.count().label("closed"), *(counted(name, own.outcome == name) for name in ("resolved",))]
    figures += [counted(name, own.resolution == name) for name in ("confirmed", "implied", "assumed")]
    figures += [counted(name, own.outcome == name) for name in ("escalated", "abandoned", "other")]
    for name, condition, value, unit in sums:
        figures.append(counted(f"{name}_n", and_(condition, value.is_not(None))))
        figures.append(func.coalesce(func.sum(case((condition, value))), 0).label(f"{name}_sum_{unit}"))
    figures.append(counted("csat_asked", own.csat_requested.is_(True) | own.csat_micro.is_not(None)))
    figures += [counted("engaged", own.is_engaged.is_(True)), counted("suspect", own.is_suspect.is_(True))]
    figures.append(counted("never_accepted", and_(escalated, own.accepted_ms.is_(None))))
    later = (
        ("wait", "sum_ms", escalated, own.wait_ms),
        ("escalation_turns", "sum", escalated, own.bot_turns),
        ("wasted_turns", "sum", escalated, own.wasted_turns),
        ("sentiment_with_bot", "sum_micro", true(), own.bot_sentiment_micro),
        ("sentiment_waiting", "sum_micro", true(), own.waiting_sentiment_micro),
        ("sentiment_with_agent", "sum_micro", true(), own.agent_sentiment_micro),
    )
    for name, unit, condition, value in later:
        figures.append(counted(f"{name}_n", and_(condition, value.is_not(None))))
        figures.append(func.coalesce(func.sum(case((condition, value))), 0).label(f"{name}_{unit}"))
    by_hour = select(hour, *cut, *figures).where(own.is_bot.is_(True), own.ended_ms.is_not(None)).group_by(hour, *cut).subquery()
    rest = [column for column in by_hour.c if column.name != "hour_ms"]
    return select(_time(by_hour.c.hour_ms, dialect).label("hour"), *rest)
