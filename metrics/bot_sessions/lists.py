"""Which conversations count as bot sessions, and which do not: each listed with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from metrics.bot_sessions.words import why_counted, why_not
from metrics.filters import Filters
from metrics.months import day_window, days_of, ends_of, month_window
from store.bot_sessions.counting import Cut
from store.bot_sessions.lists import (
    Place,
    count_listed,
    list_counted,
    list_uncounted,
    num_counted,
    num_uncounted,
    stream_counted,
    stream_uncounted,
)
from store.engine import Connection, Store

__all__ = ["Cut", "Page", "count_cut", "count_exported", "counted_page", "cut_of", "exported", "uncounted_page"]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of conversations, each with `why`, and where the next begins (None: there is none)."""

    rows: Sequence[Mapping[str, Any]]
    next: Place | None


def cut_of(
    month: str, zone: str, *, day: str = "", bot: str | None = None, channel: str | None = None, use: str = "", why: str = ""
) -> Cut:
    """Some of a month's conversations. A day of another month does not narrow. Raises WindowError where the month is none."""
    wanted = next((each for each in days_of(month) if each.isoformat() == day), None)
    window = month_window(month, zone) if wanted is None else day_window(wanted, zone)
    bots, channels = () if bot is None else (bot,), () if channel is None else (channel,)
    return Cut(*ends_of(window), bots=bots, channels=channels, use=use or None, why_not=why or None)


def counted_page(store: Store, cut: Cut, *, after: Place | None, limit: int) -> Page:
    """A page of conversations that count, the latest first, each with why."""
    with store.read() as connection:
        rows = list_counted(connection, cut, after=after, limit=limit + 1)
    return _page([row | {"why": why_counted(row)} for row in rows], "invoked_ms", limit)


def uncounted_page(store: Store, cut: Cut, zone: str, *, after: Place | None, limit: int) -> Page:
    """A page of conversations of the span that do not count, the latest first, each with why not."""
    with store.read() as connection:
        rows = list_uncounted(connection, cut, after=after, limit=limit + 1)
    return _page([row | {"why": why_not(row, zone)} for row in rows], "started_ms", limit)


def count_cut(store: Store, cut: Cut) -> tuple[int, int]:
    """How many count in a cut, and how many do not."""
    with store.read() as connection:
        return count_listed(connection, cut)


def exported(connection: Connection, filters: Filters, *, bots_only: bool) -> Iterator[list[dict[str, Any]]]:
    """Of every conversation that counts in the filters' span or began in it, with `counts` and `why`: those that count first."""
    cut = _cut(filters)
    for part in stream_counted(connection, cut):
        yield [row | {"counts": True, "why": why_counted(row)} for row in part]
    if bots_only:
        return
    for part in stream_uncounted(connection, cut):
        yield [
            row | {"counts": False, "why": why_not(row, filters.tz)}
            for row in part
            if filters.include_tests or not row["is_test"]
        ]


def count_exported(connection: Connection, filters: Filters, *, bots_only: bool) -> int:
    """How many these are."""
    cut = _cut(filters)
    counting = num_counted(connection, cut)
    if bots_only:
        return counting
    others = num_uncounted(connection, cut)
    if filters.include_tests:
        return counting + others
    return counting + others - num_uncounted(connection, replace(cut, why_not="test"))


def _cut(filters: Filters) -> Cut:
    return Cut(filters.window.start_ms, filters.window.end_ms, filters.bots, filters.channels)


def _page(rows: list[dict[str, Any]], moment: str, limit: int) -> Page:
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, (rows[-1][moment], rows[-1]["conversation_key"]) if more else None)
