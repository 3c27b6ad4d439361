"""Writing costs what is written, however long history is: no statement of the write path reads through a table that grows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, inspect

from ingest.events import RawRecord
from ingest.pipeline import Cursor, Pipeline
from ingest.sources import detect
from metrics.indexing import catch_up
from metrics.settle import settle
from store.engine import Store
from tests.stored import Loader
from tests.transcripts import FAR_LATER_MS, record

# Tables whose rows follow what there is to do, how a place is set up, or the calendar, and not how much happens.
SMALL = {
    *("source", "cursor", "migration", "configuration", "service_level", "metric_target", "saved_view", "alert_rule"),
    *("dirty_day", "text_waiting", "bot_session_day", "packed_day", "unfinished"),
}


def talk(name: str, began: datetime, *, work_item: str = "", size: int = 6, **activity: Any) -> list[dict[str, Any]]:
    """A conversation; `work_item` names the Omnichannel conversation that it is part of."""
    items: list[dict[str, Any]] = []
    if work_item:
        items.append(
            {
                "type": "event",
                "name": "startConversation",
                "id": f"{name}-start",
                "from": {"id": "hub"},
                "value": {"msdyn_liveworkitemid": work_item},
            }
        )
    for place in range(size):
        is_bot = place % 2 == 1
        items.append(
            {
                "type": "message",
                "id": f"{name}-{place}",
                "from": {
                    "id": "bot" if is_bot else f"ann-{name}",
                    "name": "Ava" if is_bot else "Ann",
                    "role": "bot" if is_bot else "user",
                },
                "text": "Could you say that in other words?" if is_bot else "I need a human, this is terrible",
            }
        )
    for number, item in enumerate(items):
        item |= {
            "conversation": {"id": name},
            "channelId": "webchat",
            "timestamp": (began + timedelta(seconds=20 * number)).isoformat(),
            **activity,
        }
    return items


@contextmanager
def watched(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is asked meanwhile, by whoever writes or reads."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, is_many: bool) -> None:
        if statement.split(None, 1)[0] in ("SELECT", "UPDATE", "DELETE", "INSERT", "WITH"):
            asked.append((statement, values[0] if is_many else values))

    for engine in (store.writer, store.reader):
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        for engine in (store.writer, store.reader):
            event.remove(engine, "before_cursor_execute", note)


# An index of those claims only that stand; a document of the full-text index by its number.
BY_INDEX = ("USING INDEX claim_standing", "VIRTUAL TABLE INDEX 0:=")


def scans(store: Store, asked: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    """What of that reads through a table that grows: the step, and the statement it is of."""
    found = []
    with store.read() as connection:
        growing = set(inspect(connection).get_table_names()) - SMALL
        for statement, values in {statement: (statement, values) for statement, values in asked}.values():
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all():
                words = step[-1].split()
                # The first or last entry of an index is one step, whatever SQLite calls it.
                is_end = "max(" in statement or "min(" in statement
                if words[0] == "SCAN" and words[1] in growing and not is_end and not step[-1].endswith(BY_INDEX):
                    found.append((step[-1], statement))
    return found


@pytest.fixture
def loaded(store: Store) -> Store:
    """Something of everything is there."""
    if not store.url.startswith("sqlite"):
        pytest.skip("plans are read as SQLite prints them")
    loader = Loader(store)
    began = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    loader.write(*(talk(f"old-{number}", began + timedelta(hours=number)) for number in range(12)))
    loader.write(talk("part-1", began, work_item="w-1"))
    loader.settle()
    catch_up(store)
    return store


def test_no_statement_of_writing_reads_through_a_table_that_grows(loaded: Store) -> None:
    began = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
    pipeline = Pipeline(loaded, Loader(loaded).deriver, now_ms=lambda: FAR_LATER_MS)

    def write(*conversations: list[dict[str, Any]]) -> None:
        records = [record(items) for items in conversations]
        pipeline.write([(detect.read(item), item) for item in records], cursor=Cursor("feed", "1"))

    with watched(loaded) as asked:
        write(talk("old-1", began), talk("part-2", began, work_item="w-1"), talk("years", began, channelId="sms"))
        write(talk("years", began + timedelta(days=3), channelId="sms"))
        write(*(talk(f"new-{number}", began) for number in range(12)), talk("old-2", began))
        rejected = RawRecord("x", b'[{"type": "message"')
        pipeline.write([(detect.read(rejected), rejected)])

    assert len(asked) > 40
    assert scans(loaded, asked) == []


def test_no_statement_of_settling_and_indexing_reads_through_a_table_that_grows(loaded: Store) -> None:
    loader = Loader(loaded)
    loader.write(talk("late", datetime(2026, 3, 2, 11, 30, tzinfo=UTC)))

    with watched(loaded) as asked:
        settle(loaded, loader.deriver, now_ms=FAR_LATER_MS)
        catch_up(loaded)

    assert len(asked) > 10
    assert scans(loaded, asked) == []
