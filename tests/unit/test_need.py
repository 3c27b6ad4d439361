"""Need: what raises it, what it says, and that it is the same for the same row at the same time."""

from __future__ import annotations

from typing import Any

import pytest

from metrics.levels import level_name
from metrics.need import WEIGHTS, Band, Need, Targets, exact_span, moves_with_time, need, span_in_words

NOW = 1_800_000_000_000


def row(**facts: Any) -> dict[str, Any]:
    """An open conversation with a bot that needs nothing; `facts` say what is different."""
    calm = {
        "state": "with_bot",
        "queue": "BotQueue",
        "escalation_queue": "",
        "sentiment_micro": 0,
        "sentiment_high_micro": 0,
        "started_ms": NOW - 60_000,
        "escalated_ms": None,
        "accepted_ms": None,
        "num_customer_messages": 2,
        "num_fallbacks": facts.get("fallbacks_in_a_row", 0),
        "fallbacks_in_a_row": 0,
        "num_human_asks": 0,
        "last_customer_ms": NOW - 20_000,
        "last_reply_ms": NOW - 10_000,
    }
    return calm | facts


def waiting(seconds: float, **facts: Any) -> dict[str, Any]:
    """A customer who has waited for a human for so long."""
    return row(state="waiting", escalated_ms=NOW - round(seconds * 1000), escalation_queue="HomeLoanQueue", **facts)


def quiet(seconds: float, **facts: Any) -> dict[str, Any]:
    """A customer of a bot who wrote twice in the first two minutes, was answered, and has said nothing for so long."""
    wrote_ms = NOW - round(seconds * 1000)
    return row(
        started_ms=wrote_ms - 120_000, last_customer_ms=wrote_ms, last_reply_ms=wrote_ms + 2_000, num_customer_messages=2, **facts
    )


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
        (30, "waiting after escalation, target 1 min", Band.NORMAL),
        (60, "waiting after escalation, over the target of 1 min", Band.AT_RISK),
        (120, "waiting after escalation, over the target of 1 min", Band.CRITICAL),
        (240, "waiting after escalation, over the target of 1 min", Band.CRITICAL),
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

    assert patient.reasons == ("waiting after escalation, target 5 min",)
    assert patient.band is Band.NORMAL


def test_wait_ends_when_an_agent_has_it() -> None:
    assert need_of(row(state="with_agent", escalated_ms=NOW - 500_000)).score == 0


def test_three_fallbacks_in_a_row_weigh_more_than_two() -> None:
    two, three = need_of(row(fallbacks_in_a_row=2)), need_of(row(fallbacks_in_a_row=3))

    assert (two.reasons, three.reasons) == (("two fallbacks in a row",), ("three fallbacks in a row",))
    assert two.score < three.score


@pytest.mark.parametrize(
    ("in_a_row", "total", "reason"),
    [
        (0, 1, "one fallback so far"),
        (0, 3, "three fallbacks so far"),
        (1, 1, "the bot did not understand"),
        (1, 2, "the bot did not understand, two fallbacks so far"),
        (2, 4, "two fallbacks in a row, four fallbacks so far"),
        (12, 12, "12 fallbacks in a row"),
    ],
)
def test_fallbacks_are_told_in_a_row_and_so_far(in_a_row: int, total: int, reason: str) -> None:
    assert need_of(row(fallbacks_in_a_row=in_a_row, num_fallbacks=total)).reasons == (reason,)


def test_fallbacks_that_the_bot_got_over_weigh_less_than_the_one_it_stands_at() -> None:
    got_over = need_of(row(fallbacks_in_a_row=0, num_fallbacks=3)).score
    stands = need_of(row(fallbacks_in_a_row=1, num_fallbacks=1)).score
    both = need_of(row(fallbacks_in_a_row=1, num_fallbacks=4)).score

    assert 0 < got_over < stands < both


def test_fallbacks_of_the_bot_count_no_more_once_a_human_was_asked_for() -> None:
    assert need_of(row(state="with_agent", fallbacks_in_a_row=3)).score == 0
    assert "three fallbacks in a row" not in need_of(waiting(30, fallbacks_in_a_row=3)).reasons


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


def test_an_agent_may_take_longer_over_an_answer_than_a_bot() -> None:
    asked = {"last_customer_ms": NOW - 100_000, "last_reply_ms": NOW - 200_000}

    assert need_of(row(**asked)).reasons == ("no answer for 100 s",)
    assert need_of(row(state="with_agent", **asked)).reasons == ()
    late = {"last_customer_ms": NOW - 400_000, "last_reply_ms": NOW - 500_000}
    assert need_of(row(state="with_agent", **late)).reasons == ("no answer for 6 min",)
    assert need_of(row(state="with_agent", **late)).score < need_of(row(**late)).score


