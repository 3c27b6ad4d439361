"""The oracle is believed, so it is tried against figures worked out by hand and against what it must not do."""

from __future__ import annotations

import ast
import json
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from tests.oracle import files
from tests.oracle.comparing import conversation_differences, report_differences
from tests.oracle.mood import end_sentiment, polarity
from tests.oracle.reckoning import Question, quantile, report, wilson
from tests.oracle.scenarios import SCENARIOS
from tests.oracle.script import Party, Script
from tests.oracle.truth import Truth
from tests.oracle.world import compose, compose_open, compose_persistent, truths_of
from tests.oracle.zones import bucket, changes_of_clocks, midnight_ms

pytestmark = pytest.mark.thorough

ORACLE = Path(__file__).resolve().parents[1] / "oracle"
NOON_MS = 1_748_779_200_000  # 2025-06-01 12:00 UTC


def truth(**changes: object) -> Truth:
    """A resolved minute with one bot."""
    known = dict(conversation_id="1", scenario="", outcome="resolved", resolution="implied", bot="Alma", channel="webchat",
                 started_ms=NOON_MS, ended_ms=NOON_MS + 60_000, bot_ms=60_000, sentiment=0.5)  # fmt: skip
    return Truth(**{**known, **changes})  # type: ignore[arg-type]


def script(seed: int = 1) -> Script:
    """An empty desk."""
    people = Party("b", "Alma", "bot"), Party("c", "Carl", "user"), Party("a", "Dana", "user")
    return Script(Random(seed), "one", "webchat", NOON_MS, *people)


def test_oracle_imports_nothing_of_the_product() -> None:
    allowed = set(sys.stdlib_module_names) | {"textblob"}

    imported = {
        name.split(".")[0]
        for path in ORACLE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }

    assert imported <= allowed


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [(0, 5, 0.0, 0.4345), (9, 10, 0.5958, 0.9821), (50, 100, 0.4038, 0.5962), (780, 1_000, 0.7533, 0.8046)],
)
def test_interval_has_the_published_figures(numerator: int, denominator: int, low: float, high: float) -> None:
    assert wilson(numerator, denominator) == pytest.approx((low, high), abs=5e-5)


def test_ninetieth_percentile_lies_between_the_nearest_ranks() -> None:
    assert quantile([1, 2, 3, 4], 0.9) == pytest.approx(3.7)
    assert quantile([5], 0.9) == 5
    assert quantile([1, 2, 3, 10], 0.5) == 2.5


def test_newest_message_weighs_six_of_twenty_one() -> None:
    texts = [f"This is {word}." for word in ("awful", "good", "bad", "okay", "great", "terrible", "nice")]

    oldest_first = [polarity(text) for text in texts[1:]]

    assert end_sentiment(texts) == pytest.approx(sum(w * s for w, s in enumerate(oldest_first, start=1)) / 21)
    assert end_sentiment(["This is great."]) == pytest.approx(6 * 0.8 / 21)
    assert end_sentiment([]) is None


def test_keys_of_buckets_follow_the_wall_clock() -> None:
    at_ms = int(datetime(2026, 11, 22, 19, 30, tzinfo=UTC).timestamp()) * 1_000

    assert bucket(at_ms, "hour", "America/New_York") == "2026-11-22T14:00-05:00"
    assert bucket(at_ms, "hour", "Asia/Kathmandu") == "2026-11-23T01:00+05:45"
    assert [bucket(at_ms, unit, "UTC") for unit in ("day", "week", "month")] == ["2026-11-22", "2026-W47", "2026-11"]
    assert bucket(midnight_ms("2024-12-30", "UTC"), "week", "UTC") == "2025-W01"


def test_day_of_the_change_of_clocks_has_23_or_25_hours() -> None:
    spring = midnight_ms("2025-03-31", "Europe/Berlin") - midnight_ms("2025-03-30", "Europe/Berlin")
    autumn = midnight_ms("2025-10-27", "Europe/Berlin") - midnight_ms("2025-10-26", "Europe/Berlin")

    assert (spring, autumn) == (23 * 3_600_000, 25 * 3_600_000)
    assert len(changes_of_clocks("Europe/Berlin", 2025)) == 2


