"""Counting bot sessions: conversations in which a customer met a bot, by when the bot was first invoked.

A month is counted in the index `conversation_invoked` alone. What many months ask, how many there were on each whole UTC day, is
kept in `bot_session_day` and counted anew where a conversation of that day changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Row, and_, case, exists, func, literal, or_, select

from store.history import STREAM_ROWS
from store.records import BotUse, Role
from store.spans import within
from store.tables import bot_session_day, conversation, may_not_count, session
from store.upsert import upsert

DAY_MS = 86_400_000
# Days that are counted in one transaction: some milliseconds.
DAYS_AT_ONCE = 30
# So many conversations that may not count are looked at for being old.
LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True)
class Cut:
    """Some of a span's conversations, half-open; None does not narrow. `use` is a BotUse, `why_not` one of WHY_NOT."""

    start_ms: int | None = None
    end_ms: int | None = None
    bots: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    use: str | None = None
    why_not: str | None = None


# Why a conversation does not count in the span in which it began.
TEST, ELSEWHERE, ASSIST, NOBODY = "test", "elsewhere", "assist", "nobody"
WHY_NOT = (ASSIST, NOBODY, TEST, ELSEWHERE)
_reason = case(
    (conversation.c.is_test.is_(True), TEST),
    (conversation.c.invoked_ms.is_not(None), ELSEWHERE),
    (conversation.c.bot_use == BotUse.ASSIST, ASSIST),
    else_=NOBODY,
)


def count_parts(connection: Connection, bounds: Sequence[int]) -> Iterator[tuple[int, Row[Any]]]:
    """Of the days between these moments, in order: the day's place, and a row of invoked_bot, channel, bot_use and num."""
    return _by_day(connection, bounds, (conversation.c.invoked_bot, conversation.c.channel, conversation.c.bot_use))


def count_days(connection: Connection, bounds: Sequence[int]) -> Sequence[int]:
    """How many began on each of the days between these moments."""
    found = [0] * (len(bounds) - 1)
    for place, row in _by_day(connection, bounds, ()):
        found[place] = row.num
    return found


def _by_day(
    connection: Connection, bounds: Sequence[int], cut_by: Sequence[ColumnElement[str]]
) -> Iterator[tuple[int, Row[Any]]]:
    for first, start_ms, end_ms in _runs(bounds):
        is_one = bounds[first + 1] == end_ms  # which may have 23 or 25 hours
        place = literal(0, BigInteger) if is_one else (conversation.c.invoked_ms - start_ms) // DAY_MS
        query = (
            select(place.label("place"), *cut_by, func.count().label("num"))
            .where(counted(Cut(start_ms, end_ms)))
            .group_by("place", *cut_by)
        )
        yield from ((first + row.place, row) for row in connection.execute(query))


