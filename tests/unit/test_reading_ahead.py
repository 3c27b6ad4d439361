"""What is read ahead is not read again by who asks first, and is what they would have read."""

from __future__ import annotations

from sqlalchemy import event

from metrics.filters import Filters
from metrics.kept import LAYOUTS, unpack
from metrics.packs import refresh
from metrics.reading_ahead import STEP_MS, read_ahead
from metrics.report import count
from store.engine import open_store
from tests.conversation_rows import at, put, row

FIRST = at("2026-03-02T12:00Z")
LONG = 3  # steps that history reaches over


def packs_read(store, ask):
    """How many statements read packed days while this is asked."""
    said = []
    event.listen(store.reader, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement))
    ask()
    return sum("FROM day_pack" in statement for statement in said)


def fill(store):
    put(store, [row(number, ended_ms=FIRST + number * STEP_MS // 4) for number in range(1, 4 * LONG)])
    refresh(store)


def test_who_asks_first_reads_nothing_that_was_read_ahead(store):
    fill(store)
    assert packs_read(store, lambda: read_ahead(store)) >= LONG

    assert packs_read(store, lambda: count(store, Filters(), ("month", "bot"))) == 0


def test_columns_of_all_of_history_are_put_together_ahead(store):
    fill(store)
    read_ahead(store)

    with store.read() as connection:
        for layout in LAYOUTS:
            rows = unpack(connection, None, None, layout=layout)
            assert {*layout.columns, "bot"} <= {*dict.keys(rows.columns)}, layout.packed


def test_figures_are_the_same_as_without(store):
    fill(store)
    other = open_store(store.url)
    expected = count(other, Filters(), ("month", "bot"))
    other.close()

    read_ahead(store)

    assert count(store, Filters(), ("month", "bot")) == expected


def test_it_ends_early_where_the_server_stops(store):
    fill(store)
    assert packs_read(store, lambda: read_ahead(store, is_stopped=lambda: True)) == 0


def test_nothing_is_there_yet(store):
    read_ahead(store)
