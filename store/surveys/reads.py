"""Surveys of closed conversations: what figures are counted from, what was said beside answers, which conversations have one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select, true

from store.cut_fields import CUT_FIELDS
from store.spans import ended_within
from store.surveys.tables import survey
from store.tables import conversation


@dataclass(frozen=True, slots=True)
class Surveyed:
    """Conversations with such a survey. What is None does not narrow."""

    kind: str
    is_answered: bool | None = None
    low_micro: int | None = None  # of the answer, included
    high_micro: int | None = None  # left out
    has_comment: bool = False
    asked_by: str | None = None  # "": by the platform


SURVEY_FIELDS = (
    *CUT_FIELDS,
    *(survey.c[name] for name in ("ended_ms", "survey", "answer_micro", "asked_by", "counts")),
    (survey.c.comment != "").label("has_comment"),
)


def has_survey(wanted: Surveyed) -> ColumnElement[bool]:
    """Whether a conversation has such a survey: of several of one kind the one that counts."""
    own = survey.c.conversation_key == conversation.c.conversation_key
    return exists().where(own, *_such(wanted)).correlate(conversation)


def among(wanted: Sequence[Surveyed]) -> ColumnElement[bool]:
    """Whether a survey is one of these; every one is where none is asked for."""
    return or_(*(and_(*_such(each)) for each in wanted)) if wanted else true()


def survey_rows(connection: Connection, closed: Select[Any], start_ms: int | None, end_ms: int | None) -> Sequence[Any]:
    """SURVEY_FIELDS of these closed conversations that ended within a span, in a fixed order.

    The span is asked of the surveys, of which there are fewer; so `closed` (`store.selecting.closed_conversations`) has none.
    """
    query = _joined(closed, start_ms, end_ms, *SURVEY_FIELDS)
    return connection.execute(query.order_by(survey.c.ended_ms, survey.c.conversation_key, survey.c.number)).all()


def newest_comments(
    connection: Connection, closed: Select[Any], ended: Sequence[int], wanted: Surveyed, limit: int
) -> Sequence[Mapping[Any, Any]]:
    """What customers wrote beside such answers in conversations that ended at one of these moments, latest end first.

    The survey's columns, and what its conversation is known by.
    """
    facts = [conversation.c[name] for name in ("conversation_id", "source", "bot", "topic", "queue", "channel", "outcome")]
    query = _joined(closed, None, None, *survey.c, *facts).where(survey.c.ended_ms.in_(ended), *_such(wanted))
    newest = query.order_by(survey.c.ended_ms.desc(), survey.c.conversation_key.desc(), survey.c.number.desc())
    return connection.execute(newest.limit(limit)).mappings().all()


def countable_surveys(connection: Connection, start_ms: int | None, end_ms: int | None) -> Iterator[Mapping[Any, Any]]:
    """Every survey of what ended in a span, whether or not it counts, with what its conversation is cut by."""
    names = ("is_bot", "is_test", "outcome", "bot", "channel", "queue", "topic")
    query = select(*survey.c, *(conversation.c[name] for name in names))
    query = query.join(conversation, conversation.c.conversation_key == survey.c.conversation_key)
    return iter(connection.execute(query.where(*ended_within(survey.c.ended_ms, start_ms, end_ms))).mappings())


def _joined(closed: Select[Any], start_ms: int | None, end_ms: int | None, *columns: ColumnElement[Any]) -> Select[Any]:
    query = closed.with_only_columns(*columns).join(survey, survey.c.conversation_key == conversation.c.conversation_key)
    return query.where(*ended_within(survey.c.ended_ms, start_ms, end_ms))


def _such(wanted: Surveyed) -> Iterator[ColumnElement[bool]]:
    own = survey.c
    yield own.survey == wanted.kind
    yield own.counts.is_(True)
    if wanted.is_answered is not None:
        yield own.answered_ms.is_not(None) if wanted.is_answered else own.answered_ms.is_(None)
    if wanted.low_micro is not None:
        yield own.answer_micro >= wanted.low_micro
    if wanted.high_micro is not None:
        yield own.answer_micro < wanted.high_micro
    if wanted.has_comment:
        yield own.comment != ""
    if wanted.asked_by is not None:
        yield own.asked_by == wanted.asked_by
