"""Lists of the conversations that count as bot sessions, and of those that do not, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from store.bot_sessions.counting import Cut, count_invoked, counted, first_invoked, uncounted
from store.reads import IN_LIST
from store.records import Mode, Role
from store.tables import conversation, session

_LISTED = [
    conversation.c[name]
    for name in (
        "conversation_key", "conversation_id", "source", "channel", "started_ms", "invoked_ms", "invoked_bot", "bot_use",
        "is_test", "escalated_ms", "ended_ms",
    )
]  # fmt: skip
# So many are held at a time where all are read, and so many of the first, which are often all that is wanted.
AT_ONCE, AT_FIRST = 2_000, 50
LAST_MS = 2**53  # later than any time
Place = tuple[int, int]  # moment and key of the row at which a page ends
Listed = dict[str, Any]
Pages = Callable[[Place | None, int], Sequence[Listed]]


def list_counted(
    connection: Connection,
    cut: Cut,
    *,
    after: Place | None,
    limit: int,
    newest_first: bool = True,
) -> list[Listed]:
    """A page of those that count, by when the bot was invoked; each with `num_bots`, how many bots the customer met."""
    return _page(connection, counted(cut), "invoked_ms", after, limit, newest_first=newest_first)


def list_uncounted(
    connection: Connection,
    cut: Cut,
    *,
    after: Place | None,
    limit: int,
    newest_first: bool = True,
) -> list[Listed]:
    """A page of those that began in the span and do not count in it, by when they began."""
    return _page(connection, uncounted(cut), "started_ms", after, limit, newest_first=newest_first)


def stream_counted(connection: Connection, cut: Cut) -> Iterator[Sequence[Listed]]:
    """All of them in parts, the earliest first."""
    page = partial(list_counted, connection, cut, newest_first=False)
    return _stream(lambda after, limit: page(after=after, limit=limit), "invoked_ms")


def stream_uncounted(connection: Connection, cut: Cut) -> Iterator[Sequence[Listed]]:
    """All of them in parts, the earliest first."""
    page = partial(list_uncounted, connection, cut, newest_first=False)
    return _stream(lambda after, limit: page(after=after, limit=limit), "started_ms")


def count_listed(connection: Connection, cut: Cut) -> tuple[int, int]:
    """How many count, and how many do not."""
    return num_counted(connection, cut), num_uncounted(connection, cut)


def num_counted(connection: Connection, cut: Cut) -> int:
    """How many count: of whole days that nothing narrows, those kept."""
    first_ms = first_invoked(connection)
    if first_ms is None:
        return 0
    if replace(cut, start_ms=None, end_ms=None, why_not=None) != Cut():
        return _num(connection, counted(cut))
    start_ms = first_ms if cut.start_ms is None else max(first_ms, cut.start_ms)
    return count_invoked(connection, start_ms, max(start_ms, LAST_MS if cut.end_ms is None else cut.end_ms))


def num_uncounted(connection: Connection, cut: Cut) -> int:
    """How many began in the span and do not count in it."""
    return _num(connection, uncounted(cut))


def _num(connection: Connection, which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(conversation).where(which)
    return int(connection.execute(query).scalar_one())


def _stream(page: Pages, moment: str) -> Iterator[Sequence[Listed]]:
    after: Place | None = None
    limit = AT_FIRST
    while rows := page(after, limit):
        yield rows
        after, limit = (rows[-1][moment], rows[-1]["conversation_key"]), AT_ONCE


def _page(
    connection: Connection,
    which: ColumnElement[bool],
    moment: str,
    after: Place | None,
    limit: int,
    *,
    newest_first: bool,
) -> list[Listed]:
    at, key = conversation.c[moment], conversation.c.conversation_key
    query = select(*_LISTED).where(which)
    if after is not None:
        # The first part alone lets the index find the place.
        behind = (at <= after[0], tuple_(at, key) < after) if newest_first else (at >= after[0], tuple_(at, key) > after)
        query = query.where(*behind)
    order = (at.desc(), key.desc()) if newest_first else (at, key)
    rows = [dict(row) for row in connection.execute(query.order_by(*order).limit(limit)).mappings()]
    met = _bots_met(connection, [row["conversation_key"] for row in rows])
    return [row | {"num_bots": met.get(row["conversation_key"], 0)} for row in rows]


def _bots_met(connection: Connection, keys: Sequence[int]) -> Mapping[int, int]:
    found: dict[int, int] = {}
    for at in range(0, len(keys), IN_LIST):
        query = (
            select(session.c.conversation_key, func.count(session.c.name.distinct()))
            .where(
                session.c.conversation_key.in_(keys[at : at + IN_LIST]),
                session.c.handler == Role.BOT,
                session.c.mode.in_((Mode.PRIMARY, Mode.SURVEY)),
            )
            .group_by(session.c.conversation_key)
        )
        found.update((key, count) for key, count in connection.execute(query))
    return found
