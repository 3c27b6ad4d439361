"""The arithmetic of the live benchmark: when an event counts as seen, and that its traffic is what it says."""

from __future__ import annotations

import math
from collections import Counter

import orjson
import pytest

from tests.benchmarks.live.crowds import figures_of
from tests.benchmarks.live.follower import Frame, Frames
from tests.benchmarks.live.found import COLUMNS
from tests.benchmarks.live.rig import Watched
from tests.benchmarks.live.sightings import NEVER_MS, Event, Sightings, look, quantile_of
from tests.benchmarks.live.traffic import FEWEST_BEFORE_END, Traffic

MS = 1_000_000
NOW_MS = 1_767_000_000_000


def frame(*rows: tuple[str, int], removed: tuple[str, ...] = ()) -> Frame:
    return Frame(is_snapshot=False, rows=rows, removed=removed)


def test_an_event_is_seen_with_the_first_frame_that_shows_its_conversation_at_its_time_or_later() -> None:
    events = [Event("a", 100, 10 * MS), Event("a", 200, 12 * MS), Event("b", 150, 11 * MS)]
    seen = [(20 * MS, frame(("a", 100))), (45 * MS, frame(("a", 200), ("b", 150)))]

    found = look([seen], events)

    assert sorted(found.delays.elements()) == [10, 33, 34]
    assert found.num_unseen == 0
    assert found.each_viewers_p95 == [34]


def test_an_ending_is_seen_when_the_row_goes_and_so_is_all_before_it() -> None:
    events = [Event("a", 100, 10 * MS), Event("a", 200, 12 * MS, is_end=True)]
    seen = [(20 * MS, frame(("a", 200))), (30 * MS, frame(removed=("a",)))]

    found = look([seen], events)

    assert sorted(found.delays.elements()) == [10, 18]


def test_an_event_that_a_viewer_never_sees_is_counted_and_counts_as_very_late() -> None:
    events = [Event("a", 100, 10 * MS)]

    found = look([[(20 * MS, frame(("a", 100)))], [(20 * MS, frame(("a", 99)))]], events)

    assert found.num_unseen == 1
    assert found.each_viewers_p95 == [10, NEVER_MS]
    assert found.quantile(0.95) == NEVER_MS


def test_a_frame_that_arrives_before_its_acceptance_took_no_time() -> None:
    assert look([[(5 * MS, frame(("a", 100)))]], [Event("a", 100, 10 * MS)]).delays == Counter({0: 1})


@pytest.mark.parametrize(("share", "value"), [(0.5, 1), (0.75, 3), (0.76, 9), (1.0, 9)])
def test_quantile_of_counted_values_is_the_nearest_rank(share: float, value: int) -> None:
    assert quantile_of(Counter({9: 1, 1: 2, 3: 1}), share) == value


def test_quantile_of_nothing_is_no_number() -> None:
    assert math.isnan(quantile_of(Counter(), 0.95))


def test_a_removed_key_is_told_as_its_conversation() -> None:
    frames = Frames()
    row = {"key": "7", "id": "a", "last_ms": 100}
    frames.read(orjson.dumps({"type": "snapshot", "number": 1, "rows": [row], "removed": []}).decode())

    message, found = frames.read(orjson.dumps({"type": "delta", "number": 2, "rows": [], "removed": ["7"]}).decode())

    assert message["number"] == 2
    assert found == Frame(is_snapshot=False, rows=(), removed=("a",))


def test_traffic_keeps_as_many_conversations_open_as_it_began_with() -> None:
    traffic = Traffic(1, num_open=20)
    is_open = {said[0]["conversation"]["id"] for said in traffic.beginnings(NOW_MS)}
    assert len(is_open) == 20

    num_ended = 0
    for number in range(3_000):
        activities, talk, is_end = traffic.next(NOW_MS + 10 * number)
        assert {item["conversation"]["id"] for item in activities} == {talk.name}
        if is_end:
            num_ended += 1
            assert talk.num_activities > FEWEST_BEFORE_END
            is_open.discard(talk.name)
        else:
            is_open.add(talk.name)
        assert len(is_open) <= 20

    assert num_ended > 30


def test_activities_of_a_conversation_never_have_the_same_time_twice() -> None:
    traffic = Traffic(2, num_open=1)

    told = [item for _ in range(300) for item in traffic.next(NOW_MS)[0]]

    assert len(told) == len({(item["conversation"]["id"], item["timestamp"]) for item in told})


def test_a_crowd_is_judged_by_all_its_viewers_and_by_the_one_who_is_worst_off() -> None:
    sightings = Sightings(Counter({100: 95, 900: 5}), [100.0, 900.0], num_unseen=0)
    watched = Watched(sightings, frames_a_second=9.0, posting=[0.02], server_share=0.4, load_share=0.1, faults=["lost", "lost"])

    verdicts = {figure.name: figure.verdict for figure in figures_of("50 viewers", watched, 300)}

    assert list(verdicts.values()) == ["holds", "MISSED", "holds"]
    assert len(watched.row("50 viewers")) == len(COLUMNS)
    assert watched.note("50 viewers").endswith("2 faults: lost")


def test_one_event_that_was_not_shown_misses_the_bound() -> None:
    sightings = Sightings(Counter({100: 99, NEVER_MS: 1}), [100.0], num_unseen=1)
    watched = Watched(sightings, frames_a_second=9.0, posting=[0.02], server_share=0.4, load_share=0.1, faults=[])

    figures = figures_of("50 viewers", watched, 300)

    assert [figure.name for figure in figures if figure.is_missed] == ["50 viewers: events that a viewer was not shown"]
