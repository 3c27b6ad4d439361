"""Calls of the simulated floor: spoken like calls, and written down as they would be reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.sources.arrays import read_array
from ingest.sources.demo.bots import VOX
from ingest.sources.demo.schedule import conversations
from metrics.voice.deriving import utterances
from store.records import Role, Thread
from tests.transcripts import FAR_LATER_MS, deriver_of

UNTIL = datetime(2026, 3, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def calls():
    """Two days of calls: their activities, and what is derived of each."""
    found = []
    for said in conversations(7, start=UNTIL - timedelta(days=2), end=UNTIL, floor_at=UNTIL):
        if not any(item["from"].get("name") == VOX.name for item in said):
            continue
        (thread,) = read_array(said, source="demo").threads
        for position, item in enumerate(thread.activities):
            item.position, item.thread_key = position, 1
        known = Thread(1, 1, "demo", thread.external_id, thread.marks)
        found.append((thread.activities, deriver_of().derive(thread.activities, [known], now_ms=FAR_LATER_MS)))
    return found


def test_every_message_of_a_call_says_where_it_was_spoken_and_only_announcements_do_not(calls):
    assert len(calls) > 50
    for activities, _ in calls:
        said = [item for item in activities if item.kind == "message" and not item.private]
        assert all("spoken_ms" in (item.detail or {}) for item in said if item.role in (Role.CUSTOMER, Role.BOT, Role.AGENT))


def test_timestamps_are_where_a_bot_begins_and_where_a_person_was_understood(calls):
    for activities, _ in calls:
        began_ms = min(item.at_ms - item.detail["offset_ms"] for item in activities if item.detail and "offset_ms" in item.detail)
        for item in activities:
            if item.detail and "offset_ms" in item.detail:
                start_ms = began_ms + item.detail["offset_ms"]
                is_bot = item.role is Role.BOT
                assert item.at_ms == start_ms if is_bot else item.at_ms >= start_ms + item.detail["spoken_ms"]


def test_nobody_speaks_after_the_end_and_calls_are_calls(calls):
    rows = [row for _, derived in calls for found in derived.speech.values() for row in found]
    assert len(rows) == len(calls)
    for activities, derived in calls:
        (conversation,) = derived.conversations
        if conversation.closed_by == "end":
            assert max(each.end_ms for each in utterances(activities)) <= conversation.ended_ms
    silence, spoken = (sum(getattr(row, name) for row in rows) for name in ("silence_ms", "spoken_ms"))
    assert 0.15 < silence / (silence + spoken) < 0.45
    assert 0.002 < sum(row.overlap_ms for row in rows) / spoken < 0.1
    assert any(row.num_holds for row in rows)
    assert any(row.agent for row in rows)


def test_calls_repeat_themselves(calls):
    again = list(conversations(7, start=UNTIL - timedelta(days=2), end=UNTIL, floor_at=UNTIL))

    assert again == list(conversations(7, start=UNTIL - timedelta(days=2), end=UNTIL, floor_at=UNTIL))
