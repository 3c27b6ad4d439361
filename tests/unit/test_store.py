"""The database: opening and refusing, one snapshot a read, one upsert for both kinds, the steps from empty, rejected records."""

from __future__ import annotations

import sqlite3
import threading

import psycopg
import pytest
from sqlalchemy import insert, inspect, select
from sqlalchemy.exc import DBAPIError, OperationalError

from store import writes
from store.engine import StoreBusyError, StoreUnusableError, _may_pass, is_database_url, open_store, sqlite_path
from store.migrations import STEPS, NewerDatabaseError, migrate
from store.reads import count_rejected, rejected_record, rejected_records, saved_cursor, sources
from store.tables import change, cursor, customer, metadata, migration, rejected, source
from store.upsert import insert_all, insert_new, upsert
from store.writes import SourceCount, count_source, keep_rejected, mark_replayed, prune_changes, save_cursor

pytestmark = pytest.mark.usefixtures("_tables_are_made_step_by_step")


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/x.db"


def position(store):
    with store.read() as connection:
        return saved_cursor(connection, "f")


def test_opening_makes_every_table_and_opening_again_changes_nothing(store):
    before = set(inspect(store.writer).get_table_names())

    open_store(store.url).close()

    assert set(metadata.tables) <= before
    assert set(inspect(store.writer).get_table_names()) == before


def test_migrating_twice_runs_each_step_once(store):
    with store.write() as connection:
        migrate(connection)
        done = connection.execute(select(migration.c.number)).scalars().all()

    assert list(done) == [number for number, _, _ in STEPS]


def test_steps_are_numbered_from_one_without_a_gap():
    assert [number for number, _, _ in STEPS] == list(range(1, len(STEPS) + 1))


def test_database_of_a_later_release_is_refused_with_a_sentence_and_left_alone(store):
    with store.write() as connection:
        connection.execute(insert(migration).values(number=999, name="of the future"))

    with pytest.raises(NewerDatabaseError, match="later release"):
        open_store(store.url)
    with store.read() as connection:
        assert connection.execute(select(migration.c.number).order_by(migration.c.number.desc()).limit(1)).scalar_one() == 999


def test_step_that_fails_leaves_nothing_of_itself(url, monkeypatch):
    def broken(connection):
        metadata.create_all(connection)
        raise RuntimeError

    monkeypatch.setattr("store.migrations.STEPS", ((1, "broken", broken),))

    with pytest.raises(RuntimeError):
        open_store(url)
    with sqlite3.connect(sqlite_path(url)) as connection:
        tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    connection.close()
    assert tables == []


@pytest.mark.parametrize("bad", ["mysql://x/y", "x.db", "sqlite://", "", "postgres://x"])
def test_address_of_no_known_database_is_refused(bad):
    assert not is_database_url(bad)
    with pytest.raises(StoreUnusableError, match="not a database address"):
        open_store(bad)


def test_password_in_an_address_is_not_told():
    with pytest.raises(StoreUnusableError) as caught:
        open_store("mysql://ann:hunter2@host/name")

    assert "hunter2" not in str(caught.value)


def test_file_that_is_no_database_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "x.db").write_text("not a database, but long enough to be taken for one at first " * 30, encoding="utf-8")

    with pytest.raises(StoreUnusableError, match="cannot be used"):
        open_store(f"sqlite:///{tmp_path}/x.db")


def test_folder_that_cannot_be_made_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(StoreUnusableError, match="folder"):
        open_store(f"sqlite:///{tmp_path}/file/x.db")


def test_folder_with_signs_of_an_address_in_its_name_is_only_a_folder(tmp_path):
    folder = tmp_path / "50% off & #1"

    open_store(f"sqlite:///{folder}/x.db").close()

    assert (folder / "x.db").exists()


@pytest.mark.usefixtures("_writes_reach_the_disk")
def test_sqlite_is_kept_safe_from_loss_of_power(url):
    store = open_store(url)
    with store.write() as connection:
        pragmas = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("journal_mode", "synchronous")}
    store.close()

    assert pragmas == {"journal_mode": "wal", "synchronous": 2}


def test_reader_cannot_write(store):
    with pytest.raises(DBAPIError), store.read() as connection:
        save_cursor(connection, "f", "1", now_ms=0)


