"""What is added up by group is the same however the groups are told: row by row, as runs, in figures of any width."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import groups as module
from metrics.groups import Groups, Runs

LARGE = 2**40


@st.composite
def grouped_values(draw):
    """Lengths of groups, some of them empty, and a value for each row, all small or some too large for half the width."""
    lengths = draw(st.lists(st.integers(0, 6), min_size=1, max_size=8))
    most = draw(st.sampled_from((5, 2**31 - 1, LARGE)))
    values = draw(st.lists(st.integers(0, most), min_size=sum(lengths), max_size=sum(lengths)))
    return lengths, np.array(values, dtype=np.int64)


def both(lengths):
    """The same groups, told row by row and as runs."""
    numbers = np.repeat(np.arange(len(lengths)), lengths)
    return Groups(numbers, len(lengths)), Runs(np.append(0, np.cumsum(lengths)))


def parts_of(lengths, values):
    ends = np.cumsum(lengths).tolist()
    return [values[end - length : end].tolist() for end, length in zip(ends, lengths, strict=True)]


@pytest.fixture(params=(0, 1_000), ids=("long runs", "short runs"), autouse=True)
def _short_run(request, monkeypatch):
    monkeypatch.setattr(module, "SHORT_RUN", request.param)


@given(grouped_values())
def test_sums_and_counts_are_those_of_each_part(drawn):
    lengths, values = drawn
    parts = parts_of(lengths, values)
    for groups in both(lengths):
        assert groups.lengths().tolist() == lengths
        assert groups.sums(values).tolist() == [sum(part) for part in parts]
        assert groups.counted(values % 2 == 1).tolist() == [sum(value % 2 for value in part) for part in parts]
        codes = groups.by_code((values % 3).astype(np.uint8), 3)
        assert codes.tolist() == [[[value % 3 for value in part].count(code) for code in range(3)] for part in parts]


@given(grouped_values())
def test_quantiles_are_those_of_each_part(drawn):
    lengths, values = drawn
    for groups in both(lengths):
        found = zip(*(part.tolist() for part in groups.quantiles(values)), strict=True)
        for part, (length, total, median_x2, p90_x10, largest) in zip(parts_of(lengths, values), found, strict=True):
            assert (length, total) == (len(part), sum(part))
            if part:
                assert largest == max(part)
                assert median_x2 / 2 == pytest.approx(np.quantile(part, 0.5), rel=1e-12)
                assert p90_x10 / 10 == pytest.approx(np.quantile(part, 0.9), rel=1e-12)


@given(grouped_values(), st.integers(2, 5))
def test_rows_that_are_picked_out_stay_in_their_groups(drawn, step):
    lengths, values = drawn
    places = np.arange(0, len(values), step)
    expected = Groups(np.repeat(np.arange(len(lengths)), lengths)[places], len(lengths))
    for groups in both(lengths):
        assert groups.at(places).lengths().tolist() == expected.lengths().tolist()
        assert groups.at(places).sums(values[places]).tolist() == expected.sums(values[places]).tolist()
