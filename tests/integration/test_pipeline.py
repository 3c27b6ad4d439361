"""The pipeline: what a batch writes, what it counts, what stands after versions, late arrivals and time itself."""

from __future__ import annotations

import json

import orjson
import pytest
import zstandard
from sqlalchemy import event, select

from ingest import batches
from ingest import pipeline as pipeline_module
from ingest.events import RawRecord
from ingest.pipeline import Cursor, Pipeline
from ingest.sources import detect
from metrics.check import check
from metrics.filters import Filters
from metrics.report import report
from store.engine import open_store
from store.reads import saved_cursor, sources
from store.tables import activity, raw_chunk
from tests.stored import Loader, differences, reports, tables
from tests.transcripts import FAR_LATER_MS, deriver_of, ms, record, wire

HELLO = "10:00:00 customer: hi\n10:00:02 bot: Hello."


@pytest.fixture
def loader(store):
    return Loader(store)


def only(store, table="conversation"):
    (row,) = tables(store)[table]
    return row


def texts(store):
    return [row["text"] for row in sorted(tables(store)["activity"], key=lambda row: (row["at_ms"], row["at_sub"]))]


def by_day(store):
    return [line["day"] for line in report(store, Filters(), ("day",))]


def test_counts_are_of_each_record(loader):
    first, second, third = loader.write(
        wire(HELLO), wire(HELLO) + wire("10:00:03 #3 customer: ok"), wire(HELLO, conversation="c2")
    )

    assert [(each.conversations, each.activities, each.duplicates, each.rejected) for each in (first, second, third)] == [
        (1, 2, 0, 0), (1, 1, 2, 0), (1, 2, 0, 0),
    ]  # fmt: skip


def test_record_that_holds_nothing_writes_nothing(loader):
    (count,) = loader.write([])

    assert (count.activities, count.rejected) == (0, 0)
    assert tables(loader.store)["conversation"] == []


def test_ids_are_of_their_conversation_alone(loader):
    loader.write(wire(HELLO, conversation="a"), wire(HELLO, conversation="b"))

    assert len(tables(loader.store)["activity"]) == 4


def test_same_conversation_of_another_source_is_another(loader):
    loader.write(wire(HELLO))
    loader.write(wire(HELLO), source="crm")

    assert {(row["source"], row["conversation_id"]) for row in tables(loader.store)["conversation"]} == {
        ("bot_framework", "c1"),
        ("crm", "c1"),
    }


def test_unreadable_record_stops_nothing_else(loader):
    counts = loader.write_records([RawRecord("a", b"{"), record(wire(HELLO)), RawRecord("b", b"[1]")])

    assert [(count.activities, count.rejected) for count in counts] == [(0, 1), (2, 0), (0, 1)]
    with loader.store.read() as connection:
        assert {row["name"]: row["rejected"] for row in sources(connection)} == {"bot_framework": 0, "unknown": 2}


def test_many_that_cannot_be_read_are_kept_in_few_transactions(loader):
    commits = []
    event.listen(loader.store.writer, "commit", commits.append)
    bad = [RawRecord(str(number), f"{{ {number}".encode()) for number in range(45)]

    counts = loader.write_records([*bad, record(wire(HELLO)), RawRecord("b", b'{"a": 1}')])

    assert [(count.activities, count.rejected) for count in counts] == [(0, 1)] * 45 + [(2, 0), (0, 1)]
    assert len(commits) == 4
    with loader.store.read() as connection:
        assert {row["name"]: row["rejected"] for row in sources(connection)} == {"bot_framework": 0, "unknown": 46}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["older first", "newer first"])
def test_of_two_versions_the_same_stands_whichever_came_first(loader, order):
    items = wire(HELLO + '\n10:00:01 #1 customer: hi there | {"type": "messageUpdate"}')
    versions = [items[:2], items[2:]]

    for number in order:
        loader.write(versions[number])

    assert texts(loader.store) == ["hi there", "Hello."]
    assert [row["at_ms"] for row in tables(loader.store)["activity"] if row["text"] == "hi there"] == [ms("10:00:00")]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["message first", "removal first"])
