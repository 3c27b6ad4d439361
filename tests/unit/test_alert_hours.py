"""Hours of duty: by the clock of a place, over midnight and where clocks are put forward or back; and what rules do with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.alerts.checking import rule_from
from metrics.alerts.evaluation import Evaluator
from metrics.alerts.promises import Promises
from metrics.alerts.rules import Rule
from metrics.alerts.watchlist import Happening
from metrics.alerts.words import Message
from metrics.hours import DAYS, Hours, minute_of
from metrics.need import Targets
from tests.unit.floor_rows import facts

BERLIN = "Europe/Berlin"
MINUTE = 60_000
WORKDAYS = DAYS[:5]
OFFICE = {"active_days": list(WORKDAYS), "active_from": "08:00", "active_until": "18:00", "active_zone": BERLIN}
PROMISES = Promises(Targets(wait_seconds=60))


def at(text: str, zone: str = BERLIN, *, fold: int = 0) -> int:
    """A moment by the clock of a place, in ms."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp() * 1000)


def hours(days: tuple[str, ...], start: str, end: str, zone: str = BERLIN) -> Hours:
    return Hours(days, minute_of(start), minute_of(end), zone)


@pytest.mark.parametrize(
    ("moment", "is_on"),
    [
        ("2026-11-23T07:59", False),  # a Monday
        ("2026-11-23T08:00", True),
        ("2026-11-23T17:59", True),
        ("2026-11-23T18:00", False),
        ("2026-11-28T12:00", False),  # a Saturday
    ],
)
def test_hours_hold_from_their_first_minute_to_before_their_last(moment: str, is_on: bool) -> None:
    assert hours(WORKDAYS, "08:00", "18:00").is_on(at(moment)) is is_on


def test_night_belongs_to_the_day_on_which_it_begins() -> None:
    night = hours(("fri",), "22:00", "06:00")

    assert night.period(at("2026-11-28T05:59")) == (at("2026-11-27T22:00"), at("2026-11-28T06:00"))
    assert not night.is_on(at("2026-11-27T05:59"))
    assert night.next_start_ms(at("2026-11-28T06:00")) == at("2026-12-04T22:00")


def test_days_that_touch_are_one_period() -> None:
    weekend = hours(("sat", "sun"), "00:00", "24:00")

    assert weekend.period(at("2026-11-29T12:00")) == (at("2026-11-28T00:00"), at("2026-11-30T00:00"))
    assert hours(DAYS, "08:00", "08:00").is_on(at("2026-11-29T03:00"))


def test_day_on_which_clocks_are_put_forward_is_an_hour_shorter() -> None:
    sunday, night = hours(("sun",), "00:00", "24:00"), hours(("sat",), "22:00", "06:00")

    assert sunday.period(at("2026-03-29T12:00")) == (at("2026-03-29T00:00"), at("2026-03-30T00:00"))
    assert at("2026-03-30T00:00") - at("2026-03-29T00:00") == 23 * 60 * MINUTE
    start, end = night.period(at("2026-03-29T01:00")) or (0, 0)
    assert end - start == 7 * 60 * MINUTE


def test_time_that_the_clock_skips_is_as_much_later() -> None:
    skipped = hours(("sun",), "02:15", "02:45")

    assert skipped.period(at("2026-03-29T03:20")) == (at("2026-03-29T03:15"), at("2026-03-29T03:45"))
    assert skipped.period(at("2026-04-05T02:20")) == (at("2026-04-05T02:15"), at("2026-04-05T02:45"))


def test_time_that_comes_twice_begins_with_the_first_and_ends_with_the_second() -> None:
    start, end = hours(("sun",), "02:15", "02:45").period(at("2026-10-25T02:30")) or (0, 0)

    assert (start, end) == (at("2026-10-25T02:15"), at("2026-10-25T02:45", fold=1))
    assert end - start == 90 * MINUTE