def test_report_on_nothing_is_one_object_of_zeros_and_nulls() -> None:
    [row] = report([], Question())

    assert row["closed"] == 0
    assert row["resolution_rate"] == {"value": None, "numerator": 0, "denominator": 0, "low": None, "high": None}
    assert row["escalation_time"] == {"mean": None, "median": None, "p90": None, "n": 0}
    assert row["average_sentiment"] == {"value": None, "scored": 0, "n": 0}
    assert report([], Question(by=("bot",))) == []


def test_report_divides_last_and_leaves_tests_and_people_out() -> None:
    truths = [
        truth(), truth(bot_ms=30_000, sentiment=None), truth(outcome="escalated", resolution="", bot="Bruno", bot_ms=10_000),
        truth(is_test=True), truth(is_bot=False, outcome=""), truth(is_open=True, outcome="", sentiment=0.9),
    ]  # fmt: skip

    [row] = report(truths, Question())

    assert (row["bot_conversations"], row["closed"], row["resolved"], row["escalated"]) == (4, 3, 2, 1)
    assert row["resolution_time"] == {"mean": 45.0, "median": 45.0, "p90": pytest.approx(57.0), "n": 2}
    assert row["average_sentiment"] == {"value": 0.5, "scored": 2, "n": 3}
    assert [group["bot"] for group in report(truths, Question(by=("bot",)))] == ["Alma", "Bruno"]


def test_closed_counts_when_it_ended_and_open_when_it_began() -> None:
    late = midnight_ms("2025-06-02", "UTC")
    truths = [truth(ended_ms=late), truth(started_ms=late - 1, ended_ms=late, is_open=True, outcome="")]

    days = report(truths, Question(by=("day",)))

    assert [(row["day"], row["bot_conversations"], row["closed"]) for row in days] == [("2025-06-01", 1, 0), ("2025-06-02", 1, 1)]


def test_same_seed_composes_the_same_and_another_does_not() -> None:
    assert compose(7, 20) == compose(7, 20)
    assert compose(7, 20) != compose(8, 20)


def test_every_scenario_comes_up_with_every_outcome_in_number() -> None:
    truths = truths_of(compose(3, 1_000))

    assert {one.scenario for one in truths} == set(SCENARIOS)
    assert len({one.conversation_id for one in truths}) == 1_000
    many = Counter(one.outcome for one in truths)
    assert all(many[word] > 50 for word in ("resolved", "escalated", "abandoned", "other"))
    assert {one.resolution for one in truths} == {"", "confirmed", "implied", "assumed"}
    assert any(one.is_test for one in truths)
    assert any(not one.is_bot for one in truths)


def test_times_move_forward_and_durations_lie_within_the_conversation() -> None:
    for one in compose(4, 400):
        [known] = one.truths
        times = [int(datetime.fromisoformat(activity["timestamp"]).timestamp() * 1_000) for activity in one.activities]
        assert all(later > earlier for earlier, later in zip(times, times[1:], strict=False)), known
        assert abs(times[0] - known.started_ms) <= 1 and abs(times[-1] - known.ended_ms) <= 1
        assert 0 <= known.bot_ms <= known.ended_ms - known.started_ms
        assert known.ended_ms < midnight_ms("2026-06-01", "UTC")


def test_session_before_a_request_runs_from_the_first_activity_to_the_request() -> None:
    desk = script()
    desk.put("conversationUpdate", None, membersAdded=[])
    desk.customer_says("Hello.")
    asked_ms = desk.put("event", desk.bot, name="handoff.initiate")

    assert (desk.session_start_ms, desk.at_ms) == (NOON_MS, asked_ms)
    assert asked_ms > NOON_MS
    assert [activity["type"] for activity in desk.activities][-2:] == ["message", "event"]