def test_removed_message_stays_removed(loader, order):
    items = wire('10:00:00 #1 customer: oops\n10:00:02 bot: Hello.\n10:00:03 #1 customer: | {"type": "messageDelete"}')
    parts = [items[:2], items[2:]]

    for number in order:
        loader.write(parts[number])

    assert (only(loader.store)["outcome"], only(loader.store)["num_customer_messages"]) == ("other", 0)


def test_raw_body_of_what_stands_is_kept(loader):
    loader.write(wire(HELLO))
    loader.write(wire("10:00:00 #1 customer: hi, in more words than before"))

    with loader.store.read() as connection:
        bodies = [zstandard.decompress(body) for body in connection.execute(select(raw_chunk.c.body)).scalars()]
    lines = [orjson.loads(line)["text"] for body in bodies for line in body.split(b"\n")]

    assert sorted(lines) == ["Hello.", "hi", "hi, in more words than before"]


def test_late_message_re_opens_and_moves_the_day(loader):
    loader.write(wire(HELLO))
    loader.settle()
    assert by_day(loader.store) == ["2026-03-02"]

    loader.write(wire("2026-03-04T09:00:00 #7 customer: and now?"))

    assert by_day(loader.store) == ["2026-03-04"]
    assert only(loader.store)["outcome"] == "abandoned"
    loader.settle()
    assert by_day(loader.store) == ["2026-03-04"]


def test_activity_that_comes_late_takes_its_place_in_time(loader):
    loader.write(wire("10:00:05 #3 bot: Hello again."))
    loader.write(wire(HELLO))

    assert texts(loader.store) == ["hi", "Hello.", "Hello again."]
    assert only(loader.store)["started_ms"] == ms("10:00:00")


def test_time_alone_closes_and_settling_again_changes_nothing(store):
    loader = Loader(store, now_ms=ms("10:10:00"))
    loader.write(wire(HELLO))
    assert only(store)["state"] == "with_bot"

    loader.now_ms = ms("10:30:02")
    loader.settle()
    once = tables(store)
    loader.settle()

    assert (only(store)["state"], only(store)["closed_by"], only(store)["outcome"]) == ("closed", "idle", "resolved")
    assert tables(store) == once


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)], ids=str)
def test_episodes_of_a_persistent_channel_are_the_same_in_any_order(store, tmp_path, order):
    parts = [
        wire("10:00:00 #1 customer: one\n10:00:02 #2 bot: Hello.", channel="msteams"),
        wire("2026-03-04T10:00:00 #3 customer: two\n2026-03-04T10:00:02 #4 bot: Which?", channel="msteams"),
        wire("2026-03-06T10:00:00 #5 customer: three\n2026-03-06T10:00:03 #6 event handoff.initiate", channel="msteams"),
    ]
    clean = open_store(f"sqlite:///{tmp_path}/clean.db")
    Loader(clean).write(*parts)

    for number in order:
        Loader(store).write(parts[number])

    outcomes = {row["conversation_id"]: row["outcome"] for row in tables(store)["conversation"]}
    assert outcomes == {"c1": "resolved", "c1#2": "abandoned", "c1#3": "escalated"}
    assert differences(store, clean) == {}
    clean.close()


def test_message_that_fills_the_gap_makes_one_episode_of_two(loader):
    loader.write(wire("10:00:00 #1 customer: one\n10:50:00 #2 bot: two", channel="sms"))
    assert len(tables(loader.store)["conversation"]) == 2

    loader.write(wire("10:25:00 #3 customer: between", channel="sms"))

    assert only(loader.store)["conversation_id"] == "c1"
    assert list(check(loader.store, loader.deriver, now_ms=FAR_LATER_MS)) == []


