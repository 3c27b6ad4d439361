"""Wilson's and Newcombe's intervals against published figures."""

import pytest

from metrics.intervals import newcombe, wilson


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 5, 0, 43.45), (9, 10, 59.58, 98.21), (50, 100, 40.38, 59.62), (780, 1000, 75.33, 80.46)],
)
def test_wilson_interval_is_the_published_one(hits, of, low, high):
    found = wilson(hits, of)

    assert found is not None
    assert [round(100 * end, 2) for end in found] == [low, high]


def test_share_of_nothing_has_no_interval():
    assert wilson(0, 0) is None
    assert newcombe(0, 0, 1, 2) is None
    assert newcombe(1, 2, 0, 0) is None


@pytest.mark.parametrize("of", [1, 2, 3, 7, 1000])
def test_wilson_interval_stays_between_0_and_1_and_holds_the_share(of):
    for hits in range(of + 1):
        low, high = wilson(hits, of)

        assert 0 <= low <= hits / of <= high <= 1


@pytest.mark.parametrize(
    ("now", "before", "low", "high"),
    [((62, 100), (50, 100), -1.72, 25.10), ((620, 1000), (500, 1000), 7.66, 16.28)],
)
def test_newcombe_interval_of_a_change_is_the_published_one(now, before, low, high):
    found = newcombe(*now, *before)

    assert found is not None
    assert [round(100 * end, 2) for end in found] == [low, high]