def test_read_sees_one_snapshot(store):
    with store.write() as connection:
        save_cursor(connection, "f", "1", now_ms=0)
    with store.read() as reading:
        assert saved_cursor(reading, "f") == "1"
        with store.write() as connection:
            save_cursor(connection, "f", "2", now_ms=0)
        assert saved_cursor(reading, "f") == "1"
    assert position(store) == "2"


def test_write_that_fails_leaves_nothing_and_wakes_nobody(store):
    woken = store.changes._commits

    with pytest.raises(ZeroDivisionError), store.write() as connection:
        save_cursor(connection, "f", "1", now_ms=0)
        1 / 0  # noqa: B018

    assert (position(store), store.changes._commits) == (None, woken)


def test_writers_of_one_process_take_turns(store):
    def count():
        for _ in range(10):
            with store.write() as connection:
                before = int(saved_cursor(connection, "f") or 0)
                save_cursor(connection, "f", str(before + 1), now_ms=0)

    if store.writer.dialect.name != "sqlite":
        pytest.skip("writers of PostgreSQL lock rows, not the database")
    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert position(store) == "40"


def test_database_that_another_holds_is_busy_and_says_so(url, monkeypatch):
    monkeypatch.setattr("store.engine.BUSY_TIMEOUT_MS", 100)
    store = open_store(url)
    other = sqlite3.connect(sqlite_path(url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreBusyError, match="cannot take a write now"), store.write():
        pass

    other.execute("ROLLBACK")
    other.close()
    with store.write() as connection:
        save_cursor(connection, "f", "1", now_ms=0)
    store.close()


def test_database_that_another_holds_while_it_is_opened_is_busy_and_not_unusable(url, monkeypatch):
    open_store(url).close()
    monkeypatch.setattr("store.engine.BUSY_TIMEOUT_MS", 100)
    other = sqlite3.connect(sqlite_path(url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreBusyError, match="cannot be opened now"):
        open_store(url)

    other.execute("ROLLBACK")
    other.close()


def test_fault_of_ours_is_not_taken_for_a_busy_database(store):
    with pytest.raises(DBAPIError, match="no_such_table"), store.write() as connection:
        connection.exec_driver_sql("INSERT INTO no_such_table VALUES (1)")


def test_full_disk_is_busy(url):
    store = open_store(url)
    with pytest.raises(StoreBusyError, match="full"), store.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        for number in range(100):
            save_cursor(connection, f"{number}", "x" * 10_000, now_ms=0)
    store.close()


@pytest.mark.parametrize(
    ("error", "passes", "passes_at_opening"),
    [
        (psycopg.errors.SerializationFailure(), True, True),
        (psycopg.errors.DeadlockDetected(), True, True),
        (psycopg.errors.LockNotAvailable(), True, True),
        (psycopg.errors.DiskFull(), True, True),
        (psycopg.errors.TooManyConnections(), True, True),
        (psycopg.errors.AdminShutdown(), True, True),
        (psycopg.OperationalError("connection refused"), True, False),
        (psycopg.errors.UndefinedTable(), False, False),
        (psycopg.errors.InvalidPassword(), False, False),
        (psycopg.errors.SystemError(), False, False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_only_what_may_pass_by_itself_is_busy(error, passes, passes_at_opening):
    wrapped = OperationalError("", {}, error)

    assert (_may_pass(wrapped), _may_pass(wrapped, was_open=False)) == (passes, passes_at_opening)


def test_database_of_another_state_of_the_program_is_refused_with_a_sentence(store):
    with store.write() as connection:
        connection.exec_driver_sql("ALTER TABLE thread DROP COLUMN marks")

    with pytest.raises(StoreUnusableError, match="table thread of this database"):
        open_store(store.url)


def test_latest_conversation_of_a_customer_is_a_look_up(url):
    store = open_store(url)
    with store.read() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT customer_name, last_ms FROM conversation WHERE source = 's' AND customer_id = 'c' "
            "ORDER BY last_ms DESC, customer_name DESC LIMIT 1"
        ).all()
    store.close()

    assert [row[-1].split(" (")[0] for row in plan] == ["SEARCH conversation USING COVERING INDEX conversation_customer"]


def rows(store, table):
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]


def ann(name, seen_ms):
    return {"source": "s", "customer_id": "ann", "name": name, "seen_ms": seen_ms}


def test_upsert_replaces_what_is_there(store):
    for name in ("Ann", "Anne"):
        with store.write() as connection:
            upsert(connection, customer, [ann(name, 1)])

    assert rows(store, customer) == [("s", "ann", "Anne", 1)]


def test_upsert_by_newest_lets_nothing_older_replace(store):
    for name, seen_ms in (("Ann", 5), ("Old", 4), ("Same", 5)):
        with store.write() as connection:
            upsert(connection, customer, [ann(name, seen_ms)], newest_by=("seen_ms",))

    assert rows(store, customer) == [("s", "ann", "Same", 5)]


def test_upsert_may_add_to_what_is_there_and_keep_the_greater(store):
    for seen_ms, accepted in ((5, 2), (None, 3), (4, 1), (9, 0)):
        with store.write() as connection:
            row = {"name": "s", "last_event_ms": seen_ms, "accepted": accepted, "duplicates": 0, "is_simulated": False}
            upsert(connection, source, [row], adding=("accepted",), largest=("last_event_ms",))

    assert [(row[1], row[3]) for row in rows(store, source)] == [(9, 6)]


def test_upsert_of_one_row_twice_in_one_call_keeps_the_last(store):
    with store.write() as connection:
        upsert(connection, customer, [ann("A", 1), ann("B", 1)])

    assert rows(store, customer) == [("s", "ann", "B", 1)]


def test_insert_new_leaves_alone_what_is_there(store):
    with store.write() as connection:
        insert_new(connection, customer, [ann("Ann", 1)])
        insert_new(connection, customer, [ann("Eve", 2)])

    assert rows(store, customer) == [("s", "ann", "Ann", 1)]


def test_writing_nothing_is_nothing(store):
    with store.write() as connection:
        for write in (upsert, insert_new, insert_all):
            write(connection, customer, [])

    assert rows(store, customer) == []


def reject(store, body=b"{", reason="not JSON", origin="a.json", now_ms=1):
    with store.write() as connection:
        return keep_rejected(connection, source_name="s", origin=origin, reason=reason, body=body, now_ms=now_ms)


def test_rejected_record_is_kept_once_with_its_first_origin(store):
    assert [reject(store), reject(store, origin="b.json", now_ms=2)] == [True, False]

    (kept,) = rows(store, rejected)
    assert (kept[3], bytes(kept[5]), kept[6]) == ("a.json", b"{", 1)


def test_the_same_body_for_another_reason_is_another_record(store):
    reject(store)
    reject(store, reason="no time anywhere in it")

    with store.read() as connection:
        assert count_rejected(connection) == 2
        assert [row["reason"] for row in rejected_records(connection)] == ["no time anywhere in it", "not JSON"]


def test_replayed_record_waits_no_longer_and_is_still_there(store):
    reject(store)
    with store.write() as connection:
        (row,) = rejected_records(connection)
        mark_replayed(connection, row["rejected_id"], now_ms=9)

    with store.read() as connection:
        assert (count_rejected(connection), rejected_records(connection)) == (0, [])
        assert rejected_record(connection, row["rejected_id"])["replayed_ms"] == 9


def test_counts_of_a_source_add_up_and_its_last_event_never_goes_back(store):
    for accepted, duplicates, last_ms in ((3, 1, 50), (2, 0, 40), (0, 5, None)):
        with store.write() as connection:
            count_source(connection, [SourceCount("s", accepted, duplicates, last_ms, False)], now_ms=99)
    reject(store)

    with store.read() as connection:
        (row,) = sources(connection)
    assert (row["accepted"], row["duplicates"], row["last_event_ms"], row["last_seen_ms"], row["rejected"]) == (5, 6, 50, 99, 1)


def test_source_whose_clock_is_ahead_is_as_fresh_as_what_came_and_no_fresher(store):
    with store.write() as connection:
        count_source(connection, [SourceCount("s", 1, 0, 5_000, False)], now_ms=99)

    with store.read() as connection:
        assert [row["last_event_ms"] for row in sources(connection)] == [99]


def test_cursor_is_replaced(store):
    for text in ("1", "2"):
        with store.write() as connection:
            save_cursor(connection, "f", text, now_ms=0)

    assert rows(store, cursor) == [("f", "2", 0)]


def test_old_changes_are_forgotten_and_numbers_are_never_used_again(store, monkeypatch):
    monkeypatch.setattr(writes, "CHANGES_KEPT", 2)
    told = [{"conversation_key": key, "conversation_id": "c", "committed_ms": 0} for key in range(5)]
    with store.write() as connection:
        insert_all(connection, change, told)
        prune_changes(connection)
        connection.execute(change.delete())
        insert_all(connection, change, told[:1])

    assert [row[0] for row in rows(store, change)] == [6]
