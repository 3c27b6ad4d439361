"""Conversations with known outcomes go in by files; every outcome, rate and time that comes out must be the known one."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.oracle import files
from tests.oracle.comparing import conversation_differences, report_differences
from tests.oracle.floor import Floor
from tests.oracle.reckoning import Question, report
from tests.oracle.truth import Truth
from tests.oracle.world import BOTS, compose, compose_open, compose_persistent, truths_of
from tests.oracle.zones import midnight_ms

SEED = 20_261
SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
REPORTS = ((), ("--by", "bot,channel,topic,hour", "--include-tests"))

CUTS = (
    ((), Question()),
    (("--include-tests",), Question(include_tests=True)),
    (("--by", "bot"), Question(by=("bot",))),
    (("--by", "queue,topic,bot"), Question(by=("queue", "topic", "bot"))),
    (("--by", "hour", "--tz", "Asia/Kathmandu"), Question(by=("hour",), zone="Asia/Kathmandu")),
    (("--by", "hour", "--tz", "America/New_York"), Question(by=("hour",), zone="America/New_York")),
    (("--by", "bot,hour", "--tz", "Europe/Berlin"), Question(by=("bot", "hour"), zone="Europe/Berlin")),
    (("--by", "day", "--tz", "Europe/Berlin"), Question(by=("day",), zone="Europe/Berlin")),
    (("--by", "day", "--tz", "Pacific/Auckland"), Question(by=("day",), zone="Pacific/Auckland")),
    (("--by", "day,channel", "--tz", "Australia/Lord_Howe"), Question(by=("day", "channel"), zone="Australia/Lord_Howe")),
    (("--by", "week,bot", "--tz", "America/New_York"), Question(by=("week", "bot"), zone="America/New_York")),
    (("--by", "month", "--tz", "Asia/Kolkata"), Question(by=("month",), zone="Asia/Kolkata")),
    (("--by", "bot,channel,month"), Question(by=("bot", "channel", "month"))),
    (("--bot", BOTS[0].name, "--by", "week"), Question(by=("week",), bot=BOTS[0].name)),
    (("--channel", "directline"), Question(channel="directline")),
)

# Some 100 runs of the command line on what is loaded once.
pytestmark = [pytest.mark.timeout(600), pytest.mark.server, pytest.mark.xdist_group("oracle")]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Floor, list[Truth]]:
    """1,200 conversations, loaded once for all questions."""
    floor = Floor(tmp_path_factory.mktemp("oracle"))
    composed = compose(SEED, 1_200)
    written = files.write(composed, floor.folder / "files", seed=SEED)

    printed = floor.load(floor.folder / "files")

    assert (printed["files"], printed["rejected"]) == (len(written), 0)
    assert printed["conversations"] >= len(composed)  # one that comes in several files may count with each
    return floor, truths_of(composed)


def told(lines: list[str]) -> str:
    """The first differences, and how many more there are, by scenario where that is known."""
    scenarios = Counter(line.split("[")[1].split("]")[0] for line in lines if "[" in line and "]" in line)
    return "\n".join([f"{len(lines)} differences", *lines[:40], *(f"{many} × {name}" for name, many in scenarios.most_common())])


def test_every_outcome_attribution_and_duration_agrees(loaded: tuple[Floor, list[Truth]]) -> None:
    floor, truths = loaded

    differences = conversation_differences(truths, floor.conversations("--include-tests"))

    assert not differences, told(differences)


def test_tests_are_exported_only_when_asked_for(loaded: tuple[Floor, list[Truth]]) -> None:
    floor, truths = loaded
    real = {truth.conversation_id for truth in truths if truth.is_bot and not truth.is_test}

    exported = {row["conversation_id"] for row in floor.conversations() if row["is_bot"] == "true"}

    assert exported == real


@pytest.mark.parametrize(("options", "question"), CUTS, ids=[" ".join(options) or "all" for options, _ in CUTS])
def test_every_rate_and_time_agrees(loaded: tuple[Floor, list[Truth]], options: tuple[str, ...], question: Question) -> None:
    floor, truths = loaded

    differences = report_differences(report(truths, question), floor.figures(*options), question.by)

    assert not differences, told(differences)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kathmandu", "Europe/Berlin"])
def test_window_is_half_open_and_in_the_stated_zone(loaded: tuple[Floor, list[Truth]], zone: str) -> None:
    floor, truths = loaded
    window = {"since_ms": midnight_ms("2025-01-01", zone), "until_ms": midnight_ms("2025-03-01", zone)}
    question = Question(by=("bot",), zone=zone, **window)

    printed = floor.figures("--by", "bot", "--tz", zone, "--from", "2025-01-01", "--to", "2025-03-01")

    differences = report_differences(report(truths, question), printed, question.by)
    assert not differences, told(differences)


def test_window_without_conversations_has_one_empty_object(loaded: tuple[Floor, list[Truth]]) -> None:
    floor, _ = loaded

    printed = floor.figures("--from", "2001-01-01", "--to", "2001-02-01")

    differences = report_differences(report([], Question()), printed, ())
    assert not differences, told(differences)


def test_missing_database_has_one_empty_object_and_no_groups(tmp_path: Path) -> None:
    floor = Floor(tmp_path)

    whole, groups = floor.figures(), floor.figures("--by", "bot")

    assert not report_differences(report([], Question()), whole, ())
    assert groups == []


def test_recount_finds_no_difference(loaded: tuple[Floor, list[Truth]]) -> None:
    floor, _ = loaded

    floor.check()


@pytest.mark.parametrize("outcome", ["resolved", "escalated", "abandoned", "other"])
def test_explain_names_the_outcome(loaded: tuple[Floor, list[Truth]], outcome: str) -> None:
    floor, truths = loaded
    truth = next(truth for truth in truths if truth.outcome == outcome and not truth.is_test)

    said = floor.run("metrics", "explain", truth.conversation_id)

    assert outcome in said.lower(), f"{truth.conversation_id} [{truth.scenario}]"


def test_silence_on_a_persistent_channel_begins_another_conversation(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    composed = compose_persistent(SEED, 60)
    files.write(composed, tmp_path / "files", seed=SEED)
    truths, question = truths_of(composed), Question(by=("day",))

    floor.load(tmp_path / "files")

    differences = conversation_differences(truths, floor.conversations("--include-tests"))
    differences += report_differences(report(truths, question), floor.figures("--by", "day"), question.by)
    assert not differences, told(differences)
    floor.check()


def test_open_conversation_counts_where_it_began_and_has_no_outcome(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    closed = compose(SEED + 1, 20)
    still_open = compose_open(SEED, 12, now_ms=time.time_ns() // 1_000_000)
    files.write(closed + still_open, tmp_path / "files", seed=SEED)
    truths, question = truths_of(closed + still_open), Question(by=("hour",))

    floor.load(tmp_path / "files")

    differences = conversation_differences(truths, floor.conversations("--include-tests"))
    differences += report_differences(report(truths, question), floor.figures("--by", "hour"), question.by)
    differences += report_differences(report(truths, Question()), floor.figures(), ())
    assert not differences, told(differences)


def printed_reports(floor: Floor) -> list[str]:
    """What the reports print, to the byte; and nothing may differ from a recount."""
    floor.check()
    return [floor.report(*options) for options in REPORTS]


@pytest.fixture(scope="module")
def folder_and_reports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A smaller folder of conversations with known outcomes, and the reports after loading it once."""
    floor = Floor(tmp_path_factory.mktemp("once"), is_apart=True)
    composed = compose(SEED + 2, 300)
    files.write(composed, floor.folder / "files", seed=SEED)
    floor.load(floor.folder / "files")
    return floor.folder / "files", printed_reports(floor)


