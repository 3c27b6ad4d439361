"""The live floor: populated at any hour, the same however it is asked for, and going on after a restart."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from ingest.events import Page, RawRecord
from ingest.sources.demo.schedule import LEAD, activities_between, live_conversations

pytestmark = pytest.mark.thorough

NOW = datetime(2026, 11, 22, 7, 3, 21, tzinfo=UTC)
IDLE = timedelta(minutes=30)
HOUR = timedelta(hours=1)

Timed = tuple[datetime, dict[str, Any]]


def _stays(said: list[Timed]) -> list[tuple[datetime, datetime]]:
    """From when to when each conversation is open: to its end, or 30 minutes after its last word."""
    by_conversation: defaultdict[str, list[Timed]] = defaultdict(list)
    for at, activity in said:
        by_conversation[activity["conversation"]["id"]].append((at, activity))
    return [
        (timed[0][0], timed[-1][0] + (timedelta(0) if timed[-1][1]["type"] == "endOfConversation" else IDLE))
        for timed in by_conversation.values()
    ]


def test_thirty_to_sixty_conversations_are_open_at_any_time_of_day() -> None:
    stays = _stays(activities_between(7, NOW - LEAD, NOW + 24 * HOUR))

    num_open = [sum(begins <= at < ends for begins, ends in stays) for at in (NOW + number * HOUR / 2 for number in range(48))]

    assert min(num_open) >= 30
    assert max(num_open) <= 60


def test_asked_in_many_pieces_it_is_the_same() -> None:
    step = timedelta(seconds=37)

    whole = activities_between(7, NOW, NOW + 40 * step)
    pieces = [said for number in range(40) for said in activities_between(7, NOW + number * step, NOW + (number + 1) * step)]

    assert len(whole) > 500
    assert pieces == whole


def test_times_are_those_of_the_activities_and_in_order() -> None:
    said = activities_between(7, NOW, NOW + HOUR)

    assert [at for at, _ in said] == sorted(at for at, _ in said)
    assert all(datetime.fromisoformat(activity["timestamp"]) == at and NOW <= at < NOW + HOUR for at, activity in said)


def test_what_a_caller_writes_on_an_activity_does_not_come_back() -> None:
    before = activities_between(7, NOW, NOW + HOUR)[0][1]
    before["text"] = "scribbled"

    assert activities_between(7, NOW, NOW + HOUR)[0][1].get("text") != "scribbled"


def test_conversations_under_way_go_on_where_they_stood() -> None:
    """What was begun before a moment, and what is said from then on, make whole conversations together."""
    begun = {said[0]["conversation"]["id"]: list(said) for said in live_conversations(7, start=NOW - LEAD, end=NOW, until=NOW)}

    for _, activity in activities_between(7, NOW, NOW + LEAD):
        if activity["conversation"]["id"] in begun:
            begun[activity["conversation"]["id"]].append(activity)

    whole = live_conversations(7, start=NOW - LEAD, end=NOW, until=NOW + LEAD)
    assert list(begun.values()) == list(whole)


def test_no_conversation_speaks_before_it_has_begun() -> None:
    """What is said after a start belongs to what began after it or within the lead before it."""
    known = {said[0]["conversation"]["id"] for said in live_conversations(7, start=NOW - LEAD, end=NOW + HOUR, until=NOW + HOUR)}

    assert {activity["conversation"]["id"] for _, activity in activities_between(7, NOW, NOW + HOUR)} <= known


class TestSource:
    """Pages of the source; kept apart because they need the reader of the wire."""

    def _source(self, until: datetime, days: float = 2) -> Any:
        from ingest.sources.demo.source import DemoSource

        return DemoSource(7, until=until, history=timedelta(days=days))

    def _said(self, pages: list[Page]) -> dict[str, list[str]]:
        said: defaultdict[str, list[str]] = defaultdict(list)
        for page in pages:
            for record in page.records:
                for activity in orjson.loads(record.body):
                    said[activity["conversation"]["id"]].append(activity["id"])
        return said

    def test_history_comes_in_pages_and_ends_now(self) -> None:
        pages = list(self._source(NOW, days=4).pages(None))

        assert all(len(page.records) <= 200 for page in pages)
        assert datetime.fromisoformat(str(pages[-1].cursor)) == NOW
        assert all(activity["timestamp"] < "2026-11-22T07:03:21" for page in pages for activity in _activities(page))

    def test_a_floor_is_open_when_history_is_loaded(self) -> None:
        pages = list(self._source(NOW).pages(None))

        said = [(datetime.fromisoformat(one["timestamp"]), one) for page in pages for one in _activities(page)]
        assert 30 <= sum(begins <= NOW < ends for begins, ends in _stays(sorted(said, key=lambda each: each[0]))) <= 60

    def test_loading_cut_short_goes_on_with_the_same_history(self) -> None:
        whole = list(self._source(NOW).pages(None))

        for place in range(len(whole) - 1):
            rest = list(self._source(NOW).pages(whole[place].cursor))
            assert rest == whole[place + 1 :]

    def test_loading_cut_short_and_resumed_later_joins_up(self) -> None:
        later = NOW + timedelta(minutes=50)
        first = next(iter(self._source(NOW).pages(None)))

        rest = list(self._source(later).pages(first.cursor))

        self._assert_whole([first, *rest], later)

    @pytest.mark.parametrize("away", [timedelta(seconds=5), timedelta(minutes=40), timedelta(hours=2), timedelta(days=3)])
    def test_what_was_missed_is_caught_up(self, away: timedelta) -> None:
        later = NOW + away
        before = list(self._source(NOW).pages(None))

        after = list(self._source(later).pages(before[-1].cursor))

        self._assert_whole(before + after, later)

    def _assert_whole(self, pages: list[Page], until: datetime) -> None:
        """Each conversation from its first activity without a gap, none twice, and at `until` a floor is open."""
        for conversation_id, ids in self._said(pages).items():
            assert ids == [f"{conversation_id}|{number:04d}" for number in range(len(ids))]
        said = [(datetime.fromisoformat(one["timestamp"]), one) for page in pages for one in _activities(page)]
        assert 30 <= sum(begins <= until < ends for begins, ends in _stays(sorted(said, key=lambda each: each[0]))) <= 60
        assert datetime.fromisoformat(str(pages[-1].cursor)) == until

    def test_nothing_is_left_to_page_at_the_time_reached(self) -> None:
        source = self._source(NOW)
        cursor = list(source.pages(None))[-1].cursor

        assert list(source.pages(cursor)) == []

    def test_every_record_is_read_without_a_problem(self) -> None:
        source = self._source(NOW, days=0.5)

        normalised = [source.normalise(record) for page in source.pages(None) for record in page.records]

        assert not [problem for one in normalised for problem in one.problems]
        assert {thread.source for one in normalised for thread in one.threads} == {"demo"}
        kinds = {activity.kind.value for one in normalised for thread in one.threads for activity in thread.activities}
        assert kinds >= {
            "message", "members", "context", "queue", "topic", "fallback", "handoff_request", "handoff_status",
            "survey_request", "survey_answer", "end",
        }  # fmt: skip

    def test_a_record_of_another_sort_is_a_problem(self) -> None:
        normalised = self._source(NOW).normalise(RawRecord("demo/x", b'[{"text": "no type"}]'))

        assert normalised.problems and not normalised.threads


def _activities(page: Page) -> list[dict[str, Any]]:
    return [activity for record in page.records for activity in orjson.loads(record.body)]
