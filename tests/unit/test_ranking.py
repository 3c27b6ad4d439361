"""What the ranking benchmark counts: who comes to need somebody, precision, leads; and that no order sees the future."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from metrics.need import WEIGHTS, Targets
from tests.benchmarks.ranking import (
    HELD_OUT_SEEDS,
    SEEDS_FOR_WEIGHTS,
    Tally,
    by_longest_wait,
    by_lowest_sentiment,
    by_need,
    caught,
    comes_to_need,
    mean_lead,
    median_lead,
    precision,
    precision_with_bot,
    sheet,
    tally,
)
from tests.benchmarks.replay import BEGIN, Moment, Replay, replay
from tests.benchmarks.resampling import interval
from tests.benchmarks.sensitivity import scaled, variants

MINUTE = 60_000
NOW = 500_000 * 3_600_000  # on the hour
TARGETS = Targets(wait_seconds=60)


def row(key: int = 1, **facts: Any) -> dict[str, Any]:
    """An open conversation with a bot that was answered a moment ago."""
    calm = {
        "conversation_key": key,
        "state": "with_bot",
        "queue": "BotQueue",
        "escalation_queue": "",
        "started_ms": NOW - 5 * MINUTE,
        "last_ms": NOW,
        "last_customer_ms": NOW - 9_000,
        "last_reply_ms": NOW - 5_000,
        "escalated_ms": None,
        "accepted_ms": None,
        "num_customer_messages": 2,
        "num_fallbacks": 0,
        "fallbacks_in_a_row": 0,
        "num_human_asks": 0,
        "sentiment_micro": 0,
        "sentiment_high_micro": 0,
    }
    return calm | facts


def ending(outcome: str, *, ended_ms: int = NOW + MINUTE, escalated_ms: int | None = None, accepted_ms: int | None = None) -> Any:
    return {"outcome": outcome, "ended_ms": ended_ms, "escalated_ms": escalated_ms, "accepted_ms": accepted_ms}


@pytest.mark.parametrize(
    ("became", "needed"),
    [
        (ending("resolved"), False),
        (ending("other"), False),
        (ending("abandoned"), True),
        (ending("abandoned", ended_ms=NOW + 15 * MINUTE), True),
        (ending("abandoned", ended_ms=NOW + 15 * MINUTE + 1), False),
        (ending("abandoned", ended_ms=NOW - 1), False),  # they had left already; only the idle time-out was awaited
        (ending("escalated", escalated_ms=NOW + 15 * MINUTE), True),
        (ending("escalated", escalated_ms=NOW + 16 * MINUTE), False),
    ],
)
def test_conversation_with_a_bot_needs_somebody_if_it_comes_to_that_within_the_horizon(became: Any, needed: bool) -> None:
    assert comes_to_need(row(), became, NOW, TARGETS) is needed


@pytest.mark.parametrize(("accepted_after", "needed"), [(60_000, False), (60_001, True), (None, True)])
def test_who_waits_needs_somebody_unless_an_agent_comes_within_the_target(accepted_after: int | None, needed: bool) -> None:
    asked_ms = NOW - 30_000
    waits = row(state="waiting", escalated_ms=asked_ms)
    accepted_ms = None if accepted_after is None else asked_ms + accepted_after

    assert comes_to_need(waits, ending("escalated", escalated_ms=asked_ms, accepted_ms=accepted_ms), NOW, TARGETS) is needed


def test_conversation_that_an_agent_has_is_not_counted_as_in_need() -> None:
    taken = row(state="with_agent", escalated_ms=NOW - MINUTE, accepted_ms=NOW)

    assert not comes_to_need(taken, ending("escalated", escalated_ms=NOW - MINUTE, accepted_ms=NOW), NOW, TARGETS)


def test_simple_orders_put_the_longest_wait_and_the_lowest_sentiment_first() -> None:
    waits = row(state="waiting", escalated_ms=NOW - 90_000)
    unanswered = row(last_customer_ms=NOW - 60_000, last_reply_ms=NOW - 70_000)
    calm, old = row(), row(started_ms=NOW - 50 * MINUTE)
    sad = row(sentiment_micro=-1)

    assert sorted([calm, unanswered, old, waits], key=lambda each: by_longest_wait(each, NOW))[::-1] == [
        waits,
        unanswered,
        old,
        calm,
    ]
    assert (
        by_lowest_sentiment(sad, NOW)
        > by_lowest_sentiment(row(sentiment_micro=None), NOW)
        > by_lowest_sentiment(row(sentiment_micro=1), NOW)
    )


def test_tally_counts_the_first_ten_and_how_long_before_its_escalation_each_was_among_them() -> None:
    """Eleven conversations; one is seen to be in trouble at the second minute and is escalated at the fifth."""
    key = 11
    rows = [row(each, num_human_asks=each % 2) for each in range(1, 11)]
    calm, troubled = row(key, started_ms=NOW - MINUTE), row(key, started_ms=NOW - MINUTE, fallbacks_in_a_row=4, num_fallbacks=4)
    moments = [Moment(NOW + minute * MINUTE, (*rows, troubled if minute else calm)) for minute in range(8)]
    endings = {each: ending("resolved", ended_ms=NOW + 20 * MINUTE) for each in range(1, 11)}
    endings[key] = ending("escalated", escalated_ms=NOW + 4 * MINUTE + 1)
    # the customers go on, so that nobody is quiet
    moments = [
        Moment(
            moment.now_ms,
            tuple(each | {"last_customer_ms": moment.now_ms - 9, "last_reply_ms": moment.now_ms} for each in moment.rows),
        )
        for moment in moments
    ]

    (counted,) = tally(Replay(1, tuple(moments), endings), by_need(TARGETS), TARGETS).values()

    assert counted.shown == 80
    assert counted.right == 4  # at the minutes 1 to 4; afterwards it is over
    assert counted.leads == [pytest.approx(3, abs=0.001)]


def test_figures_of_several_stretches_are_sums_divided_last() -> None:
    tallies = [Tally(10, 9, 10, 4, [2.0, 0.0]), Tally(30, 3, 10, 0, [4.0])]

    assert precision(tallies) == 12 / 40
    assert precision_with_bot(tallies) == 4 / 20
    assert caught(tallies) == 2 / 3
    assert mean_lead(tallies) == 2.0
    assert median_lead(tallies) == 3.0


def test_nothing_seen_is_no_precision_and_no_lead() -> None:
    assert (precision([]), caught([]), mean_lead([]), median_lead([])) == (0, 0, 0, 0)


def test_interval_is_where_redrawn_figures_lie_and_the_same_each_time() -> None:
    values = [0.0] * 50 + [1.0] * 50
    low, high = interval(values, lambda drawn: sum(drawn) / len(drawn))

    assert (low, high) == interval(values, lambda drawn: sum(drawn) / len(drawn))
    assert 0.38 < low < 0.43
    assert 0.57 < high < 0.62
    assert interval([0.5] * 10, lambda drawn: sum(drawn) / len(drawn)) == (0.5, 0.5)


def test_need_that_is_not_ahead_misses_its_bound() -> None:
    good, bad = Tally(10, 9, 10, 9, [3.0]), Tally(10, 1, 10, 1, [0.0])
    hours = [(201, hour) for hour in range(5)]

    def missed(need: Tally, other: Tally) -> set[bool]:
        others = dict.fromkeys(hours, other)
        found = {"need": dict.fromkeys(hours, need), "longest wait": others, "lowest sentiment": others, "any order": others}
        return {figure.is_missed for figure in sheet(found).figures}

    assert missed(good, bad) == {False}
    assert missed(bad, good) == {True}


def test_seeds_for_weights_are_not_those_that_are_claimed_for() -> None:
    assert not set(SEEDS_FOR_WEIGHTS) & set(HELD_OUT_SEEDS)


def test_every_weight_that_gives_points_is_tried_by_the_sensitivity() -> None:
    scales = {"fall_begins_micro", "fall_full_micro", "heard"}  # where it begins and is full, or a share of another's points
    tried = {
        name
        for name in WEIGHTS.__slots__
        if any(getattr(weights, name) != getattr(WEIGHTS, name) for weights, _ in variants().values())
    }

    assert tried == set(WEIGHTS.__slots__) - scales
    assert scaled(("fallbacks",), 0.5).fallbacks == tuple(each / 2 for each in WEIGHTS.fallbacks)
    assert scaled(("wait",), 0).wait[1] == (1.0, 0.0)


@pytest.mark.thorough
def test_replay_shows_each_minute_only_what_was_known_by_then() -> None:
    short = timedelta(minutes=20)
    played = replay(SEEDS_FOR_WEIGHTS[0], watched=timedelta(minutes=3), lead=short)
    longer = replay(SEEDS_FOR_WEIGHTS[0], watched=timedelta(minutes=5), lead=short)

    assert [moment.now_ms for moment in played.moments] == [round(BEGIN.timestamp() * 1000) + each * MINUTE for each in range(3)]
    for moment, same in zip(played.moments, longer.moments, strict=False):
        assert moment == same  # what comes later changes nothing
        assert len(moment.rows) > 20
        for each in moment.rows:
            assert each["last_ms"] <= moment.now_ms
            assert each["outcome"] is None
            assert each["state"] != "waiting" or each["accepted_ms"] is None