def test_agent_owes_an_answer_from_when_they_took_it_not_from_what_was_said_in_the_queue() -> None:
    unanswered = {"last_customer_ms": NOW - 600_000, "last_reply_ms": NOW - 700_000}

    assert need_of(row(state="with_agent", accepted_ms=NOW - 20_000, **unanswered)).reasons == ()
    assert need_of(row(state="with_agent", accepted_ms=NOW - 300_000, **unanswered)).reasons == ("no answer for 5 min",)
    assert need_of(row(state="with_agent", accepted_ms=NOW - 900_000, **unanswered)).reasons == ("no answer for 10 min",)


def test_bad_mood_weighs_less_once_an_agent_is_there() -> None:
    with_bot = need_of(row(sentiment_micro=-500_000))
    with_agent = need_of(row(state="with_agent", sentiment_micro=-500_000))

    assert with_agent.reasons == with_bot.reasons
    assert 0 < with_agent.score < with_bot.score / 2


def test_need_fades_once_a_bots_customer_is_quiet_for_much_longer_than_they_took_so_far() -> None:
    """They took 60 s a message, so they are expected for 180 s and given up after 360 s."""
    facts = {"fallbacks_in_a_row": 3, "sentiment_micro": -300_000}
    scores = [need_of(quiet(seconds, **facts)).score for seconds in (20, 180, 270, 359, 360, 1_700)]

    assert scores[0] == scores[1] == 54
    assert scores[2:] == [27, 0, 0, 0]
    assert need_of(quiet(270, **facts)).reasons[-1] == "customer quiet for 4 min"
    assert need_of(quiet(360, **facts)) == Need(0, (), Band.NORMAL)


def test_slow_customers_are_waited_for_longer_and_quick_ones_not_as_long() -> None:
    def share_left(seconds_a_message: int, quiet_seconds: int) -> float:
        facts = quiet(quiet_seconds, fallbacks_in_a_row=4)
        facts["started_ms"] = facts["last_customer_ms"] - 2_000 * seconds_a_message
        return need_of(facts).score / WEIGHTS.fallbacks[4]

    assert share_left(10, 60) == 1.0  # 3 × 10 s is less than the least
    assert share_left(10, 120) == 0.0
    assert share_left(90, 270) == 1.0
    assert share_left(1_000, 300) == 1.0
    assert share_left(1_000, 600) == 0.0  # 3 × 1000 s is more than the most


def test_a_bot_that_asks_whether_they_are_still_there_does_not_bring_them_back() -> None:
    gone = quiet(600, fallbacks_in_a_row=3)

    assert need_of(gone | {"last_reply_ms": NOW - 1_000}).score == 0


def test_customer_who_never_wrote_is_quiet_from_the_beginning() -> None:
    silent = {"last_customer_ms": None, "num_customer_messages": 0, "num_human_asks": 1}

    assert need_of(row(started_ms=NOW - 250_000, **silent)).reasons == ("asked for a human",)
    assert need_of(row(started_ms=NOW - 650_000, **silent)).score == 0


def test_nobody_who_waits_for_somebody_fades() -> None:
    hours = 3_600_000
    unanswered = row(started_ms=NOW - 3 * hours, last_customer_ms=NOW - 2 * hours, last_reply_ms=NOW - 3 * hours)

    assert need_of(unanswered).reasons == ("no answer for 2 h",)
    assert need_of(waiting(7_200, last_customer_ms=NOW - 2 * hours)).band is Band.CRITICAL


def test_weightiest_reason_comes_first() -> None:
    assert need_of(waiting(240, sentiment_micro=-250_000, num_human_asks=1)).reasons == (
        "waiting after escalation, over the target of 1 min",
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
    assert need_of(waiting(-60)).score == need_of(waiting(0)).score


def test_need_moves_with_time_only_where_somebody_waits_or_something_can_fade() -> None:
    assert moves_with_time(waiting(1))
    assert moves_with_time(row(last_reply_ms=None))
    assert moves_with_time(row(fallbacks_in_a_row=1))
    assert moves_with_time(row(num_human_asks=1))
    assert moves_with_time(row(sentiment_micro=-1))
    assert not moves_with_time(row())
    assert not moves_with_time(row(state="wrap_up", last_reply_ms=None, sentiment_micro=-1))


@pytest.mark.parametrize("later_seconds", [1, 200, 2_000])
def test_what_does_not_move_with_time_has_the_same_need_later(later_seconds: int) -> None:
    for facts in (row(), row(state="with_agent", sentiment_micro=-700_000), row(state="wrap_up", num_fallbacks=2), quiet(5)):
        assert not moves_with_time(facts)
        assert need_of(facts) == need(facts, now_ms=NOW + 1_000 * later_seconds, targets=Targets())


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
