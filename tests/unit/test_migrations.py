"""A database of an earlier release is brought to the present tables, and its history under the present rules."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from metrics.check import check
from metrics.settle import rederive
from store.day_packs import dirty_days
from store.engine import open_store
from store.tables import migration
from store.views import drop_views
from tests.stored import Loader, reports, tables
from tests.transcripts import wire

ADDED = (
    *("is_engaged", "is_suspect", "bot_turns", "wasted_turns", "wait_ms"),
    *("bot_sentiment_micro", "waiting_sentiment_micro", "agent_sentiment_micro"),
)
TEXT = """
    10:00:00 customer: -0.5
    10:00:05 bot: Sorry, I didn't understand.
    10:00:10 customer: agent please
    10:00:15 event handoff.initiate {}
    10:01:15 system event handoff.status {"state": "accepted"}
    10:01:20 agent: Hello.
"""


def take_back(store):
    """Make the database what it was before the second step."""
    with store.write() as connection:
        drop_views(connection)
        connection.exec_driver_sql("DROP INDEX conversation_contact")
        for name in ADDED:
            connection.exec_driver_sql(f"ALTER TABLE conversation DROP COLUMN {name}")
        connection.execute(delete(migration).where(migration.c.number >= 2))


@pytest.fixture
def loader(store):
    loader = Loader(store)
    loader.write(wire(TEXT), wire("2026-03-05T10:00:00 customer: 1\n2026-03-05T10:00:01 bot: It comes.", conversation="c2"))
    loader.settle()
    return loader


def test_database_from_before_history_has_its_days_packed_again_and_its_facts_derived_anew(loader):
    before, said = tables(loader.store), reports(loader.store)
    take_back(loader.store)

    opened = open_store(loader.store.url)
    try:
        with opened.read() as connection:
            assert len(dirty_days(connection, None, None)) == 2
        assert list(check(opened, loader.deriver, now_ms=loader.now_ms)) != []

        rederive(opened, loader.deriver, now_ms=loader.now_ms)

        assert tables(opened) == before
        assert reports(opened) == said
        assert list(check(opened, loader.deriver, now_ms=loader.now_ms)) == []
    finally:
        opened.close()
