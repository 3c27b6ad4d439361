"""Words that name surveys, and the figures of a kind by themselves: the net promoter score with its interval."""

from __future__ import annotations

from math import comb

import pytest

from metrics.surveys.figures import FIGURES, Nps, SurveyTotals
from metrics.surveys.meant import SurveyedError, parse_surveyed, say_surveyed
from store.surveys.records import BOUNDS, SurveyKind


@pytest.mark.parametrize(
    "text", ["", "stars", "csat:", "csat:4-5", "nps:0-6:Pulse", "prr:yes", "ces:comment", "csat:unanswered:"]
)
def test_words_for_surveys_are_read_or_refused(text: str) -> None:
    if text in ("", "stars"):
        with pytest.raises(SurveyedError):
            parse_surveyed(text)
    else:
        assert parse_surveyed(text).kind == text[:4].rstrip(":")


@pytest.mark.parametrize("text", ["csat:0-5", "csat:5-4", "csat:6", "csat:-1-2", "nps:11", "prr:maybe", "csat:4-x", "csat:loved"])
def test_answers_that_a_survey_does_not_have_are_refused(text: str) -> None:
    with pytest.raises(SurveyedError, match="of this survey"):
        parse_surveyed(text)


@pytest.mark.parametrize("kind", SurveyKind)
def test_what_is_said_of_surveys_is_read_back(kind: SurveyKind) -> None:
    least, most = BOUNDS[kind]

    assert parse_surveyed(say_surveyed(kind, (most, most), "Bob: 4-5")).asked_by == "Bob: 4-5"
    assert parse_surveyed(say_surveyed(kind, (least, least))).low_micro == least * 1_000_000


# The net promoter score's interval


def test_score_is_promoters_less_detractors_and_its_interval_holds_it() -> None:
    found = Nps(promoters=50, detractors=20, n=100)
    low, high = found.interval or (9, 9)

    assert found.value == pytest.approx(0.3)
    assert (round(low, 3), round(high, 3)) == (0.139, 0.442)
    assert Nps().value is None and Nps().interval is None


@pytest.mark.parametrize("n", [5, 12, 30])
@pytest.mark.parametrize(("promoters", "detractors"), [(0.5, 0.2), (0.9, 0.02), (0.3, 0.3), (0.5, 0.5), (0.05, 0.8), (0.4, 0.6)])
def test_interval_holds_the_true_score_as_often_as_it_says(n: int, promoters: float, detractors: float) -> None:
    """Every sample of n answers there can be, with its exact probability."""
    held = 0.0
    for more in range(n + 1):
        for less in range(n + 1 - more):
            rest = n - more - less
            weight = comb(n, more) * comb(n - more, less) * promoters**more * detractors**less
            weight *= max(0.0, 1 - promoters - detractors) ** rest
            interval = Nps(more, less, n).interval
            assert interval is not None and -1 <= interval[0] <= interval[1] <= 1
            held += weight * (interval[0] - 1e-9 <= promoters - detractors <= interval[1] + 1e-9)

    assert held > 0.93


def test_change_is_sure_only_where_its_interval_leaves_out_zero() -> None:
    assert (Nps(60, 10, 100).change_interval(Nps(30, 40, 100)) or (0, 0))[0] > 0
    low, high = Nps(6, 1, 10).change_interval(Nps(5, 2, 10)) or (0, 0)
    assert low < 0 < high


@pytest.mark.parametrize("kind", SurveyKind)
def test_every_figure_of_a_kind_can_be_asked_of_it(kind: SurveyKind) -> None:
    least, most = BOUNDS[kind]
    full = SurveyTotals(kind, 10, (1,) * (most - least + 1), 1_000_000)

    for key, bounds in FIGURES[kind].items():
        assert getattr(full, key).value is not None
        assert bounds is None or full.between(bounds) > 0
