"""SQLite's write-ahead log: moved into the file between transactions and never within one, and bounded whoever reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event

from store import engine, log
from store.engine import Store, open_store
from store.writes import keep_rejected

ROWS = 50
BODY = b"x" * 3_000  # a page each


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(log, "CHANGES_IN_LOG", 2 * ROWS)
    opened = open_store(f"sqlite:///{tmp_path}/x.db")
    yield opened
    opened.close()


def write_some(store: Store, *, times: int, begin: int = 0) -> None:
    for number in range(begin, begin + times):
        with store.write() as connection:
            for row in range(ROWS):
                keep_rejected(connection, source_name="s", origin="o", reason=f"{number}-{row}", body=BODY, now_ms=0)


def size_of_log(folder: Path) -> int:
    return (folder / "x.db-wal").stat().st_size


def test_log_is_moved_before_a_transaction_and_never_within_one(store):
    asked = []
    event.listen(store.writer, "before_cursor_execute", lambda *arguments: asked.append(arguments[2].split("(")[0]))

    write_some(store, times=8)

    moved = [place for place, statement in enumerate(asked) if statement == "PRAGMA wal_checkpoint"]
    assert len(moved) in (3, 4)
    assert [asked[place + 1] for place in moved] == ["BEGIN IMMEDIATE"] * len(moved)
    with store.write() as connection:
        # What is left to SQLite, which does it within the commit, is far from what this writes.
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one() == 8_000


def test_log_stays_short_however_much_is_written(store, tmp_path):
    write_some(store, times=4)
    early = size_of_log(tmp_path)

    write_some(store, times=40, begin=4)

    assert size_of_log(tmp_path) < 2 * early
    assert (tmp_path / "x.db").stat().st_size > 5 * early


def test_reader_keeps_its_snapshot_and_the_log_shrinks_back_to_use_when_it_is_done(store, tmp_path):
    write_some(store, times=4)
    count = "SELECT count(*) FROM rejected"
    with store.read() as reading:
        assert reading.exec_driver_sql(count).scalar_one() == 4 * ROWS
        write_some(store, times=20, begin=4)
        assert reading.exec_driver_sql(count).scalar_one() == 4 * ROWS
        grown = size_of_log(tmp_path)

    write_some(store, times=40, begin=24)

    assert size_of_log(tmp_path) < 1.5 * grown
    with store.read() as reading:
        assert reading.exec_driver_sql(count).scalar_one() == 64 * ROWS


OFF, LEVELS = 0, {False: 2, True: 1}  # FULL; NORMAL, where more follows


@pytest.mark.parametrize("more", [(False,), (True, True, False), (False, True, False, False)])
@pytest.mark.usefixtures("_writes_reach_the_disk")
def test_commit_waits_for_the_disk_unless_more_follows(tmp_path, more):
    store = open_store(f"sqlite:///{tmp_path}/x.db")
    found = []
    for more_follows in more:
        with store.write(more_follows=more_follows) as connection:
            found.append(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())
    store.close()

    assert found == [LEVELS[each] for each in more]


def test_where_no_commit_waits_for_the_disk_none_is_made_to(store):
    with store.write(more_follows=True) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == OFF


def test_log_that_a_reader_made_long_gives_its_room_back(tmp_path, monkeypatch):
    few = tuple(line.replace("= 67108864", "= 400000") for line in engine.SQLITE_WRITER_PRAGMAS)
    monkeypatch.setattr(engine, "SQLITE_WRITER_PRAGMAS", few)
    monkeypatch.setattr(log, "CHANGES_IN_LOG", 2 * ROWS)
    store = open_store(f"sqlite:///{tmp_path}/x.db")
    write_some(store, times=1)
    with store.read() as reading:
        reading.exec_driver_sql("SELECT count(*) FROM rejected").scalar_one()
        write_some(store, times=20, begin=1)
        grown = size_of_log(tmp_path)

    write_some(store, times=6, begin=21)

    assert size_of_log(tmp_path) < grown / 2
    store.close()
