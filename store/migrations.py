"""The way from any earlier database to the present tables: numbered steps, forward only, each run once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, insert, inspect, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn, DDLElement

from store import figure_tables
from store.alerts import tables as alert_tables
from store.assist import tables as assist_tables
from store.errors import NewerDatabaseError, StoreUnusableError
from store.routing.configurations import configurations, note_promises
from store.routing.tables import configuration, escalation_pack
from store.saved_views import saved_view
from store.search import tables as text_tables
from store.search.indexing import forget_index
from store.surveys.tables import survey, survey_pack
from store.tables import (
    bot_session_day,
    claim,
    conversation,
    conversation_escalated,
    conversation_invoked,
    conversation_uncounted,
    day_pack,
    fallback,
    fallback_pack,
    metadata,
    migration,
    packed_day,
    segment,
    service_level,
    stay_pack,
)
from store.unfinished import unfinished
from store.views import make_views
from store.voice.tables import speech, speech_pack
from store.writes import DAY_MS, mark_days

Step = Callable[[Connection], None]


class AddColumn(DDLElement):
    """ALTER TABLE … ADD COLUMN, which the library leaves to others."""

    def __init__(self, table: Table, column: Column[Any]) -> None:
        self.table, self.column = table, column


@compiles(AddColumn)
def _add_column(element: AddColumn, compiler: Any, **_: Any) -> str:
    table, column = compiler.preparer.format_table(element.table), compiler.process(CreateColumn(element.column))
    return f"ALTER TABLE {table} ADD COLUMN {column}"


def _first_tables(connection: Connection) -> None:
    metadata.create_all(connection, checkfirst=True)


def _what_history_asks(connection: Connection) -> None:
    """Columns that figures about the past are counted from; every day is packed again with them."""
    add_columns(connection, conversation)
    for index in conversation.indexes:
        index.create(connection, checkfirst=True)
    _pack_again(connection)


def _pack_again(connection: Connection) -> None:
    """Every day is packed anew, and until then counted from its conversations."""
    days = connection.execute(select(day_pack.c.day).distinct()).scalars().all()
    connection.execute(delete(day_pack))
    mark_days(connection, set(days))


def add_columns(connection: Connection, table: Table) -> None:
    """Add those columns of `table` that the database's own does not have yet; a database made anew has them all."""
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in there:
            connection.execute(AddColumn(table, column))


def _claims(connection: Connection) -> None:
    claim.create(connection, checkfirst=True)


def _routing(connection: Connection) -> None:
    configuration.create(connection, checkfirst=True)
    conversation_escalated.create(connection, checkfirst=True)


def _alerts(connection: Connection) -> None:
    metadata.create_all(connection, tables=alert_tables.TABLES, checkfirst=True)


def _views(connection: Connection) -> None:
    for table in (speech, survey):  # which they show
        table.create(connection, checkfirst=True)
    make_views(connection)


def _fallbacks(connection: Connection) -> None:
    fallback.create(connection, checkfirst=True)


def _packed_by_column(connection: Connection) -> None:
    """Packs hold one column after another, and each packing has a number."""
    packed_day.create(connection, checkfirst=True)
    _pack_again(connection)


def _search(connection: Connection) -> None:
    text_tables.make_index(connection)


def _bot_sessions(connection: Connection) -> None:
    """When a bot was first invoked, by which its licences are counted: empty until history is derived anew."""
    add_columns(connection, conversation)
    for index in (conversation_invoked, conversation_uncounted):
        index.create(connection, checkfirst=True)
    bot_session_day.create(connection, checkfirst=True)


def _ends_of_stays(connection: Connection) -> None:
    add_columns(connection, segment)


def _beside_figures(connection: Connection) -> None:
    metadata.create_all(connection, tables=figure_tables.TABLES, checkfirst=True)


def _saved_views(connection: Connection) -> None:
    saved_view.create(connection, checkfirst=True)


def _search_by_more(connection: Connection) -> None:
    """Facts are called otherwise in the full-text index, so it is made anew, as it has to be whenever that changes."""
    forget_index(connection)


def _stays_packed(connection: Connection) -> None:
    """Stays are packed with their days, and what queues promise stands in a table of its own."""
    for table in (stay_pack, service_level):
        table.create(connection, checkfirst=True)
    kept = configurations(connection)
    if kept:
        note_promises(connection, kept[-1].configuration)
    _pack_again(connection)


