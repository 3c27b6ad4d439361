"""How many rows an export will have, and the first of them: those of the file, whatever is exported, of bots or of everybody."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from metrics.exports import rows as exports
from metrics.exports.rows import Wanted
from metrics.filters import Filters
from metrics.finding import list_conversations
from metrics.packs import refresh
from metrics.week import placed
from store.engine import Memory, Store, open_store
from store.tables import conversation, fallback, segment, session
from tests.conversation_rows import put, row
from tests.unit.test_agreement import cuts, floors

COUNTED = ("conversations", "sessions", "messages", "fallbacks", "stays")
MANY = st.lists(st.integers(0, 3), min_size=3, max_size=3)
ENDS, QUEUES = ("accepted", "abandoned", "moved"), ("Cards", "Loans", "")
STAYED = st.one_of(st.just(()), st.lists(st.sampled_from(QUEUES), min_size=1, max_size=2, unique=True).map(tuple))


@pytest.fixture(autouse=True)
def _few_looked_at(monkeypatch):
    """So that few rows are many."""
    monkeypatch.setattr(exports, "LOOKED_AT", 1)


def give_parts(store: Store, rows: list[dict[str, Any]], many: list[int]) -> None:
    """So many sessions, stays and turns not understood for each conversation, by turns, and as many messages said to be there."""
    with store.write() as connection:
        for place, item in enumerate(rows):
            key, parts = item["conversation_key"], [many[(place + at) % 3] for at in range(3)]
            of = {"conversation_key": key}
            for number in range(1, parts[0] + 1):
                words = {"handler": "bot", "mode": "primary", "handler_id": "", "name": "", "queue": "", "end": ""}
                connection.execute(insert(session).values(of | words | {"number": number, "started_ms": 0, "ended_ms": 1}))
            for number in range(1, parts[1] + 1):
                said = {"queue": QUEUES[(key + number) % 3], "end": ENDS[key % 3], "accepted_by": "agent"}
                said |= {"entered_ms": 0, "accepted_ms": 30_000 * number if key % 3 == 0 else None}
                connection.execute(insert(segment).values(of | said | {"number": number}))
            for number in range(1, parts[2] + 1):
                said = {"at_ms": 0, "ended_ms": item["ended_ms"], "words": "w", "text": "w"}
                connection.execute(insert(fallback).values(of | said | {"number": number}))
            own = conversation.c.conversation_key == key
            connection.execute(update(conversation).where(own).values(num_fallbacks=parts[2]))


@pytest.mark.thorough
@settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(rows=floors(), many=MANY, packed=st.booleans(), cut=cuts(), stayed_in=STAYED, everybody=st.booleans())
def test_counts_and_first_rows_are_those_of_the_file(made_database, rows, many, packed, cut, stayed_in, everybody) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{shutil.copy(made_database, f'{folder}/x.db')}")
        put(store, rows)
        give_parts(store, rows, many)
        if packed:
            refresh(store)
        lean = open_store(store.url, memory=Memory.LEAN)
        filters = replace(placed(store, cut), stayed_in=stayed_in)
        for table in COUNTED:
            for metric in (None, "resolved", "accepted", "service_level"):
                wanted = Wanted(table, filters, bots_only=not everybody, metric=metric)
                lines = list(exports.rows(store, wanted))
                assert exports.count(store, wanted) == len(lines), (table, metric)
                with lean.read() as connection:
                    assert exports.count_in(connection, wanted) == len(lines), (table, metric)
                assert exports.preview(store, wanted, 3) == lines[:3], (table, metric)
                if table == "conversations":
                    assert listed(store, wanted) == sorted(line[0] for line in lines), metric
        lean.close()
        store.close()


def listed(store: Store, wanted: Wanted) -> list[str]:
    """The conversations of a list, page by page; each page says how many there are."""
    found, after, counts = [], None, set()
    while True:
        page = list_conversations(store, wanted, after=after, limit=4)
        found += [item["conversation_id"] for item in page.rows]
        counts.add(page.count)
        after = page.next
        if after is None:
            assert counts == {len(found)}
            return sorted(found)


def test_conversations_that_end_at_one_moment_are_told_apart(store: Store) -> None:
    rows = [row(key) for key in range(1, 9)]
    put(store, rows)
    give_parts(store, rows, [0, 2, 1])
    refresh(store)

    for queue in QUEUES:
        wanted = Wanted("conversations", Filters(stayed_in=(queue,)))
        assert listed(store, wanted) == sorted(line[0] for line in exports.rows(store, wanted))
    assert list(islice(exports.rows(store, Wanted("conversations", Filters(stayed_in=("Nowhere",)))), 1)) == []
