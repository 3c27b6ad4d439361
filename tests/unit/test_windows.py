"""Windows and buckets in zones with summer time, off the hour, and off the half hour."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.windows import (
    HOUR_MS,
    Grain,
    Window,
    WindowError,
    buckets,
    buckets_of,
    offsets,
    parse_moment,
    parse_window,
    runs_of,
    spread,
    window_of_bucket,
)
from tests.conversation_rows import at

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
]


def keys(moments, grain, zone):
    found = buckets(np.array([at(moment) for moment in moments], dtype=np.int64), grain, zone)
    return [found.label(int(code)) for code in found.codes]


@pytest.mark.parametrize(
    ("grain", "key"),
    [(Grain.HOUR, "2026-11-22T14:00-05:00"), (Grain.DAY, "2026-11-22"), (Grain.WEEK, "2026-W47"), (Grain.MONTH, "2026-11")],
)
def test_bucket_keys_are_those_of_the_zone(grain, key):
    assert keys(["2026-11-22T14:59:59.999-05:00"], grain, "America/New_York") == [key]


def test_week_belongs_to_the_year_of_its_thursday():
    assert keys(["2027-01-03T23:00Z", "2027-01-04T00:00Z"], Grain.WEEK, "UTC") == ["2026-W53", "2027-W01"]


def test_hour_that_comes_twice_is_two_buckets_in_order_of_time():
    found = buckets(np.array([at("2026-11-01T05:30Z"), at("2026-11-01T06:30Z")], dtype=np.int64), Grain.HOUR, "America/New_York")

    assert [found.label(int(code)) for code in found.codes] == ["2026-11-01T01:00-04:00", "2026-11-01T01:00-05:00"]
    assert found.codes[0] < found.codes[1]


@pytest.mark.parametrize(
    ("day", "after", "hours"),
    [("2026-03-08", "2026-03-09", 23), ("2026-11-01", "2026-11-02", 25), ("2026-06-01", "2026-06-02", 24)],
)
def test_day_has_the_hours_its_zone_gives_it(day, after, hours):
    window = parse_window(day, after, "America/New_York")

    assert window.end_ms - window.start_ms == hours * HOUR_MS
    assert len(buckets_of(window, Grain.HOUR, "America/New_York")) == hours
    assert buckets_of(window, Grain.DAY, "America/New_York") == [day]


def test_hours_of_zones_off_the_hour_are_those_of_their_clocks():
    assert keys(["2026-03-02T12:29:59Z", "2026-03-02T12:30:00Z"], Grain.HOUR, "Asia/Kolkata") == [
        "2026-03-02T17:00+05:30",
        "2026-03-02T18:00+05:30",
    ]
    assert keys(["2026-03-02T18:15Z"], Grain.DAY, "Asia/Kathmandu") == ["2026-03-03"]


@given(
    moment=st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2099, 12, 31)),  # noqa: DTZ001
    zone=st.sampled_from(ZONES),
)
def test_offset_is_the_one_python_knows(moment, zone):
    moment = moment.replace(tzinfo=UTC, microsecond=0)
    at_ms = int(moment.timestamp()) * 1000

    found = offsets(np.array([at_ms], dtype=np.int64), zone)

    assert timedelta(milliseconds=int(found[0])) == moment.astimezone(ZoneInfo(zone)).utcoffset()


def test_time_without_an_offset_is_meant_in_the_zone():
    assert parse_moment("2026-03-02T09:00", "Europe/Berlin") == at("2026-03-02T09:00+01:00")
    assert parse_moment("2026-03-02T09:00Z", "Europe/Berlin") == at("2026-03-02T09:00Z")
    assert parse_moment("2026-03-02", "Europe/Berlin") == at("2026-03-02T00:00+01:00")


def test_time_that_comes_twice_is_the_first_and_skipped_midnight_is_the_first_moment_of_its_day():
    assert parse_moment("2026-11-01T01:30", "America/New_York") == at("2026-11-01T01:30-04:00")
    assert parse_moment("2026-09-06", "America/Santiago") == at("2026-09-06T01:00-03:00")


def test_the_window_before_is_as_long_and_touches_it():
    assert Window(1000, 3000).before() == Window(-1000, 1000)
    assert Window(None, 3000).before() is None


@pytest.mark.parametrize(
    ("start", "end", "zone"),
    [
        ("soon", None, "UTC"),
        ("2026-13-01", None, "UTC"),
        (None, None, "Mars/Base"),
        ("2026-03-02", "2026-03-01", "UTC"),
        (None, None, "../etc"),
    ],
)
def test_what_cannot_be_read_as_a_window_is_refused(start, end, zone):
    with pytest.raises(WindowError):
        parse_window(start, end, zone)


@settings(deadline=None)  # the first question about a zone works out its clocks of fifty years
@given(
    st.lists(st.integers(min_value=at("1969-12-30T00:00Z"), max_value=at("2027-02-01T00:00Z")), min_size=1, max_size=60),
    st.sampled_from([*ZONES, "America/St_Johns", "Africa/Monrovia"]),
    st.sampled_from(list(Grain)),
)
def test_runs_ahead_put_each_moment_into_the_bucket_it_is_in(moments, zone, grain):
    ordered = np.sort(np.array(moments, dtype=np.int64))

    runs = runs_of(int(ordered[0]), int(ordered[-1]), grain, zone)

    if runs is not None:
        starts, found = runs
        codes = spread(found.codes, starts, ordered)
        assert codes.tolist() == buckets(ordered, grain, zone).codes.tolist()


@pytest.mark.parametrize(
    ("first", "last", "zone", "is_known"),
    [
        ("2023-01-01T00:00Z", "2026-11-25T00:00Z", "America/New_York", True),
        ("2023-01-01T00:00Z", "2026-11-25T00:00Z", "America/St_Johns", True),
        ("2005-01-01T00:00Z", "2005-12-25T00:00Z", "America/St_Johns", False),  # a minute past midnight, then
        ("2023-01-01T00:00Z", "9023-01-01T00:00Z", "UTC", False),
    ],
)
def test_runs_are_known_ahead_where_clocks_change_at_the_quarter_hour(first, last, zone, is_known):
    assert (runs_of(at(first), at(last), Grain.DAY, zone) is not None) is is_known


@pytest.mark.parametrize(
    ("key", "zone", "start", "end"),
    [
        ("2026-10", "Europe/Berlin", "2026-09-30T22:00Z", "2026-10-31T23:00Z"),
        ("2026-W44", "Europe/Berlin", "2026-10-25T23:00Z", "2026-11-01T23:00Z"),
        ("2026-10-25", "Europe/Berlin", "2026-10-24T22:00Z", "2026-10-25T23:00Z"),
        ("2026-03-29", "Europe/Berlin", "2026-03-28T23:00Z", "2026-03-29T22:00Z"),
        ("2026-10-25T02:00+02:00", "Europe/Berlin", "2026-10-25T00:00Z", "2026-10-25T01:00Z"),
        ("2026-10-25T02:00+01:00", "Europe/Berlin", "2026-10-25T01:00Z", "2026-10-25T02:00Z"),
        ("2026-04-05T01:00+10:30", "Australia/Lord_Howe", "2026-04-04T15:00Z", "2026-04-04T15:30Z"),
        ("2026-11-22", "Asia/Kathmandu", "2026-11-21T18:15Z", "2026-11-22T18:15Z"),
    ],
)
def test_bucket_of_a_key_is_the_span_that_has_it(key, zone, start, end):
    assert window_of_bucket(key, zone) == Window(at(start), at(end))


@pytest.mark.parametrize("key", ["", "x", "2026-13", "2026-W60", "2026-10-25T02:00", "2026-10-25T02:30+01:00", "22 Nov"])
def test_key_of_no_bucket_is_refused(key):
    with pytest.raises(WindowError):
        window_of_bucket(key, "Europe/Berlin")


def test_windows_that_do_not_touch_have_nothing_in_common():
    assert Window(1, 5).within(Window(3, None)) == Window(3, 5)
    assert Window().within(Window(3, 4)) == Window(3, 4)
    nothing = Window(1, 2).within(Window(5, 9))
    assert nothing.start_ms == nothing.end_ms
