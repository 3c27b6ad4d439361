"""Figures counted twice in parts: nothing is left out between them, and what is wrong is found in whichever part it is."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from metrics.figure_check import DAYS_AT_ONCE, check_figures, check_routing
from metrics.packs import refresh
from metrics.windows import DAY_MS
from store.engine import Store, open_store
from store.routing.tables import escalation_pack
from store.tables import conversation
from tests.conversation_rows import at, put, row
from tests.integration.test_routing import CONFIGURATION, escalated, keep
from tests.stored import Loader

FIRST = at("2026-03-02T12:00:00Z")


@pytest.fixture
def long(store: Store) -> Store:
    """Half a year, a customer who comes back now and then, and one who is still there."""
    rows = [
        row(
            key,
            ended_ms=FIRST + key * 5 * DAY_MS,
            outcome=("resolved", "escalated", "abandoned")[key % 3],
            resolution="implied" if key % 3 == 0 else None,
            customer_id="ann",
            num_customer_messages=1,
        )
        for key in range(40)
    ]
    rows.append(row(99, ended_ms=None, started_ms=FIRST + 3 * DAYS_AT_ONCE * DAY_MS))
    put(store, rows)
    refresh(store)
    return store


def test_parts_of_a_long_history_add_up(long: Store) -> None:
    counted: list[int] = []

    with long.read() as connection:
        assert list(check_figures(connection, progress=counted.append, at_once=10)) == []

    assert (len(counted) > 2, sum(counted)) == (True, 41)


@pytest.mark.parametrize("at_once", [10, 1_000])
def test_a_conversation_that_is_packed_otherwise_is_found(long: Store, at_once: int) -> None:
    with long.write() as connection:
        connection.execute(update(conversation).where(conversation.c.conversation_key == 21).values(outcome="abandoned"))

    with long.read() as connection:
        found = list(check_figures(connection, at_once=at_once))

    assert {"resolved", "abandoned"} <= {each.what for each in found}


def test_an_escalation_that_is_packed_otherwise_is_found(store: Store) -> None:
    keep(store, CONFIGURATION, "09:00:00")
    Loader(store).write(escalated("one", "CreditCard", "Cards"), escalated("two", "HomeLoan", "Loans"))
    refresh(store)
    with store.read() as connection:
        assert list(check_routing(connection)) == []

    with store.write() as connection:
        body = connection.execute(select(escalation_pack.c.body)).scalar_one()
        connection.execute(update(escalation_pack).values(body=body.replace(b'"Loans"', b'"Cards"')))

    other = open_store(store.url)
    with other.read() as connection:
        assert list(check_routing(connection)) != []
    other.close()
