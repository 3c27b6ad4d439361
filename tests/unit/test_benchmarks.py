"""The benchmarks' own arithmetic: bounds, ratios, quantiles, and that what is loaded is what it says."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.benchmarks import word_salad
from tests.benchmarks.alerting import sheet as alerting_sheet
from tests.benchmarks.figures import Figure, Sheet, at_least, at_most, format_number, median_ratio, missed, quantile
from tests.benchmarks.history.against_duckdb import Raced
from tests.benchmarks.history.table import READING_AHEAD, Asked
from tests.benchmarks.history.table import sheet as history_sheet
from tests.benchmarks.loading import Run, measure_hard_cases
from tests.benchmarks.loading import sheet as loading_sheet
from tests.benchmarks.rerunning import sheet as rerunning_sheet
from tests.benchmarks.server import clean_environment
from tests.benchmarks.starting import sheet as starting_sheet
from tests.benchmarks.timing import Took
from tests.benchmarks.watching import Delay
from tests.benchmarks.watching import sheet as watching_sheet
from tests.benchmarks.word_salad import made_up, write_folder

SHARE, GAIN = "speed in one process, of the limit", "speed with two processes, of that in one"
LONGEST = "longest write transaction, of all rounds and hard cases"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def run(seconds: float, *, longest: float = 0.03) -> Run:
    return Run(
        load=Took(seconds, seconds / 2),
        settling=Took(0.1, 0.1),
        transactions=[0.01, 0.02, longest],
        longest_seconds=longest,
        num_activities=1_000,
        num_bytes=400_000,
    )


def verdicts(sheet: Sheet) -> dict[str, str]:
    return {figure.name: figure.verdict for figure in sheet.figures if figure.bound is not None}


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        (Figure("a", 50.0, "ms", at_most(50)), "holds"),
        (Figure("a", 50.1, "ms", at_most(50)), "MISSED"),
        (Figure("a", 0.5, "", at_least(0.5)), "holds"),
        (Figure("a", 0.49, "", at_least(0.5)), "MISSED"),
        (Figure("a", math.nan, "", at_least(0.5)), "MISSED"),
        (Figure("a", math.nan, "", at_most(0.5)), "MISSED"),
        (Figure("a", 1e9, "ms"), ""),
    ],
)
def test_a_bound_holds_up_to_the_limit_itself(figure: Figure, verdict: str) -> None:
    assert figure.verdict == verdict


def test_what_is_missed_says_which_bound_and_by_how_much() -> None:
    good, bad = Figure("median", 20, "ms", at_most(25)), Figure("worst", 612.4, "ms", at_most(500))

    assert missed([Sheet("Rerun", [good]), Sheet("Browser", [bad, Figure("free", 1, "s")])]) == [
        "Browser: worst is 612 ms, bound ≤ 500"
    ]


def test_ratios_are_taken_within_a_round() -> None:
    """The machine was three times slower in the second round: its ratio is the same."""
    assert median_ratio([2.0, 6.0, 2.4], [4.0, 12.0, 4.0]) == 0.5


def test_rounds_without_a_partner_are_not_compared() -> None:
    with pytest.raises(ValueError, match="shorter"):
        median_ratio([1.0, 2.0], [1.0])


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_a_quantile_is_one_of_the_values(share: float, value: int) -> None:
    assert quantile(list(range(100, 0, -1)), share) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.456, "0.46"), (0.5, "0.5"), (12.34, "12.3"), (25, "25"), (300, "300"), (11_562.4, "11,562"), (math.nan, "–")],
)
def test_numbers_are_written_with_the_figures_that_mean_something(value: float, text: str) -> None:
    assert format_number(value) == text


def test_loading_is_held_to_its_share_of_the_sum_of_its_parts_and_two_processes_to_theirs_of_one() -> None:
    parts = [
        {"parse": Took(0.5, 0.5), "insert": Took(1.5, 1.5)},
        {"parse": Took(1.0, 1.0), "insert": Took(3.0, 3.0)},
    ]

    rest = {"num_unnamed": 1_000, "detected": [run(5), run(9)]}
    slow = loading_sheet(1_000, [run(4.0), run(8.0)], parts, paired=[run(3.0), run(6.0)], **rest)
    quick = loading_sheet(1_000, [run(3.0), run(6.0)], parts, paired=[run(2.0), run(4.0)], **rest)

    assert slow.figures[0].value == pytest.approx(0.5)
    assert slow.figures[1].value == pytest.approx(1.0)  # all of the parts' time is the processor's, half of the load's
    assert [verdicts(slow)[name] for name in (SHARE, GAIN)] == ["MISSED", "MISSED"]
    assert [verdicts(quick)[name] for name in (SHARE, GAIN)] == ["holds", "holds"]
    assert [row[0] for row in quick.rows][:3] == ["parse", "insert", "= unavoidable"]


def test_one_long_transaction_in_one_round_is_enough_to_miss() -> None:
    sheet = loading_sheet(
        1_000,
        [run(1), run(1, longest=0.051)],
        [{"all": Took(1.0, 1.0)}] * 2,
        paired=[run(1)] * 2,
        num_unnamed=1_000,
        detected=[run(1)] * 2,
    )

    assert verdicts(sheet)[LONGEST] == "MISSED"


def test_one_long_transaction_of_a_hard_case_is_enough_to_miss_and_is_told() -> None:
    sheet = loading_sheet(
        1_000,
        [run(1)],
        [{"all": Took(1.0, 1.0)}],
        paired=[run(1)],
        num_unnamed=1_000,
        detected=[run(1)],
        hard={"a long one": [0.01, 0.06]},
    )

    assert verdicts(sheet)[LONGEST] == "MISSED"
    assert "longest transaction of a long one: 60 ms" in sheet.notes


@pytest.mark.thorough
def test_settling_is_timed_and_so_are_the_hard_cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("LONG_MESSAGES", 30), ("SHARING", 4), ("REJECTS", 3)):
        monkeypatch.setattr(word_salad, name, size)

    found = measure_hard_cases(tmp_path, NOON)

    # Two loads and, after each, the days that are packed; of the records that cannot be read only the rejections.
    assert [len(seconds) >= least for seconds, least in zip(found.values(), (4, 4, 1), strict=True)] == [True] * 3


def test_an_event_is_timed_from_when_it_was_sent() -> None:
    quick, slow = Delay(from_sent=40, from_accepted=20, to_accepted=20), Delay(from_sent=501, from_accepted=20, to_accepted=481)

    sheet = watching_sheet([quick, quick, slow], [slow], 1_000)

    assert verdicts(sheet) == {"event sent → DOM, median": "holds", "event sent → DOM, worst of 3": "MISSED"}


def test_the_median_rerun_is_judged_and_not_the_worst() -> None:
    assert verdicts(rerunning_sheet([10.0, 11.0, 300.0], [60.0])) == {"rerun of the Live page, median": "holds"}


def test_the_worst_second_start_is_judged() -> None:
    sheet = starting_sheet(2.0, 12.0, [1.5, 8.2, 1.6], 6_000, 120_000)

    assert verdicts(sheet) == {
        "first start: history filled after": "holds",
        "conversations of that history": "holds",
        "second start answers after, worst of 3": "MISSED",
    }


def test_every_made_up_text_is_different_and_the_same_seed_makes_the_same() -> None:
    made = list(made_up(50, seed=1, until=NOON))
    texts = [item["text"] for _, activities in made for item in activities if item["type"] == "message"]

    assert len(set(texts)) == len(texts)
    assert 18 * 50 < len(texts) < 22 * 50
    assert made == list(made_up(50, seed=1, until=NOON))
    assert made != list(made_up(50, seed=2, until=NOON))


def test_a_folder_holds_as_many_messages_as_it_is_said_to(tmp_path: Path) -> None:
    num_messages = write_folder(tmp_path / "a", conversations=10, seed=1, until=NOON, locale=None)
    files = [json.loads(path.read_bytes()) for path in (tmp_path / "a").iterdir()]

    assert len(files) == 10
    assert num_messages == sum(item["type"] == "message" for items in files for item in items)
    assert not any("locale" in item for items in files for item in items)


def test_a_measured_server_knows_nothing_of_the_operators_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FLOORWALKER_DEMO", "STREAMLIT_SERVER_PORT", "MAKEFLAGS", "PORT"):
        monkeypatch.setenv(name, "1")

    environment = clean_environment()

    assert "PATH" in environment
    assert not {"FLOORWALKER_DEMO", "STREAMLIT_SERVER_PORT", "MAKEFLAGS", "PORT"} & set(environment)


@pytest.mark.parametrize(("slowest", "verdict"), [(1_000.0, "holds"), (1_001.0, "MISSED")])
def test_the_webhook_is_judged_by_what_nineteen_of_twenty_keep(slowest: float, verdict: str) -> None:
    delays = [20.0] * 94 + [slowest] * 6

    assert verdicts(alerting_sheet(delays)) == {"event accepted → webhook received, p95": verdict}


def asked(milliseconds: float, cut: str = "all of it") -> Asked:
    return Asked("Overview", cut, [Took(milliseconds / 1000, milliseconds / 1000)] * 5)


@pytest.mark.parametrize(
    ("recent", "whole", "duck", "broken"),
    [
        (13.0, 150.0, 0.1, set()),
        (13.1, 150.0, 0.1, {"the last 30 days, ten times the history, growth of views (median)"}),
        (13.0, 151.0, 0.1, {"Overview: 95 % within"}),
        (13.0, 401.0, 0.1, {"Overview: 95 % within", "slowest of all"}),
        (13.0, 150.0, 0.09, {"by day and bot, UTC: DuckDB's time ÷ ours"}),
    ],
)
def test_history_is_held_to_its_slowest_view_its_growth_and_duckdb(
    recent: float, whole: float, duck: float, broken: set[str]
) -> None:
    raced = Raced("UTC", [Took(0.1, 0.1)] * 3, [Took(duck, duck)] * 3, 4_714)

    first, ahead = {"all": Took(0.5, 0.4)}, {READING_AHEAD: Took(2.0, 2.0), "Overview": Took(0.4, 0.4)}
    found = history_sheet([asked(10.0)], [asked(recent)], [asked(whole)], [asked(whole)], first, ahead, {}, [raced], 600.0)

    assert {name for name, verdict in verdicts(found).items() if verdict == "MISSED"} == broken