@given(
    st.sets(st.sampled_from(DAYS), min_size=1),
    st.integers(0, 1439),
    st.integers(0, 1440),
    st.sampled_from([BERLIN, "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
    st.integers(at("2026-01-01T00:00"), at("2027-01-01T00:00")),
)
def test_period_begins_and_ends_where_the_hours_do(days: set[str], start: int, end: int, zone: str, now_ms: int) -> None:
    some = Hours(tuple(day for day in DAYS if day in days), start, end, zone)

    period = some.period(now_ms)
    if period is None:
        next_ms = some.next_start_ms(now_ms)
        assert next_ms > now_ms
        assert some.is_on(next_ms) and not some.is_on(next_ms - 1)
    else:
        assert period[0] <= now_ms < period[1]
        assert period[1] - period[0] > 7 * 1440 * MINUTE or some.period(period[0]) == period


@pytest.mark.parametrize("text", ["8:00", "08:60", "24:01", "25:00", "0800", "", "08:0x", "٠٨:٠٠"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=".*"):
        minute_of(text)


# What rules do with them


def made(**fields: Any) -> Rule:
    return rule_from({"name": "r", **OFFICE, **fields}, rule_id="r")


def told(found: list[Happening]) -> list[tuple[str, int, bool]]:
    return [(str(one.step.kind), one.step.at_ms, one.step.is_told) for each in found for one in each.told]


def waiting(key: int, since_ms: int) -> dict[str, Any]:
    return facts(key, state="waiting", escalated_ms=since_ms, started_ms=since_ms, escalation_queue="Cards")


def test_source_that_rests_at_night_is_silent_from_the_morning_on_only() -> None:
    evaluator = Evaluator([made(kind="silent_source", at_risk=1800)], promises=PROMISES)
    evaluator.hear_source("web", at("2026-11-23T17:55"), at("2026-11-23T17:55"))

    night = evaluator.advance(at("2026-11-24T08:29"))
    morning = evaluator.advance(at("2026-11-24T09:00"))

    assert night == []
    assert told(morning) == [("fired", at("2026-11-24T08:30"), True)]
    assert morning[0].told[0].reason.startswith(f"nothing has come since {{{at('2026-11-23T17:55')}}}")


def test_source_that_rests_at_the_weekend_is_watched_on_monday_also_by_a_server_that_began_on_sunday() -> None:
    evaluator = Evaluator([made(kind="silent_source", at_risk=1800)], promises=PROMISES)

    evaluator.hear_source("web", at("2026-11-27T17:50"), at("2026-11-29T20:00"))

    assert told(evaluator.advance(at("2026-11-30T12:00"))) == [("fired", at("2026-11-30T08:30"), True)]


def test_silence_over_the_day_on_which_clocks_are_put_forward_counts_from_the_new_time() -> None:
    rule = made(kind="silent_source", at_risk=1800, active_days=["sat", "sun"])
    evaluator = Evaluator([rule], promises=PROMISES)
    evaluator.hear_source("web", at("2026-03-28T17:59"), at("2026-03-28T17:59"))

    found = evaluator.advance(at("2026-03-29T12:00"))

    assert told(found) == [("fired", at("2026-03-29T08:30"), True)]
    assert at("2026-03-29T08:30") - at("2026-03-28T17:59") == (13 * 60 + 31) * MINUTE  # an hour less than the clocks show


def test_what_stands_when_the_hours_end_is_over_and_nobody_is_told() -> None:
    evaluator = Evaluator([made(kind="wait", at_risk=60)], promises=PROMISES)
    evaluator.see(1, waiting(1, at("2026-11-23T17:50")), at("2026-11-23T17:50"))

    found = evaluator.advance(at("2026-11-23T19:00"))

    assert told(found) == [("fired", at("2026-11-23T17:51"), True), ("resolved", at("2026-11-23T18:00"), False)]
    assert found[-1].told[-1].reason == "outside its hours"


def test_customer_who_still_waits_when_the_hours_begin_is_told_of_at_once() -> None:
    evaluator = Evaluator([made(kind="wait", at_risk=60)], promises=PROMISES)
    evaluator.see(1, waiting(1, at("2026-11-24T07:30")), at("2026-11-24T07:30"))
    evaluator.see(2, waiting(2, at("2026-11-24T07:30")), at("2026-11-24T07:30"))
    evaluator.see(2, waiting(2, at("2026-11-24T07:30")) | {"state": "with_agent"}, at("2026-11-24T07:40"))

    found = evaluator.advance(at("2026-11-24T08:00"))

    assert told(found) == [("fired", at("2026-11-24T08:00"), True)]
    assert evaluator.num_watched == 1


def test_backlog_is_looked_at_when_the_hours_begin_as_it_is_then() -> None:
    evaluator = Evaluator([made(kind="backlog", at_risk=2)], promises=PROMISES)
    for key in (1, 2, 3):
        evaluator.see(key, waiting(key, at("2026-11-24T07:30")), at("2026-11-24T07:30"))
    quiet = evaluator.settle(at("2026-11-24T07:30"))
    evaluator.see(3, None, at("2026-11-24T07:50"))
    quiet += evaluator.settle(at("2026-11-24T07:50"))

    found = evaluator.advance(at("2026-11-24T08:00"))

    assert quiet == []
    assert [one.reason for each in found for one in each.told] == ["2 were waiting in Cards; the level is 2"]


def test_words_are_heard_at_their_own_time_and_stand_until_the_conversation_closes() -> None:
    evaluator = Evaluator([made(kind="words", words=["refund"])], promises=PROMISES)
    early, late = (
        Message(number, 1, at(moment), "customer", "refund")
        for number, moment in enumerate(["2026-11-24T07:59", "2026-11-24T17:59"])
    )

    found = evaluator.hear(facts(1), [early, late], at("2026-11-24T17:59"))
    found += evaluator.advance(at("2026-11-25T12:00"))

    assert [one.subject.key for one in found] == ["message:1"]
    assert told(found) == [("fired", at("2026-11-24T17:59"), True)]


def test_resolved_by_hand_is_told_of_again_when_the_next_hours_begin() -> None:
    evaluator = Evaluator([made(kind="silent_source", at_risk=1800)], promises=PROMISES)
    evaluator.hear_source("web", at("2026-11-23T16:00"), at("2026-11-23T16:00"))
    evaluator.advance(at("2026-11-23T17:00"))

    evaluator.resolve(("r", "source:web"), at("2026-11-23T17:30"), "Kim")

    assert told(evaluator.advance(at("2026-11-24T12:00"))) == [("fired", at("2026-11-24T08:30"), True)]
