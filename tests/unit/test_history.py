"""Statements about the past find their rows by an index, in pages that neither repeat nor miss a row."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event

from store.day_packs import Packed, packed_since, packs_between
from store.history import (
    open_bot_rows,
    page_of_closed,
    page_of_open,
    rows_to_pack,
)
from store.search.found import count_found, page_of_found
from store.selecting import Selection
from store.streams import stream_groups
from tests.conversation_rows import at, put, row


def export(connection, table, chosen):
    return list(stream_groups(connection, table, [["conversation_id", "source"]], chosen))


GROWING = ("conversation", "activity", "session", "fallback", "thread", "day_pack", "packed_day", "text_document")
SPAN = Selection(start_ms=at("2026-03-02T00:00Z"), end_ms=at("2026-03-03T00:00Z"))
SEARCHED = replace(SPAN, search='"late" *', bots=("Ada",), include_tests=True)
QUESTIONS = {
    "rows of a day": lambda connection: rows_to_pack(connection, SPAN.start_ms, SPAN.end_ms),
    "page of closed": lambda connection: page_of_closed(connection, SPAN, (SPAN.end_ms, 1), 50),
    "page of open": lambda connection: page_of_open(connection, SPAN, None, 50),
    "open": lambda connection: open_bot_rows(connection, SPAN),
    "packs": lambda connection: list(packs_between(connection, Packed.CONVERSATIONS, 20_000, 20_001)),
    "packings": lambda connection: packed_since(connection, 7),
    "export of conversations": lambda connection: export(connection, "conversations", SPAN),
    "export of sessions": lambda connection: export(connection, "sessions", SPAN),
    "export of fallbacks": lambda connection: export(connection, "fallbacks", SPAN),
    "export of messages": lambda connection: export(connection, "messages", SPAN),
    "page of found": lambda connection: page_of_found(connection, SEARCHED, 4_000_000_000, 50),
    "page of open that are found": lambda connection: page_of_open(connection, SEARCHED, None, 50),
    "count of found": lambda connection: count_found(connection, replace(SEARCHED, include_tests=False), 10_000),
    "count of found, of a filter that is looked up": lambda connection: count_found(connection, SEARCHED, 10_000),
    "export of what is found": lambda connection: export(connection, "messages", SEARCHED),
}


def plan_of(store, question):
    """The steps of every statement that a question asks."""
    asked = []
    event.listen(
        store.reader, "before_cursor_execute", lambda _c, _k, statement, values, _x, _m: asked.append((statement, values))
    )
    with store.read() as connection:
        question(connection)
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all() for statement, values in list(asked)]
    return [step[-1] for plan in plans for step in plan]


@pytest.mark.parametrize("question", QUESTIONS)
def test_question_does_not_scan_a_table_of_history(store, question):
    if not store.url.startswith("sqlite"):
        pytest.skip("plans are read as SQLite prints them")

    steps = plan_of(store, QUESTIONS[question])

    assert steps
    assert not [step for step in steps if step.startswith("SCAN") and step.split()[1] in GROWING]


def test_search_goes_from_the_index_to_its_conversations(store):
    if not store.url.startswith("sqlite"):
        pytest.skip("plans are read as SQLite prints them")

    steps = plan_of(store, QUESTIONS["page of found"])

    assert [step.split()[:2] for step in steps if "SCAN" in step or "SEARCH" in step] == [
        *[["SEARCH", "text_document"]] * 2,  # the number up to which a period reaches
        ["SCAN", "text_index"],
        ["SEARCH", "text_document"],
        ["SEARCH", "text_waiting"],
        ["SEARCH", "conversation"],
    ]
    assert not [step for step in steps if "TEMP B-TREE" in step]


def test_pages_of_conversations_that_ended_together_neither_repeat_nor_miss_one(store):
    put(store, [row(key, ended_ms=at("2026-03-02T12:00Z") + key // 4) for key in range(1, 30)])
    found, after = [], None

    with store.read() as connection:
        while page := page_of_closed(connection, SPAN, after, 3):
            found.extend(item["conversation_key"] for item in page)
            after = (page[-1]["ended_ms"], page[-1]["conversation_key"])

    assert found == list(range(29, 0, -1))


def test_choice_of_an_outcome_leaves_nothing_open(store):
    put(store, [row(1, ended_ms=None, started_ms=at("2026-03-02T12:00Z"))])

    with store.read() as connection:
        assert len(page_of_open(connection, SPAN, None, 9)) == 1
        assert page_of_open(connection, Selection(outcomes=("resolved",)), None, 9) == []
