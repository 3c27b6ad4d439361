"""Packed days as they are stored, which of them are out of date, and putting others in their place.

`day_pack`, `stay_pack`, `fallback_pack`, `escalation_pack`, `speech_pack`, `survey_pack` and `assist_pack` have the same columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Never, assert_never, cast

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, true

from store.assist.tables import assist_pack
from store.routing.tables import escalation_pack
from store.surveys.tables import survey_pack
from store.tables import day_pack, dirty_day, fallback_pack, packed_day, stay_pack
from store.upsert import upsert
from store.voice.tables import speech_pack


class Packed(StrEnum):
    """What is packed of a day, by the name of its table."""

    CONVERSATIONS = day_pack.name
    STAYS = stay_pack.name
    FALLBACKS = fallback_pack.name
    ESCALATIONS = escalation_pack.name
    SPEECH = speech_pack.name
    SURVEYS = survey_pack.name
    ASSISTS = assist_pack.name


_TABLES = {
    Packed.CONVERSATIONS: day_pack,
    Packed.STAYS: stay_pack,
    Packed.FALLBACKS: fallback_pack,
    Packed.ESCALATIONS: escalation_pack,
    Packed.SPEECH: speech_pack,
    Packed.SURVEYS: survey_pack,
    Packed.ASSISTS: assist_pack,
}


@dataclass(frozen=True, slots=True)
class PackedDay:
    """One row of such a table."""

    day: int
    bot: str
    num_rows: int
    body: bytes


def dirty_days(connection: Connection, first: int | None, last: int | None, *, limit: int | None = None) -> list[int]:
    """Days from `first` to `last` whose packs are older than their conversations, newest first."""
    query = select(dirty_day.c.day).where(_between(dirty_day.c.day, first, last)).order_by(dirty_day.c.day.desc()).limit(limit)
    return list(connection.execute(query).scalars())


def mark_of(connection: Connection, day: int) -> int | None:
    """The day's mark; None where its packs are up to date. While it stands, none of the day's conversations has been touched."""
    return connection.execute(select(dirty_day.c.mark).where(dirty_day.c.day == day)).scalar_one_or_none()


def packs_between(connection: Connection, packed: Packed, first: int | None, last: int | None) -> Iterator[PackedDay]:
    """The packs of the days from `first` to `last`, as they were made last, also of days that have changed since."""
    own = _TABLES[packed].c
    query = select(own.day, own.bot, own.num_rows, own.body).where(_between(own.day, first, last)).order_by(own.day, own.bot)
    return (PackedDay(*row) for row in connection.execute(query))


def count_packed(connection: Connection, packed: Packed, first: int | None) -> int:
    """How many rows the packs of the day `first` and all later ones have."""
    own = _TABLES[packed].c
    query = select(func.coalesce(func.sum(own.num_rows), 0)).where(_between(own.day, first, None))
    return int(connection.execute(query).scalar_one())


def newest_packing(connection: Connection) -> int:
    """The number of the newest packing of any day; 0 where there was none."""
    return connection.execute(select(func.max(packed_day.c.number))).scalar_one() or 0


def packed_since(connection: Connection, number: int) -> Sequence[int]:
    """The days that were packed after the packing with this number."""
    return connection.execute(select(packed_day.c.day).where(packed_day.c.number > number)).scalars().all()


def hold_days(connection: Connection) -> None:
    """Let no other transaction mark days until this one ends; those that have marked some are waited for."""
    match connection.dialect.name:
        case "sqlite":
            pass  # there is one write transaction at a time
        case "postgresql":
            # An insert into the table, even of a day that is marked already, holds the lock this one waits for.
            connection.exec_driver_sql("LOCK TABLE dirty_day IN SHARE ROW EXCLUSIVE MODE")
        case _:
            assert_never(cast(Never, connection.dialect.name))


def replace_packs(connection: Connection, day: int, packs: Mapping[Packed, Iterable[PackedDay]]) -> None:
    """Put these in the place of the day's packs, by who holds the days; the day is clean then."""
    for packed, table in _TABLES.items():
        connection.execute(delete(table).where(table.c.day == day))
        rows = [asdict(pack) for pack in packs.get(packed, ())]
        if rows:
            connection.execute(insert(table), rows)
    # Who packs holds the days, so numbers rise in the order in which packings are seen.
    upsert(connection, packed_day, [{"day": day, "number": newest_packing(connection) + 1}])
    connection.execute(delete(dirty_day).where(dirty_day.c.day == day))


def _between(column: ColumnElement[int], first: int | None, last: int | None) -> ColumnElement[bool]:
    where = [] if first is None else [column >= first]
    where += [] if last is None else [column <= last]
    return and_(true(), *where)
