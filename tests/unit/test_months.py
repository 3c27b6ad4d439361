"""Months and days by the clock of a zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.bot_sessions.entitlement import Entitlement
from metrics.months import bounds_of, day_of, days_of, ends_of, month_after, month_of, month_window, months_between
from metrics.windows import WindowError
from store.routing.records import Licences
from tests.conversation_rows import at

ZONES = ("UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "Europe/Lisbon")


MOMENTS = st.integers(at("1990-01-02T00:00Z"), at("2099-12-30T00:00Z"))


@given(MOMENTS, st.sampled_from(ZONES))
def test_every_moment_lies_in_its_month_and_day(at_ms, zone):
    local = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone))

    start_ms, end_ms = ends_of(month_window(month_of(at_ms, zone), zone))

    assert month_of(at_ms, zone) == f"{local:%Y-%m}"
    assert day_of(at_ms, zone) in {day.isoformat() for day in days_of(month_of(at_ms, zone))}
    assert start_ms <= at_ms < end_ms


def test_days_of_a_month_have_23_24_and_25_hours():
    spans = {
        month: {after - before for before, after in zip(bounds, bounds[1:], strict=False)}
        for month in ("2026-03", "2026-10", "2026-07")
        if (bounds := bounds_of(days_of(month), "Europe/Lisbon"))
    }

    hours = {month: sorted(span // 3_600_000 for span in found) for month, found in spans.items()}
    assert hours == {"2026-03": [23, 24], "2026-10": [24, 25], "2026-07": [24]}


def test_months_go_from_the_first_to_the_last_the_latest_first():
    assert months_between(at("2025-11-30T23:59Z"), at("2026-02-01T00:00Z"), "UTC") == ["2026-02", "2026-01", "2025-12", "2025-11"]
    assert months_between(at("2026-02-01T00:00Z"), at("2026-02-01T00:00Z"), "America/New_York") == ["2026-01"]
    assert month_after("2025-12") == "2026-01"
    assert month_after("2026-01", -1) == "2025-12"


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-1", "0000-01", "2026-11-01", "soon"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(WindowError, match="is no month"):
        days_of(text)


def test_entitlement_is_that_of_the_last_holding_that_has_begun():
    held = Entitlement((Licences("2026-07", 120, 10), Licences("2026-01", 100)), per_licence=50, per_pack=100)

    months = ("2025-12", "2026-01", "2026-06", "2026-07", "2030-01")
    assert [held.sessions(month) for month in months] == [None, 5_000, 5_000, 7_000, 7_000]
    assert Entitlement((Licences("2026-01", 2, 3),), per_licence=7, per_pack=11).sessions("2026-01") == 2 * 7 + 3 * 11
    assert days_of("2026-02")[-1] == date(2026, 2, 28)
