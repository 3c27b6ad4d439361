"""Sources that are at work at some hours only: at rest otherwise, on the floor and for alerts."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from live.silence import source_payloads
from metrics.alerts.checking import rule_from
from metrics.alerts.evaluation import Evaluator
from metrics.alerts.promises import Promises
from metrics.alerts.rules import Rule
from metrics.alerts.watchlist import Happening
from metrics.hours import Hours, clock_of, minute_of
from metrics.need import Band
from metrics.silence import Silence

ZONE = ZoneInfo("Europe/Berlin")
OFFICE = Hours(("mon", "tue", "wed", "thu", "fri"), minute_of("08:00"), minute_of("20:00"), "Europe/Berlin")
SILENCE = Silence(300, hours_by_source={"web": OFFICE})


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


def told(source: str, event: str, now: str) -> dict[str, object]:
    row = {"name": source, "last_event_ms": at(event), "last_seen_ms": at(event), "is_simulated": False}
    (payload,) = source_payloads(SILENCE, [row], at(now))
    return payload


def test_source_is_at_rest_outside_its_hours_until_they_begin_again() -> None:
    payload = told("web", "2026-11-27T19:58", "2026-11-28T03:00")  # a Saturday

    assert (payload["late_ms"], payload["lost_ms"]) == (None, None)
    assert payload["rests_until_ms"] == at("2026-11-30T08:00")
    assert payload["last_event_ms"] == at("2026-11-27T19:58")


def test_silence_counts_from_the_beginning_of_the_hours() -> None:
    payload = told("web", "2026-11-27T19:58", "2026-11-30T08:04")

    assert (payload["silent_since_ms"], payload["late_ms"], payload["rests_until_ms"]) == (at("2026-11-30T08:00"), 300_000, None)


def test_what_came_after_the_hours_began_is_what_silence_counts_from() -> None:
    assert told("web", "2026-11-30T08:03", "2026-11-30T08:04")["silent_since_ms"] == at("2026-11-30T08:03")


def test_a_source_without_hours_never_rests() -> None:
    payload = told("phone", "2026-11-27T19:58", "2026-11-28T03:00")

    assert (payload["rests_until_ms"], payload["late_ms"]) == (None, 300_000)


@pytest.mark.parametrize(
    ("now", "band"),
    [
        ("2026-11-30T07:59", Band.NORMAL),
        ("2026-11-30T08:04", Band.NORMAL),
        ("2026-11-30T08:05", Band.AT_RISK),
        ("2026-11-30T08:15", Band.CRITICAL),
        ("2026-11-30T20:00", Band.NORMAL),
    ],
)
def test_band_follows_the_hours(now: str, band: Band) -> None:
    event_ms = at("2026-11-27T19:58")

    assert SILENCE.heard("web", last_event_ms=event_ms, last_seen_ms=event_ms, now_ms=at(now)).band(at(now)) is band


def kinds(found: list[Happening]) -> list[tuple[str, int, bool]]:
    return [(str(one.step.kind), one.step.at_ms, one.step.is_told) for each in found for one in each.told]


def silent(**fields: object) -> Rule:
    return rule_from({"name": "Silent", "kind": "silent_source", **fields}, rule_id="silent")


def test_rule_about_silence_that_names_no_hours_rests_with_the_source() -> None:
    evaluator = Evaluator([silent()], promises=Promises(silence=SILENCE))
    for source in ("web", "phone"):
        evaluator.hear_source(source, at("2026-11-23T19:57"), at("2026-11-23T19:57"))

    night = evaluator.advance(at("2026-11-24T08:00"))
    morning = evaluator.advance(at("2026-11-24T08:06"))

    assert [happening.subject.key for happening in night if happening.told] == ["source:phone", "source:phone"]
    assert kinds(morning) == [("fired", at("2026-11-24T08:05"), True)]
    assert morning[0].subject.key == "source:web"


def test_alert_about_a_source_is_over_when_its_hours_end_and_nobody_is_told() -> None:
    evaluator = Evaluator([silent()], promises=Promises(silence=SILENCE))
    evaluator.hear_source("web", at("2026-11-23T19:50"), at("2026-11-23T19:50"))

    found = evaluator.advance(at("2026-11-23T21:00"))

    assert kinds(found) == [("fired", at("2026-11-23T19:55"), True), ("resolved", at("2026-11-23T20:00"), False)]
    assert found[-1].told[-1].reason == "outside its hours"


def test_hours_of_the_rule_itself_come_first() -> None:
    own = silent(active_from="18:00", active_until="24:00", active_zone="Europe/Berlin")

    assert Promises(silence=SILENCE).rule_for(own, "web") is own


@pytest.mark.parametrize("text", ["00:00", "08:05", "23:59", "24:00"])
def test_a_minute_of_the_day_and_its_clock_are_one(text: str) -> None:
    assert clock_of(minute_of(text)) == text
