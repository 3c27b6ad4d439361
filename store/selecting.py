"""Which conversations are meant, and the statements that say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from store.assist.reads import Assisted, has_assist
from store.contacts import came_back_within, is_known
from store.customers import has_customer
from store.parties import is_of_people, talked_to_bot
from store.queues.reads import Stayed, has_stayed
from store.search.conditions import says_closed, says_open
from store.spans import within
from store.surveys.reads import Surveyed, has_survey
from store.tables import conversation, fallback
from store.voice.reads import Spoken, has_spoken


@dataclass(frozen=True, slots=True)
class Return:
    """Conversations with a known customer that are old enough for it to be told whether they came back within a span."""

    span_ms: int
    ended_by_ms: int | None  # None: all are old enough
    came_back: bool | None  # None: whether they did or not


@dataclass(frozen=True, slots=True)
class Selection:
    """Which conversations are meant. An empty tuple does not narrow; "" within one means: those without a value."""

    start_ms: int | None = None
    end_ms: int | None = None
    bots: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    workstreams: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()
    include_tests: bool = False
    bots_only: bool = True  # only conversations that a bot took part in
    reasons: tuple[str, ...] = ()
    having: tuple[str, ...] = ()  # columns that must hold a value
    lacking: tuple[str, ...] = ()  # columns that must hold none
    being: tuple[str, ...] = ()  # columns that must be true
    ranges: tuple[tuple[str, int | None, int | None], ...] = ()  # columns with bounds: from (included) and to (left out)
    spans: tuple[tuple[int, int], ...] = ()  # ended within one of these, half-open
    returned: Return | None = None
    states: tuple[str, ...] = ()
    sentiments: tuple[tuple[int | None, int | None] | None, ...] = ()  # within one of these bounds; None: without a score
    customers: tuple[str, ...] = ()  # ids, or parts of names
    is_suspect: bool = False  # only suspect resolutions
    has_fallback: bool = False  # only with a turn that the bot did not understand
    said: tuple[str, ...] = ()  # only closed ones in which these are the words of such a turn
    ended: tuple[int, ...] = ()  # ended at one of these moments
    search: str = ""  # what was said in them, as the full-text index reads it; SQLite only
    stayed: Stayed | None = None  # only closed ones with such a stay in a queue
    spoken: Spoken | None = None  # only closed ones with such speech
    surveyed: tuple[Surveyed, ...] = ()  # only closed ones with one of these surveys
    assisted: Assisted | None = None  # only closed ones with such a suggestion to the agent, or served without
    people_only: bool = False  # only those in which no bot served the customer


def closed_conversations(chosen: Selection) -> Select[Any]:
    """The closed conversations of a selection, in no order."""
    where = [conversation.c.ended_ms.is_not(None), _between_times(conversation.c.ended_ms, chosen), _narrowed(chosen)]
    if chosen.states and "closed" not in chosen.states:
        where.append(false())
    if chosen.outcomes:
        where.append(conversation.c.outcome.in_(chosen.outcomes))
    if chosen.resolutions:
        where.append(conversation.c.resolution.in_(chosen.resolutions))
    if chosen.reasons:
        where.append(conversation.c.reason.in_(chosen.reasons))
    if chosen.spans:
        ended = conversation.c.ended_ms
        where.append(or_(*(and_(ended >= start_ms, ended < end_ms) for start_ms, end_ms in chosen.spans)))
    if chosen.ended:
        where.append(conversation.c.ended_ms.in_(chosen.ended))
    where.extend(_qualities(chosen))
    if chosen.search:
        where.append(says_closed(chosen))
    return select(conversation).where(and_(*where))


def _qualities(chosen: Selection) -> Iterator[ColumnElement[bool]]:
    """What columns must hold, be or lie between."""
    yield from (conversation.c[name].is_not(None) for name in chosen.having)
    yield from (conversation.c[name].is_(None) for name in chosen.lacking)
    yield from (conversation.c[name].is_(True) for name in chosen.being)
    for name, low, high in chosen.ranges:
        if low is not None:
            yield conversation.c[name] >= low
        if high is not None:
            yield conversation.c[name] < high
    if chosen.returned is not None:
        yield is_known()
        if chosen.returned.ended_by_ms is not None:
            yield conversation.c.ended_ms <= chosen.returned.ended_by_ms
        came_back = came_back_within(chosen.returned.span_ms)
        if chosen.returned.came_back is not None:
            yield came_back if chosen.returned.came_back else ~came_back
    if chosen.said:
        said = select(fallback.c.conversation_key).where(fallback.c.words.in_(chosen.said))
        yield conversation.c.conversation_key.in_(said.where(_between_times(fallback.c.ended_ms, chosen)))
    if chosen.stayed is not None:
        yield has_stayed(chosen.stayed)
    if chosen.spoken is not None:
        yield has_spoken(chosen.spoken)
    if chosen.surveyed:
        yield or_(*map(has_survey, chosen.surveyed))
    if chosen.assisted is not None:
        yield has_assist(chosen.assisted)


def open_conversations(chosen: Selection) -> Select[Any]:
    """The open conversations of a selection, in no order."""
    # What is open has no outcome yet, so a choice of outcomes leaves nothing; nor does a choice of what only an end decides.
    decided = (chosen.outcomes, chosen.resolutions, chosen.reasons, chosen.having, chosen.lacking, chosen.being, chosen.ranges)
    of_parts = (chosen.stayed, chosen.spoken, chosen.surveyed, chosen.assisted)
    ended = (chosen.spans, chosen.returned, chosen.is_suspect, chosen.said, *of_parts)
    none = false() if any(decided) or any(ended) else true()
    states = conversation.c.state.in_(chosen.states) if chosen.states else true()
    began = _between_times(conversation.c.started_ms, chosen)
    said = says_open(chosen) if chosen.search else true()
    return select(conversation).where(none, conversation.c.ended_ms.is_(None), began, states, _narrowed(chosen), said)


def open_or_closed(chosen: Selection | None) -> list[ColumnElement[bool]]:
    """What a conversation of a selection fulfils, whether it is closed or open; nothing where there is none."""
    if chosen is None:
        return []
    either = (query.whereclause for query in (closed_conversations(chosen), open_conversations(chosen)))
    return [or_(*(each for each in either if each is not None))]


def _narrowed(chosen: Selection) -> ColumnElement[bool]:
    by_column = {
        "bot": chosen.bots,
        "channel": chosen.channels,
        "queue": chosen.queues,
        "topic": chosen.topics,
        "workstream": chosen.workstreams,
    }
    where: list[ColumnElement[bool]] = [conversation.c[name].in_(values) for name, values in by_column.items() if values]
    if chosen.sentiments:
        where.append(or_(*(_feels(bounds) for bounds in chosen.sentiments)))
    if chosen.customers:
        where.append(has_customer(chosen.customers))
    if chosen.is_suspect:
        where.append(conversation.c.is_suspect.is_(True))
    if chosen.has_fallback:
        where.append(conversation.c.num_fallbacks > 0)
    if chosen.people_only:
        where.append(is_of_people())
    if chosen.bots_only:
        where.append(talked_to_bot(include_tests=chosen.include_tests))
    elif not chosen.include_tests:
        where.append(conversation.c.is_test.is_(False))
    return and_(true(), *where)


def _feels(bounds: tuple[int | None, int | None] | None) -> ColumnElement[bool]:
    score = conversation.c.sentiment_micro
    if bounds is None:
        return score.is_(None)
    low, high = bounds
    return and_(score.is_not(None), true() if low is None else score >= low, true() if high is None else score < high)


def _between_times(column: ColumnElement[int], chosen: Selection) -> ColumnElement[bool]:
    return and_(true(), *within(column, chosen.start_ms, chosen.end_ms))
