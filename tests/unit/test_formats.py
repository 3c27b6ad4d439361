"""How buckets of time are called: no two of a trend alike."""

from __future__ import annotations

from pages.components.formats import buckets, one_bucket


def test_hour_that_comes_twice_says_how_far_it_is_from_utc() -> None:
    hours = ("2026-11-01T00:00-04:00", "2026-11-01T01:00-04:00", "2026-11-01T01:00-05:00", "2026-11-01T02:00-05:00")

    assert buckets(hours) == ["1 Nov 00:00", "1 Nov 01:00, UTC−04:00", "1 Nov 01:00, UTC−05:00", "1 Nov 02:00"]


def test_days_of_several_years_have_theirs() -> None:
    assert buckets(["2025-11-22", "2026-11-22"]) == ["22 Nov 2025", "22 Nov 2026"]
    assert buckets(["2026-11-21", "2026-11-22"]) == ["21 Nov", "22 Nov"]
    assert buckets(["2025-W52", "2026-W01"]) == ["week 52, 2025", "week 1, 2026"]
    assert buckets(["2025-11", "2026-11"]) == ["Nov 2025", "Nov 2026"]


def test_one_alone_is_told_whole() -> None:
    assert one_bucket("2026-11-01T01:00-04:00") == "1 Nov 2026 01:00, UTC−04:00"
    assert one_bucket("2026-11-22") == "22 Nov 2026"
    assert one_bucket("2026-W47") == "week 47, 2026"