def test_long_conversation_is_written_in_parts_and_is_one(loader, monkeypatch):
    monkeypatch.setattr(batches, "MOST_IN_A_BATCH", 7)
    text = "\n".join(f"10:{at // 60:02d}:{at % 60:02d} {'bot' if at % 2 else 'customer'}: {at}" for at in range(60))

    loader.write(wire(text))

    assert only(loader.store)["num_messages"] == 60
    assert texts(loader.store) == [str(at) for at in range(60)]


def pipeline_of(store):
    return Pipeline(store, deriver_of(), now_ms=lambda: FAR_LATER_MS)


def read(items):
    item = record(items)
    return detect.read(item), item


def position(store):
    with store.read() as connection:
        return saved_cursor(connection, "feed")


def test_cursor_is_saved_with_its_page_and_without_records_too(store):
    pipeline_of(store).write([read(wire(HELLO))], cursor=Cursor("feed", "1"))
    assert position(store) == "1"

    pipeline_of(store).write([], cursor=Cursor("feed", "2"))
    assert position(store) == "2"


def test_cursor_is_not_saved_where_a_batch_of_its_page_fails(store, monkeypatch):
    monkeypatch.setattr(pipeline_module, "FIRST_BATCH", 2)
    pipeline = pipeline_of(store)
    write_batch = pipeline_module.write_batch
    written = []

    def fails_the_third_time(*arguments, **named):
        written.append(1)
        if len(written) == 3:
            raise OSError
        return write_batch(*arguments, **named)

    monkeypatch.setattr(pipeline_module, "write_batch", fails_the_third_time)
    pages = [read(wire(HELLO, conversation=f"c{number}")) for number in range(5)]

    with pytest.raises(OSError):
        pipeline.write(pages, cursor=Cursor("feed", "1"))

    assert position(store) is None
    pipeline_of(store).write(pages, cursor=Cursor("feed", "1"))
    assert (position(store), len(tables(store)["conversation"])) == ("1", 5)


def test_hostile_names_and_texts_are_kept_as_they_are(loader):
    text = "'; DROP TABLE activity; -- <script>alert(1)</script> \u0000 😀 \u202e"
    loader.write([item | {"text": text} for item in wire(HELLO)])

    assert {row["text"] for row in tables(loader.store)["activity"]} == {text.replace("\u0000", "\ufffd")}


def test_a_bulk_load_is_cut_into_many_transactions(loader):
    pipeline = pipeline_of(loader.store)
    commits = []
    event.listen(loader.store.writer, "commit", commits.append)
    pages = [read(wire(HELLO.replace("hi", f"hi {number}"), conversation=f"c{number}")) for number in range(1500)]

    pipeline.write(pages)

    assert len(tables(loader.store)["conversation"]) == 1500
    # How long each may last is the benchmark's to hold: here only that nobody waits for all of it. A batch of 600 may grow by a
    # quarter each time.
    assert len(commits) >= 4


@pytest.mark.usefixtures("_writes_reach_the_disk")
def test_what_is_written_waits_for_the_disk_once_with_its_last_transaction(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline_module, "FIRST_BATCH", 2)
    store = open_store(f"sqlite:///{tmp_path}/x.db")
    write_batch, levels = pipeline_module.write_batch, []

    def noted(connection, *arguments, **named):
        levels.append(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())
        return write_batch(connection, *arguments, **named)

    monkeypatch.setattr(pipeline_module, "write_batch", noted)
    pipeline = pipeline_of(store)
    pages = [read(wire(HELLO, conversation=f"c{number}")) for number in range(3)]
    for _ in range(2):
        pipeline.write(pages, cursor=Cursor("feed", "1"))
    store.close()

    full, normal = 2, 1
    assert levels == [normal, normal, full] * 2


def test_rows_of_every_activity_name_their_conversation(loader):
    loader.write(wire(HELLO), json.loads(record(wire(HELLO, conversation="c2")).body))

    with loader.store.read() as connection:
        assert connection.execute(select(activity.c.conversation_key).distinct()).scalars().all() != [0]
    assert reports(loader.store)
