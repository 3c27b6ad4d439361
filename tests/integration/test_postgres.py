"""PostgreSQL: the same code on the other database says the same. The server is started for this test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ingest.events import RawRecord
from metrics.check import check
from metrics.filters import Filters
from metrics.report import report
from store.engine import open_store
from store.reads import rejected_records
from store.tables import change
from store.upsert import insert_all
from tests.integration.test_change_feed import Waiter
from tests.postgres_server import postgres_server
from tests.stored import Loader, database_url, differences, reports
from tests.transcripts import FAR_LATER_MS, wire

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.server, pytest.mark.timeout(300), pytest.mark.xdist_group("postgres")]

CONVERSATIONS = {
    "resolved": "10:00:00 customer: this is great\n10:00:02 bot: It comes tomorrow.\n10:00:03 end completedSuccessfully",
    "escalated": (
        '10:00:00 event startConversation {"msdyn_liveworkitemid": "w-1", "Tries": 3}\n10:00:01 customer: agent please\n'
        '10:00:03 event handoff.initiate\n10:00:04 system event queue.entered {"queue": "Cards"}\n10:00:20 agent: Bea here'
    ),
    "w-1": "10:05:00 customer: thanks\n10:06:00 end",
    "abandoned": "10:00:00 customer: hi\n10:00:02 bot: Which one?\n10:00:03 trace CSATSurveyRequest {}",
    "unengaged": "10:00:00 bot: Hello.",
    "hostile": "10:00:00 customer: '; DROP TABLE activity; -- %s :name 😀\n10:00:02 bot: Hello.",
}


@pytest.fixture(scope="module")
def server():
    """The address of a server's database."""
    with postgres_server() as address:
        yield address


@pytest.fixture
def stores(server, tmp_path):
    """The same tables on both, empty."""
    opened = [open_store(server), open_store(database_url(tmp_path))]
    yield opened
    for store in opened:
        store.close()


def test_transcripts_end_in_the_same_tables_and_reports_as_on_sqlite(stores):
    arrays = [wire(text, conversation=name) for name, text in CONVERSATIONS.items()]
    arrays.append(
        wire("2026-03-02T09:00:00 customer: one\n2026-03-03T09:00:00 customer: two", conversation="teams", channel="msteams")
    )
    for store in stores:
        loader = Loader(store)
        first = loader.write(*arrays)
        again = loader.write(*reversed(arrays))
        loader.write(wire('10:00:00 #1 customer: hi, and more | {"type": "messageUpdate"}', conversation="hostile"))
        loader.write_records([])
        loader.settle()

        assert sum(count.activities for count in first) == sum(count.duplicates for count in again)
        assert sum(count.activities for count in again) == 0
        assert list(check(store, loader.deriver, now_ms=FAR_LATER_MS)) == []

    postgres, sqlite = stores
    assert differences(postgres, sqlite) == {}
    assert reports(postgres) == reports(sqlite)
    (line,) = report(postgres, Filters(), ())
    assert (line["closed"], line["resolved"], line["escalated"]) == (5, 2, 1)


def test_unreadable_record_is_kept_once(stores):
    for store in stores:
        for _ in range(2):
            Loader(store).write_records([RawRecord("a", b"{ not JSON")])
        with store.read() as connection:
            assert [row["reason"] for row in rejected_records(connection)] == ["not JSON"]


def test_commit_wakes_those_who_wait(stores):
    store = stores[0]
    waiter = Waiter(store, store.changes.latest())

    with store.write() as connection:
        insert_all(connection, change, [{"conversation_key": 1, "conversation_id": "c", "committed_ms": 0}])

    assert waiter.join().number == store.changes.latest()


def test_tests_of_the_store_hold_on_postgres(tmp_path):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--db", "postgres", "tests/unit/test_store.py"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-4_000:]