def test_platforms_word_names_the_times_of_the_activities_or_none() -> None:
    desk = script()
    desk.customer_says("Hello.")
    at_ms = desk.session_info("Resolved")

    value = desk.activities[-1]["value"]

    assert at_ms % 1_000 == 0
    assert datetime.fromisoformat(value["startTimeUtc"]).timestamp() * 1_000 == NOON_MS
    assert datetime.fromisoformat(value["endTimeUtc"]).timestamp() * 1_000 == at_ms


def test_episodes_of_a_persistent_channel_lie_beyond_the_time_out() -> None:
    for one in compose_persistent(5, 40):
        for number, (before, after) in enumerate(zip(one.truths, one.truths[1:], strict=False), start=2):
            assert after.started_ms - before.ended_ms > 1_800_000
            assert after.conversation_id == f"{one.external_id}#{number}"
        identities = [activity["id"] for activity in one.activities]
        assert len(identities) == len(set(identities))


def test_open_conversations_are_neither_in_the_future_nor_nearly_timed_out() -> None:
    for one in compose_open(6, 60, now_ms=NOON_MS):
        [known] = one.truths
        assert NOON_MS - 1_300_000 < known.ended_ms < NOON_MS


def test_files_hold_every_activity_and_nothing_else(tmp_path: Path) -> None:
    composed = compose(9, 60)
    wanted = {json.dumps(activity, sort_keys=True) for one in composed for activity in one.activities}

    paths = files.write(composed, tmp_path / "plain", seed=9)
    files.doubled_and_shuffled(tmp_path / "plain", tmp_path / "doubled", seed=9)

    assert len(paths) == len(set(paths))
    assert read(tmp_path / "plain") == wanted == read(tmp_path / "doubled")


def test_doubling_leaves_files_without_times_alone_and_reaches_into_rows(tmp_path: Path) -> None:
    timeless = [{"type": "message", "text": "a"}, {"type": "message", "text": "b", "timestamp": "2025-01-01T00:00:00Z"}]
    row = {"name": "x", "content": json.dumps({"activities": [{"type": "message", "timestamp": 1_725_905_090}]})}
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "timeless.json").write_text(json.dumps(timeless))
    (tmp_path / "in" / "rows.json").write_text(json.dumps([row]))
    (tmp_path / "in" / "other.txt").write_text("not JSON")

    files.doubled_and_shuffled(tmp_path / "in", tmp_path / "out", seed=1)

    assert json.loads((tmp_path / "out" / "timeless.json").read_text()) == timeless
    assert len(json.loads(json.loads((tmp_path / "out" / "rows.json").read_text())[0]["content"])["activities"]) == 2
    assert (tmp_path / "out" / "other.txt").read_text() == "not JSON"


def test_differences_name_the_conversation_its_scenario_and_both_values() -> None:
    row = dict(conversation_id="1", outcome="abandoned", resolution="implied", bot="Alma", channel="webchat", is_test="false",
               started_at="2025-06-01T12:00:00.000Z", ended_at="2025-06-01T12:01:00.000Z", bot_seconds="60",
               sentiment="0.500001")  # fmt: skip

    [line] = conversation_differences([truth(scenario="implied by end")], [row])

    assert all(part in line for part in ("1", "implied by end", "outcome", "'resolved'", "'abandoned'"))
    assert conversation_differences([truth(outcome="resolved")], []) == ["1 []: 0 rows"]


def test_differences_of_reports_tell_wrong_figures_groups_and_order() -> None:
    by = ("bot",)
    good = report([truth(), truth(bot="Bruno")], Question(by=by))
    wrong = [good[0], {**good[1], "closed": 2}]

    assert report_differences(good, good, by) == []
    assert report_differences(good, wrong, by) == ["('Bruno',) closed: expected 1, got 2"]
    assert report_differences(good, good[:1], by) == ["('Bruno',): expected, not printed"]
    assert "not ascending" in report_differences(good, good[::-1], by)[0]


def read(folder: Path) -> set[str]:
    """Every activity in the files of a folder."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            value = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(value, dict):
                value = value.get("transcript") or value.get("activities") or [value]
            found |= {json.dumps(activity, sort_keys=True) for activity in value}
    return found