def _runs(bounds: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Days of 24 hours that follow each other, and each other day by itself: its place, and from when to when."""
    first = 0
    while first < len(bounds) - 1:
        last = first + 1
        if bounds[last] - bounds[first] == DAY_MS:
            while last < len(bounds) - 1 and bounds[last + 1] - bounds[last] == DAY_MS:
                last += 1
        yield first, bounds[first], bounds[last]
        first = last


def count_invoked(connection: Connection, start_ms: int, end_ms: int) -> int:
    """How many conversations count as bot sessions in a span: of whole UTC days those kept, at its ends counted."""
    first, last = -(-start_ms // DAY_MS), end_ms // DAY_MS
    if first >= last:
        return _count(connection, start_ms, end_ms)
    kept = (bot_session_day.c.day >= first, bot_session_day.c.day < last)
    rows = connection.execute(select(bot_session_day.c.day, bot_session_day.c.num).where(*kept)).all()
    changed = sum(_count(connection, row.day * DAY_MS, (row.day + 1) * DAY_MS) for row in rows if row.num is None)
    ends = (start_ms, first * DAY_MS), (last * DAY_MS, end_ms)
    return sum(row.num or 0 for row in rows) + changed + sum(_count(connection, *end) for end in ends if end[0] < end[1])


def first_invoked(connection: Connection) -> int | None:
    """When the first bot was invoked that counts."""
    query = select(conversation.c.invoked_ms).where(counted(Cut())).order_by(conversation.c.invoked_ms).limit(1)
    return connection.execute(query).scalar()


def invoked_at_place(connection: Connection, start_ms: int, end_ms: int, place: int) -> int | None:
    """When the `place`-th (from 1) bot session of a span began; None where there are fewer."""
    query = select(conversation.c.invoked_ms).where(counted(Cut(start_ms, end_ms))).order_by(conversation.c.invoked_ms)
    return connection.execute(query.offset(place - 1).limit(1)).scalar()


def count_uncounted(connection: Connection, cut: Cut) -> Mapping[str, int]:
    """How many began in a span and do not count in it, by why not."""
    query = select(_reason.label("why"), func.count().label("num")).where(uncounted(cut)).group_by("why")
    return {row.why: row.num for row in connection.execute(query)}


def has_older(connection: Connection, version: int) -> bool:
    """Whether history was derived by an earlier release, which did not note when a bot was invoked: told by its beginning."""
    oldest = (
        select(conversation.c.definition_version).where(may_not_count).order_by(conversation.c.started_ms).limit(LOOKED_AT)
    ).subquery()
    return bool(connection.execute(select(exists().where(oldest.c.definition_version < version))).scalar_one())


def sessions_with_bots(connection: Connection) -> Iterator[Any]:
    """Every session of a bot with its conversation's channel and is_test, those of one together: what a recount starts from."""
    query = (
        select(
            session.c.conversation_key, session.c.number, session.c.mode, session.c.name, session.c.started_ms,
            conversation.c.channel, conversation.c.is_test,
        )
        .join(conversation, conversation.c.conversation_key == session.c.conversation_key)
        .where(session.c.handler == Role.BOT)
        .order_by(session.c.conversation_key, session.c.number)
    )  # fmt: skip
    yield from connection.execute(query.execution_options(yield_per=STREAM_ROWS))


def changed_days(connection: Connection) -> list[int]:
    """Days whose kept number is older than their conversations."""
    query = select(bot_session_day.c.day).where(bot_session_day.c.num.is_(None)).order_by(bot_session_day.c.day)
    return list(connection.execute(query).scalars())


def keep_days(connection: Connection, days: Sequence[int]) -> None:
    """Count these days and keep what they come to."""
    # Whoever marks one of them meanwhile waits, or is waited for; SQLite has one writer at a time anyway.
    connection.execute(select(bot_session_day.c.day).where(bot_session_day.c.day.in_(days)).with_for_update()).all()
    counts = [{"day": day, "num": _count(connection, day * DAY_MS, (day + 1) * DAY_MS)} for day in days]
    upsert(connection, bot_session_day, counts)


def kept_days(connection: Connection) -> Mapping[int, int | None]:
    """What is kept of each day; None where it is to be counted anew."""
    return {row.day: row.num for row in connection.execute(select(bot_session_day.c.day, bot_session_day.c.num))}


def counted(cut: Cut) -> ColumnElement[bool]:
    """Those that count. Begins with the columns of the index conversation_invoked, which holds all that figures are cut by."""
    invoked_ms = conversation.c.invoked_ms
    conditions = [invoked_ms.is_not(None), *_between(invoked_ms, cut), ~conversation.c.is_test]
    for column, wanted in ((conversation.c.invoked_bot, cut.bots), (conversation.c.channel, cut.channels)):
        if wanted:
            conditions.append(column.in_(wanted))
    if cut.use is not None:
        conditions.append(conversation.c.bot_use == cut.use)
    return and_(*conditions)


def uncounted(cut: Cut) -> ColumnElement[bool]:
    """Those that began in the span and do not count in it; `may_not_count` is what the index conversation_uncounted holds."""
    facts = conversation.c
    outside: list[ColumnElement[bool]] = [facts.is_test.is_(True), facts.invoked_ms.is_(None)]
    outside += [] if cut.start_ms is None else [facts.invoked_ms < cut.start_ms]
    outside += [] if cut.end_ms is None else [facts.invoked_ms >= cut.end_ms]
    conditions = [may_not_count, *_between(facts.started_ms, cut), or_(*outside)]
    if cut.bots:
        conditions.append(facts.invoked_bot.in_(cut.bots))
    if cut.channels:
        conditions.append(facts.channel.in_(cut.channels))
    if cut.why_not is not None:
        conditions.append(_reason == cut.why_not)
    return and_(*conditions)


def _count(connection: Connection, start_ms: int, end_ms: int) -> int:
    query = select(func.count()).select_from(conversation).where(counted(Cut(start_ms, end_ms)))
    return int(connection.execute(query).scalar_one())


def _between(column: ColumnElement[int], cut: Cut) -> list[ColumnElement[bool]]:
    return within(column, cut.start_ms, cut.end_ms)
