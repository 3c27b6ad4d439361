"""Targets of metrics: direction, whose target holds, what is sure, and what cannot be a target."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.figures import Rate, Score, Times, Turns
from metrics.filters import Filters
from metrics.metric_targets import (
    AIMED_AT,
    MetricTarget,
    MetricTargets,
    Statistic,
    TargetError,
    judge,
    judged,
    target_from,
    target_in,
    target_of,
)
from settings import ConfigurationError, Settings, read_settings
from store.engine import Store
from tests.conversation_rows import put, row
from wiring import metric_targets_from

MINUTES = Times(n=4, sum_ms=4 * 240_000, median_ms_x2=2 * 120_000, p90_ms_x10=10 * 600_000, longest_ms=600_000)


@pytest.mark.parametrize(
    ("target", "figure", "is_met", "is_sure"),
    [
        (target_from("resolution_rate", 0.6), Rate(900, 1000), True, True),
        (target_from("resolution_rate", 0.6), Rate(300, 1000), False, True),
        (target_from("resolution_rate", 0.6), Rate(6, 10), True, False),
        (target_from("resolution_rate", 0.6), Rate(599, 1000), False, False),
        (target_from("escalation_rate", 0.2), Rate(100, 1000), True, True),
        (target_from("escalation_rate", 0.2), Rate(900, 1000), False, True),
        (target_from("escalation_time", 180), MINUTES, False, True),
        (target_from("escalation_time", 180, "median"), MINUTES, True, True),
        (target_from("escalation_time", 600, "p90"), MINUTES, True, True),
        (target_from("escalation_turns", 2, "median"), Turns(n=2, sum=9, median_x2=4), True, True),
        (target_from("average_sentiment", 0.1), Score(150_000, 1, 3), True, True),
        (target_from("csat", 4), Score(3_900_000, 1, 3), False, True),
        (target_from("resolution_rate", 0.6), Rate(0, 0), None, False),
        (target_from("escalation_time", 180, "p90"), Times(), None, False),
    ],
)
def test_figure_is_judged_in_the_direction_of_its_metric(
    target: MetricTarget, figure: object, is_met: bool, is_sure: bool
) -> None:
    verdict = judge(target, figure)  # type: ignore[arg-type]

    assert (verdict.is_met, verdict.is_sure) == (is_met, is_sure)


@given(st.integers(0, 1000), st.integers(1, 1000), st.floats(0, 1))
def test_a_rate_that_meets_a_target_surely_has_its_whole_interval_on_the_good_side(part: int, whole: int, level: float) -> None:
    rate = Rate(min(part, whole), whole)
    low, high = rate.interval or (0.0, 1.0)
    for key, bad_end in (("resolution_rate", low), ("escalation_rate", high)):
        target = target_from(key, level)
        verdict = judge(target, rate)
        if verdict.is_sure and verdict.is_met:
            assert bad_end >= target.level if key == "resolution_rate" else bad_end <= target.level


def test_target_that_is_nearest_to_the_cut_holds() -> None:
    everywhere, of_bot, of_queue = (
        target_from("resolution_rate", 0.6),
        target_from("resolution_rate", 0.5, bot="Vox"),
        target_from("resolution_rate", 0.4, queue="Cards"),
    )
    both = target_from("resolution_rate", 0.3, bot="Vox", queue="Cards")
    targets = [everywhere, of_bot, of_queue]

    assert target_of(targets, "resolution_rate", bot="Ava") is everywhere
    assert target_of(targets, "resolution_rate", bot="Vox") is of_bot
    assert target_of(targets, "resolution_rate", bot="Vox", queue="Cards") is of_queue
    assert target_of([*targets, both], "resolution_rate", bot="Vox", queue="Cards") is both
    assert target_of(targets, "escalation_rate") is None
    assert target_in(targets, "resolution_rate", Filters(bots=("Vox",))) is of_bot
    assert target_in(targets, "resolution_rate", Filters(bots=("Vox", "Ava"))) is everywhere
    assert target_in([of_bot], "resolution_rate", Filters()) is None


@pytest.mark.parametrize(
    ("metric", "level", "of", "field"),
    [
        ("nonsense", 1, "mean", "metric"),
        ("closed", 100, "mean", "metric"),
        ("resolution_rate", 60, "mean", "level"),
        ("resolution_rate", float("nan"), "mean", "level"),
        ("csat", 0, "mean", "level"),
        ("escalation_time", -1, "mean", "level"),
        ("resolution_rate", 0.6, "median", "of"),
        ("escalation_time", 60, "longest", "of"),
    ],
)
def test_what_cannot_be_a_target_names_its_field(metric: str, level: float, of: str, field: str) -> None:
    with pytest.raises(TargetError) as refused:
        target_from(metric, level, of)

    assert refused.value.field == field


def test_every_metric_with_a_better_way_but_counts_may_have_one() -> None:
    assert {"resolution_rate", "wait_after_escalation", "average_sentiment", "csat", "wasted_turns"} <= {m.key for m in AIMED_AT}
    assert not {"closed", "resolved", "bot_conversations"} & {m.key for m in AIMED_AT}


def test_targets_are_kept_replaced_and_taken_away(store: Store) -> None:
    fixed = target_from("escalation_rate", 0.2, is_fixed=True)
    targets = MetricTargets(store, lambda: 5, [fixed])
    own = target_from("resolution_rate", 0.123456, bot="Vox", set_by="Ann")

    targets.save(target_from("resolution_rate", 0.9, bot="Vox"))
    targets.save(own)

    assert targets.every() == [fixed, own]
    with pytest.raises(TargetError, match="floorwalker.toml"):
        targets.save(target_from("escalation_rate", 0.5))
    targets.delete(own)
    assert targets.every() == [fixed]


def test_each_target_is_judged_by_its_own_cut(store: Store) -> None:
    put(store, [row(key, bot="Ada" if key < 5 else "Vox", outcome="resolved" if key < 4 else "abandoned") for key in range(1, 9)])
    targets = [target_from("resolution_rate", 0.5), target_from("resolution_rate", 0.5, bot="Ada")]

    assert [verdict.value for verdict in judged(store, targets, Filters())] == [3 / 8, 3 / 4]


def test_settings_say_what_is_wrong_with_a_target(tmp_path: Path) -> None:
    path = tmp_path / "floorwalker.toml"
    path.write_text('[[metric_targets]]\nmetric = "resolution_rate"\nlevel = 60\n', encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"metric_targets\[1\].level must be a share from 0 to 1"):
        metric_targets_from(read_settings({}, path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('metric = "csat"\nlevel = "4"', "level"),
        ('metric = "csat"\nlevel = true', "level"),
        ("level = 4", "metric"),
        ('metric = "csat"\nlevel = 4\nof = "least"', "of"),
        ('metric = "csat"\nlevel = 4\nbott = "x"', "bott"),
        ('metric = "csat"\nlevel = 4\n[[metric_targets]]\nmetric = "csat"\nlevel = 3', "one for each"),
    ],
)
def test_malformed_targets_stop_the_start(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "floorwalker.toml"
    path.write_text(f"[[metric_targets]]\n{text}\n", encoding="utf-8")

    with pytest.raises(ConfigurationError, match=said):
        read_settings({}, path)


def test_no_target_is_set_by_default() -> None:
    assert metric_targets_from(Settings()) == []


def test_only_times_and_turns_have_more_than_one_number() -> None:
    assert judge(MetricTarget("resolution_rate", 0.5, Statistic.MEDIAN), Rate(1, 2)).value == 0.5
