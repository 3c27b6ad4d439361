"""`python -m metrics export` for schedules: what has ended since the last time, formats, marks, exit codes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet
import pytest

from metrics.__main__ import main
from store.engine import Store, open_store
from tests.conversation_rows import at, put, row


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A database with three conversations, and the folder of the files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FLOORWALKER_DATABASE_URL", f"sqlite:///{tmp_path}/x.db")
    store = open_store(f"sqlite:///{tmp_path}/x.db")
    put(store, [row(key, ended_ms=at(f"2026-03-0{key}T12:00Z"), bot=f"={key}") for key in (1, 2, 3)])
    return store


def ids(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return [line["conversation_id"] for line in csv.DictReader(file)]


def clock_at(monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    monkeypatch.setattr("wiring.system_now_ms", lambda: at(when))


def since_last(*more: str) -> int:
    return main(["export", "conversations", "-o", "new.csv", "--since-last", "last.json", *more])


def test_each_export_goes_on_where_the_last_one_ended(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock_at(monkeypatch, "2026-03-02T13:00Z")
    assert since_last("--overlap-hours=0") == 0
    assert ids(tmp_path / "new.csv") == ["c1", "c2"]

    clock_at(monkeypatch, "2026-03-04T00:00Z")
    assert since_last("--overlap-hours=0") == 0
    assert ids(tmp_path / "new.csv") == ["c3"]

    assert since_last("--overlap-hours=0") == 0
    assert ids(tmp_path / "new.csv") == []
    filled.close()


def test_overlap_brings_again_what_may_have_changed(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock_at(monkeypatch, "2026-03-02T13:00Z")
    since_last()
    clock_at(monkeypatch, "2026-03-04T00:00Z")
    since_last()

    assert ids(tmp_path / "new.csv") == ["c2", "c3"]
    filled.close()


def test_export_that_fails_is_made_again(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock_at(monkeypatch, "2026-03-04T00:00Z")

    assert main(["export", "conversations", "-o", "none/new.csv", "--since-last", "last.json"]) == 1
    assert not (tmp_path / "last.json").exists()
    assert since_last() == 0
    assert len(ids(tmp_path / "new.csv")) == 3
    filled.close()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--from=2026-03-01"], "--since-last sets the period"),
        (["--bot=Ada"], "is of an export with another table or other filters"),
    ],
)
def test_another_question_is_refused(
    filled: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    clock_at(monkeypatch, "2026-03-04T00:00Z")
    since_last()

    assert since_last(*words) == 1
    assert why in capsys.readouterr().err
    filled.close()


def test_a_file_of_something_else_is_left_alone(filled: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "last.json").write_text("my diary")

    assert since_last() == 1
    assert "is no file of --since-last" in capsys.readouterr().err
    assert (tmp_path / "last.json").read_text() == "my diary"
    filled.close()


def test_name_of_the_file_decides_what_it_is_unless_told(filled: Store, tmp_path: Path) -> None:
    assert main(["export", "conversations", "-o", "a.parquet"]) == 0
    assert main(["export", "conversations", "-o", "b", "--format=parquet"]) == 0
    assert main(["export", "conversations", "-o", "c.csv", "--bom", "--raw", "--metric=other"]) == 0
    manifest = json.loads((tmp_path / "c.csv.manifest.json").read_text())

    assert pyarrow.parquet.read_table(tmp_path / "a.parquet").equals(pyarrow.parquet.read_table(tmp_path / "b"))
    assert (tmp_path / "c.csv").read_bytes().startswith(b"\xef\xbb\xbfconversation_id,")
    assert ",=1," in (tmp_path / "c.csv").read_text(encoding="utf-8")
    assert (manifest["rows"], manifest["metric"], manifest["text"]) == (3, "other", "as stored")
    filled.close()


def test_unknown_metric_is_refused(filled: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "conversations", "-o", "a.csv", "--metric=happiness"]) == 1
    assert "there is no metric 'happiness'" in capsys.readouterr().err
    filled.close()
