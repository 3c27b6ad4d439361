"""Need: what raises it, what it says, and that it is the same for the same row at the same time."""

from __future__ import annotations

from typing import Any

import pytest

from metrics.levels import level_name
from metrics.need import Band, Need, Targets, exact_span, grows_with_time, need, span_in_words

NOW = 1_800_000_000_000


def row(**facts: Any) -> dict[str, Any]:
    """An open conversation with a bot that needs nothing; `facts` say what is different."""
    calm = {
        "state": "with_bot",
        "queue": "BotQueue",
        "escalation_queue": "",
        "sentiment_micro": 0,
        "sentiment_high_micro": 0,
        "escalated_ms": None,
        "fallbacks_in_a_row": 0,
        "num_human_asks": 0,
        "last_customer_ms": NOW - 20_000,
        "last_reply_ms": NOW - 10_000,
    }
    return calm | facts


def waiting(seconds: float, **facts: Any) -> dict[str, Any]:
    """A customer who has waited for a human for so long."""
    return row(state="waiting", escalated_ms=NOW - round(seconds * 1000), escalation_queue="HomeLoanQueue", **facts)


def need_of(facts: dict[str, Any], targets: Targets | None = None) -> Need:
    return need(facts, now_ms=NOW, targets=targets or Targets())


def test_calm_conversation_needs_nobody() -> None:
    assert need_of(row()) == Need(0, (), Band.NORMAL)


def test_conversation_without_a_score_has_no_sentiment_reason() -> None:
    assert need_of(row(sentiment_micro=None, sentiment_high_micro=None)) == Need(0, (), Band.NORMAL)


def test_fall_is_told_from_the_best_level_to_the_level_now() -> None:
    assert need_of(row(sentiment_micro=-650_000)).reasons == ("sentiment fell from neutral to very negative",)
    assert need_of(row(sentiment_micro=-200_000, sentiment_high_micro=400_000)).reasons == (
        "sentiment fell from positive to slightly negative",
    )


def test_sentiment_alone_never_makes_a_conversation_critical() -> None:
    worst = need_of(row(sentiment_micro=-1_000_000, sentiment_high_micro=1_000_000))

    assert worst.band is Band.AT_RISK


@pytest.mark.parametrize(
    ("seconds", "reason", "band"),
    [
        (30, "waiting 30 s after escalation, target 1 min", Band.NORMAL),
        (60, "waiting 1 min after escalation, target 1 min", Band.AT_RISK),
        (120, "waiting 2 min after escalation, target 1 min", Band.CRITICAL),
        (240, "waiting 4 min after escalation, target 1 min", Band.CRITICAL),
    ],
)
def test_wait_is_at_risk_at_its_target_and_critical_at_twice_the_target(seconds: float, reason: str, band: Band) -> None:
    wanted = need_of(waiting(seconds))

    assert wanted.reasons == (reason,)
    assert wanted.band is band
    assert Targets().wait_band("HomeLoanQueue", seconds) is band


def test_wait_is_measured_against_the_target_of_the_queue_it_waits_in() -> None:
    targets = Targets(wait_seconds_by_queue={"HomeLoanQueue": 300})

    patient = need_of(waiting(240), targets)

    assert patient.reasons == ("waiting 4 min after escalation, target 5 min",)
    assert patient.band is Band.NORMAL


def test_wait_ends_when_an_agent_has_it() -> None:
    assert need_of(row(state="with_agent", escalated_ms=NOW - 500_000)).score == 0


def test_three_fallbacks_in_a_row_weigh_more_than_two() -> None:
    two, three = need_of(row(fallbacks_in_a_row=2)), need_of(row(fallbacks_in_a_row=3))

    assert (two.reasons, three.reasons) == (("two fallbacks in a row",), ("three fallbacks in a row",))
    assert two.score < three.score


def test_asking_for_a_human_counts_less_once_the_customer_waits_for_one() -> None:
    still_with_bot = need_of(row(num_human_asks=2))
    heard = need_of(waiting(0, num_human_asks=2))

    assert still_with_bot.reasons == ("asked for a human twice",)
    assert "asked for a human twice" in heard.reasons
    assert heard.score < still_with_bot.score


def test_silence_begins_when_the_customers_last_message_is_unanswered() -> None:
    assert need_of(row(last_customer_ms=NOW - 90_000, last_reply_ms=NOW - 95_000)).reasons == ("no answer for 90 s",)
    assert need_of(row(last_customer_ms=NOW - 90_000, last_reply_ms=None)).reasons == ("no answer for 90 s",)
    assert need_of(row(last_customer_ms=NOW - 90_000, last_reply_ms=NOW - 80_000)).reasons == ()
    assert need_of(row(last_customer_ms=NOW - 20_000, last_reply_ms=None)).reasons == ()


def test_weightiest_reason_comes_first() -> None:
    assert need_of(waiting(240, sentiment_micro=-250_000, num_human_asks=1)).reasons == (
        "waiting 4 min after escalation, target 1 min",
        "sentiment fell from neutral to slightly negative",
        "asked for a human",
    )


def test_need_never_falls_while_somebody_waits() -> None:
    scores = [need_of(waiting(seconds)).score for seconds in range(0, 1200, 5)]

    assert scores == sorted(scores)


def test_score_stays_within_0_and_100_and_a_clock_behind_the_source_is_borne() -> None:
    everything = waiting(
        9_000, sentiment_micro=-1_000_000, sentiment_high_micro=1_000_000, num_human_asks=9, fallbacks_in_a_row=9
    )

    assert need_of(everything).score == 100
    assert need_of(waiting(-60)).score == 1


def test_only_those_who_wait_for_somebody_grow_with_time() -> None:
    assert grows_with_time(waiting(1))
    assert grows_with_time(row(last_reply_ms=None))
    assert not grows_with_time(row())
    assert not grows_with_time(row(state="wrap_up", last_reply_ms=None))


@pytest.mark.parametrize(
    ("score_micro", "level"),
    [
        (100_000, "neutral"),
        (-100_000, "neutral"),
        (100_001, "slightly positive"),
        (-300_000, "slightly negative"),
        (-300_001, "negative"),
        (600_000, "positive"),
        (600_001, "very positive"),
        (-1_000_000, "very negative"),
    ],
)
def test_level_borders_belong_to_the_milder_level(score_micro: int, level: str) -> None:
    assert level_name(score_micro) == level


def test_spans_are_said_as_people_say_them() -> None:
    said = [span_in_words(seconds) for seconds in (3, 47, 61, 95, 119, 250, 3_700)]

    assert said == ["a few seconds", "40 s", "1 min", "90 s", "110 s", "4 min", "1 h 1 min"]
    assert [exact_span(seconds) for seconds in (45, 60, 90, 150, 3_600)] == ["45 s", "1 min", "90 s", "2 min 30 s", "1 h"]
