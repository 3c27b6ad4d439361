"""Searching from the command line: an export of what was said, and the index brought up to date, shown, made anew."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from metrics.__main__ import main
from store.engine import Store, open_store
from tests.stored import Loader, database_url
from tests.transcripts import wire


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Two conversations that nobody has indexed yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FLOORWALKER_DATABASE_URL", database_url(tmp_path))
    store = open_store(database_url(tmp_path))
    refund = "10:00:00 customer: my Refund, please\n10:00:05 bot: You have it."
    Loader(store).write(
        wire(refund, conversation="c1"), wire("10:00:00 customer: a gift card\n10:00:05 bot: ok", conversation="c2")
    )
    return store


def ids(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return [line["conversation_id"] for line in csv.DictReader(file)]


def test_export_holds_what_was_searched_for_and_its_manifest_says_so(filled: Store, tmp_path: Path) -> None:
    assert main(["export", "messages", "-o", "found.csv", "--search", 'refund NOT "gift card"']) == 0

    assert ids(tmp_path / "found.csv") == ["c1", "c1"]
    manifest = json.loads((tmp_path / "found.csv.manifest.json").read_text(encoding="utf-8"))
    assert manifest["filters"]["search"] == 'refund NOT "gift card"'


def test_list_and_figures_are_of_what_was_searched_for(filled: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["find", "--search", "REFUND", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert main(["report", "--search", "REFUND", "--format", "json"]) == 0
    [counted] = json.loads(capsys.readouterr().out)

    assert [row["conversation_id"] for row in listed["conversations"]] == ["c1"]
    assert (listed["count"], listed["is_capped"], counted["closed"]) == (1, False, 1)


@pytest.mark.parametrize("typed", ['"gift card', "re*", "(", "NOT card"])
def test_search_that_means_nothing_ends_with_a_sentence_and_no_file(
    filled: Store, tmp_path: Path, typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "conversations", "-o", "found.csv", f"--search={typed}"]) == 1

    assert capsys.readouterr().err.startswith("Error: ")
    assert not (tmp_path / "found.csv").exists()


def test_index_is_brought_up_to_date_and_made_anew(filled: Store, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for arguments in ([], [], ["--rebuild"]):
        assert main(["index", "--json", *arguments]) == 0
        said.append(json.loads(capsys.readouterr().out))

    state = {"closed": 2, "open": 0, "waiting": 0, "superseded": 0}
    assert said == [{"indexed_now": count, **state} for count in (2, 0, 2)]


def test_index_says_how_it_is(filled: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index"]) == 0

    assert "2 conversations indexed now; 2 closed and 0 open ones can be searched." in capsys.readouterr().err
