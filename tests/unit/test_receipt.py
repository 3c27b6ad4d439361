"""Posted activities that name no time: where they stand, and what makes them the same when they come again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.events import RawRecord
from ingest.sources.push import PushSource, bodies

RECEIVED_MS = 1_772_452_800_000
TIMED = {"type": "message", "id": "1", "conversation": {"id": "c"}, "timestamp": "2026-03-02T09:30:00Z"}
TIMED_MS = 1_772_443_800_000


def posted(*items: dict[str, Any]) -> list[tuple[str, str, int, bool]]:
    """(conversation, id, time, whether it is its own) of what was posted at 12:00."""
    record = RawRecord("push", json.dumps(items).encode(), received_ms=RECEIVED_MS)
    threads = PushSource().normalise(record).threads
    return [
        (thread.external_id, item.activity_id, item.at_ms, item.time_known) for thread in threads for item in thread.activities
    ]


@pytest.mark.parametrize("stamp", [None, "", "yesterday"])
def test_conversation_without_any_time_stands_at_its_receipt(stamp: Any) -> None:
    found = posted(*(TIMED | {"id": one, "timestamp": stamp} for one in "12"))

    assert found == [("c", "1", RECEIVED_MS, False), ("c", "2", RECEIVED_MS, False)]


def test_untimed_activity_beside_timed_ones_of_its_conversation_keeps_its_place_in_the_array() -> None:
    found = posted(TIMED, TIMED | {"id": "2", "timestamp": None}, {"type": "message", "id": "3"})

    assert found == [("c", "1", TIMED_MS, True), ("c", "2", TIMED_MS, False), ("c", "3", TIMED_MS, False)]


def test_time_of_another_conversation_of_a_post_is_not_borrowed() -> None:
    found = posted(TIMED, {"type": "message", "id": "2", "conversation": {"id": "other"}})

    assert found == [("c", "1", TIMED_MS, True), ("other", "2", RECEIVED_MS, False)]


def test_time_of_receipt_is_part_of_neither_identity_nor_version_nor_raw() -> None:
    body = json.dumps([{"type": "message", "text": "x", "conversation": {"id": "c"}}]).encode()

    now, later = (
        PushSource().normalise(RawRecord("push", body, received_ms=RECEIVED_MS + wait)).threads[0] for wait in (0, 60_000)
    )

    assert now.external_id == later.external_id
    assert [(one.identity, one.version, one.raw) for one in now.activities] == [
        (one.identity, one.version, one.raw) for one in later.activities
    ]
    assert (now.activities[0].at_ms, later.activities[0].at_ms) == (RECEIVED_MS, RECEIVED_MS + 60_000)


@pytest.mark.parametrize(("last", "sizes"), [(None, [200, 200, 50]), (TIMED["timestamp"], [450])])
def test_long_array_of_one_conversation_is_cut_where_all_or_none_of_it_has_a_time(last: str | None, sizes: list[int]) -> None:
    activities = [TIMED | {"id": str(number), "timestamp": None} for number in range(449)]

    parts = bodies([*activities, TIMED | {"timestamp": last}])

    assert [number for _, number in parts] == sizes