def _escalations_packed(connection: Connection) -> None:
    """Escalations are packed with their days; days without any need not be packed again."""
    escalation_pack.create(connection, checkfirst=True)
    connection.execute(delete(escalation_pack))
    own = conversation.c
    ended = select(own.ended_ms).where(own.escalated_ms.is_not(None), own.ended_ms.is_not(None))
    mark_days(connection, {ended_ms // DAY_MS for ended_ms in connection.execute(ended).scalars()})


def _packed_with_people(connection: Connection) -> None:
    """Packs have conversations of people too, what names each, and how many sessions, messages … it has."""
    connection.execute(delete(day_pack))
    connection.execute(delete(stay_pack))
    _mark_every_day(connection)


def _mark_every_day(connection: Connection) -> None:
    ended = select(conversation.c.ended_ms).where(conversation.c.ended_ms.is_not(None))
    mark_days(connection, {ended_ms // DAY_MS for ended_ms in connection.execute(ended).scalars()})


def _speech(connection: Connection) -> None:
    """What was spoken in calls, packed with their days; the views show it."""
    speech_pack.create(connection, checkfirst=True)
    _views(connection)


def _surveys(connection: Connection) -> None:
    """A row for each survey, and packs of them: empty until history is derived anew."""
    survey_pack.create(connection, checkfirst=True)
    _views(connection)


def _suggestions(connection: Connection) -> None:
    """What bots suggested to agents: none until history is derived anew. Who served conversations is packed at once."""
    metadata.create_all(connection, tables=assist_tables.TABLES, checkfirst=True)
    make_views(connection)
    _mark_every_day(connection)


def _unfinished(connection: Connection) -> None:
    """Which conversations a load has only begun to write."""
    unfinished.create(connection, checkfirst=True)


def _fallbacks_packed(connection: Connection) -> None:
    """What bots did not understand, packed with their days."""
    fallback_pack.create(connection, checkfirst=True)
    _mark_every_day(connection)


# Append only. A step is never edited after a release; a database remembers which it has had.
STEPS: tuple[tuple[int, str, Step], ...] = (
    (1, "first tables", _first_tables),
    (2, "what history asks", _what_history_asks),
    (3, "claims", _claims),
    (4, "routing configurations", _routing),
    (5, "alerts", _alerts),
    (6, "views for other tools", _views),
    (7, "what bots did not understand", _fallbacks),
    (8, "packed by column", _packed_by_column),
    (9, "full-text search", _search),
    (10, "bot sessions", _bot_sessions),
    (11, "what became of stays in queues", _ends_of_stays),
    (12, "targets and annotations", _beside_figures),
    (13, "packs say where a bot did not understand", _pack_again),
    (14, "saved views", _saved_views),
    (15, "more counts by hour", _views),
    (16, "search under more filters", _search_by_more),
    (17, "stays packed", _stays_packed),
    (18, "escalations packed", _escalations_packed),
    (19, "packed with people", _packed_with_people),
    (20, "what was spoken in calls", _speech),
    (21, "surveys", _surveys),
    (22, "suggestions to agents", _suggestions),
    (23, "conversations too long for a transaction", _unfinished),
    (24, "what bots did not understand packed", _fallbacks_packed),
)


def migrate(connection: Connection) -> None:
    """Run the steps that `connection`'s database has not had. Doing it again changes nothing."""
    if not inspect(connection).has_table(migration.name):
        migration.create(connection)
    done = set(connection.execute(select(migration.c.number)).scalars())
    if done and max(done) > STEPS[-1][0]:
        raise NewerDatabaseError("this database was made by a later release of Floorwalker; update the program, not the file")
    for number, name, step in STEPS:
        if number not in done:
            step(connection)
            connection.execute(insert(migration).values(number=number, name=name))
    _compare_columns(connection)


def _compare_columns(connection: Connection) -> None:
    """Refuse a database whose tables are not ours: it would fail later, in the middle of a load, and say less."""
    found = {
        name: {str(column["name"]) for column in columns}
        for (_, name), columns in inspect(connection).get_multi_columns().items()
    }
    for name, table in metadata.tables.items():
        if found.get(name) != {column.name for column in table.columns}:
            raise StoreUnusableError(
                f"table {name} of this database is not as this program makes it: the file was made by another state of the "
                "program; keep it aside and load the sources into a new one"
            )
