"""Offsets and durations, in the spellings that speech services have."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.speech_timing import Timing, lowered, read_length_ms, read_timing, timing_of_words

DAY_MS = 86_400_000


@pytest.mark.parametrize(
    ("said", "timing"),
    [
        ({"offset": "PT0.04S", "duration": "PT2.18S"}, Timing(40, 2180)),
        ({"offset": "PT1M2.5S", "duration": "PT1H"}, Timing(62_500, 3_600_000)),
        ({"offset": "P1DT1H", "duration": "PT0S"}, Timing(DAY_MS + 3_600_000, 0)),
        ({"offsetInTicks": 400000.0, "durationInTicks": 21800000.0}, Timing(40, 2180)),
        ({"offset": 400000, "duration": 21800000}, Timing(40, 2180)),
        ({"Offset": 400000, "Duration": 21800000}, Timing(40, 2180)),
        ({"offsetMilliseconds": 40, "durationMilliseconds": 2180}, Timing(40, 2180)),
        ({"OffsetInSeconds": 0.04, "DurationInSeconds": 2.18}, Timing(40, 2180)),
        ({"offset": "00:00:00.0400000", "duration": "00:00:02.1800000"}, Timing(40, 2180)),
        ({"offset": "400000", "duration": "21800000"}, Timing(40, 2180)),
        ({"offset": "PT3S"}, Timing(3000, None)),
        ({"duration": "PT3S"}, Timing(None, 3000)),
        # The one that can be true is taken.
        ({"offsetInTicks": -1, "offset": "PT3S", "duration": "PT1S"}, Timing(3000, 1000)),
    ],
)
def test_timing_is_read_in_every_spelling(said, timing):
    assert read_timing(lowered(said)) == timing


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "",
        "P",
        "PT",
        "soon",
        "-PT1S",
        "PT-1S",
        [],
        {},
        -1,
        math.inf,
        math.nan,
        1e300,
        10**40,
        "P9999D",
        "1" * 50,
        "PT1S" * 30,
        "9e9999999",
        "9e999999",
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_cannot_be_a_time_within_a_call_is_none(value):
    assert read_timing({"offset": value, "duration": value}) is None


@pytest.mark.parametrize("value", ["9e9999999", "9e999999", "1e999998"])
def test_number_beyond_all_bounds_is_none_in_any_unit(value):
    assert read_timing({"offsetinseconds": value, "durationinticks": value, "offsetmilliseconds": value}) is None
    assert read_length_ms({"audiolengthinseconds": value}) is None


def test_both_ends_are_rounded_so_that_neighbours_still_touch():
    first = read_timing({"offsetinticks": 4_999, "durationinticks": 10_001})
    second = read_timing({"offsetinticks": 15_000, "durationinticks": 10_000})

    assert first is not None and second is not None
    assert first.end_ms == second.offset_ms


def test_words_stretch_from_the_first_to_the_end_of_the_last():
    words = [
        {"word": "b", "offset": 50_000_000, "duration": 10_000_000},
        None,
        {"word": "a", "Offset": "PT1S", "Duration": "PT0.5S"},
    ]

    assert timing_of_words(words) == Timing(1000, 5000)
    assert timing_of_words([{"word": "a"}]) is None
    assert timing_of_words("PT1S") is None


def test_length_of_a_recording_is_any_of_its_durations():
    assert read_length_ms({"durationticks": 74_800_000, "duration": "PT7.48S"}) == 7480
    assert read_length_ms({"audiolengthinseconds": 7.48}) == 7480


@given(st.integers(0, 6 * 24 * 3600 * 1000 * 10_000), st.integers(0, 10**10))
def test_ticks_as_numbers_and_as_iso_durations_are_the_same(offset, duration):
    def iso(ticks):
        return f"PT{ticks // 10_000_000}.{ticks % 10_000_000:07d}S"

    assert read_timing({"offset": iso(offset), "duration": iso(duration)}) == read_timing(
        {"offset": offset, "duration": duration}
    )