def test_loading_twice_changes_no_byte(folder_and_reports: tuple[Path, list[str]], tmp_path: Path) -> None:
    folder, reports = folder_and_reports
    floor = Floor(tmp_path)

    first, second = floor.load(folder), floor.load(folder)

    assert second["activities"] == 0 or second["duplicates"] >= first["activities"]
    assert printed_reports(floor) == reports


def test_order_of_files_changes_no_byte(folder_and_reports: tuple[Path, list[str]], tmp_path: Path) -> None:
    folder, reports = folder_and_reports
    floor = Floor(tmp_path)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    Random(SEED).shuffle(paths)
    middle = len(paths) // 2

    floor.load(*paths[:middle])
    floor.load(*paths[middle:])

    assert printed_reports(floor) == reports


def test_doubled_and_shuffled_arrays_change_no_byte(folder_and_reports: tuple[Path, list[str]], tmp_path: Path) -> None:
    folder, reports = folder_and_reports
    floor = Floor(tmp_path)
    files.doubled_and_shuffled(folder, tmp_path / "doubled", seed=SEED)

    floor.load(tmp_path / "doubled")

    assert printed_reports(floor) == reports


needs_samples = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the recorded samples are not on this machine")


@pytest.fixture(scope="module")
def reports_on_samples(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The reports after loading the recorded samples once."""
    floor = Floor(tmp_path_factory.mktemp("samples"), is_apart=True)
    assert floor.load(SHARED_DATA, allowed=(0, 2))["activities"] > 0
    return printed_reports(floor)


@needs_samples
@pytest.mark.parametrize("way", ["twice", "backwards", "doubled", "doubled onto the first load"])
def test_recorded_samples_end_in_the_same_bytes_whatever_way_they_come(
    way: str, reports_on_samples: list[str], tmp_path: Path
) -> None:
    floor = Floor(tmp_path)
    files.doubled_and_shuffled(SHARED_DATA, tmp_path / "doubled", seed=SEED)
    backwards = sorted((path for path in SHARED_DATA.rglob("*") if path.is_file()), reverse=True)
    loads = {
        "twice": [[SHARED_DATA], [SHARED_DATA]],
        "backwards": [backwards[:5], backwards[5:]],
        "doubled": [[tmp_path / "doubled"]],
        "doubled onto the first load": [[SHARED_DATA], [tmp_path / "doubled"]],
    }

    for paths in loads[way]:
        floor.load(*paths, allowed=(0, 2))

    assert printed_reports(floor) == reports_on_samples
