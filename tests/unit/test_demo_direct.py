"""Customers of the simulated floor who go straight to people: advised and surveyed by bots, and served by none."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from ingest.sources.demo.direct import direct_conversations
from ingest.sources.demo.schedule import conversations
from ingest.sources.demo.source import DemoSource
from store.records import Conversation
from tests.transcripts import derived_of

pytestmark = pytest.mark.thorough

END = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
START = END - timedelta(days=30)


@pytest.fixture(scope="module")
def derived() -> list[Conversation]:
    """A month of them, as they are counted."""
    return [one for said in direct_conversations(7, start=START, end=END) for one in derived_of(said).conversations]


def test_some_are_advised_some_surveyed_and_some_meet_no_bot_at_all(derived: list[Conversation]) -> None:
    uses = Counter(str(one.bot_use) for one in derived)

    assert set(uses) == {"", "assist", "survey"}
    assert min(uses.values()) >= 10
    assert not any(one.is_bot or one.outcome or one.is_test for one in derived)
    assert {one.state for one in derived} == {"closed"}


def test_their_customers_are_nobody_elses(derived: list[Conversation]) -> None:
    others = {item["from"]["id"] for said in conversations(7, start=START, end=END) for item in said}

    assert {one.customer_id for one in derived} & others == set()


def test_in_one_piece_or_two_they_are_the_same_and_in_order() -> None:
    middle = START + timedelta(days=11, hours=13)

    whole = list(direct_conversations(7, start=START, end=END))

    parts = [*direct_conversations(7, start=START, end=middle), *direct_conversations(7, start=middle, end=END)]
    assert whole == parts
    assert [said[0]["timestamp"] for said in whole] == sorted(said[0]["timestamp"] for said in whole)


def test_the_simulated_history_has_them() -> None:
    monday = datetime(2026, 11, 17, 7, 0, tzinfo=UTC)
    records = [one for page in DemoSource(7, until=monday, history=timedelta(days=1)).pages(None) for one in page.records]

    assert any(b'"Sage"' in record.body for record in records)
