"""Files and folders: what is read, in which format, and when it is read again."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from ingest.errors import ConfigurationError
from ingest.events import Page, RawRecord
from ingest.sources import detect
from ingest.sources.files import pages, walk
from ingest.sources.watching import watch

MESSAGE = {"type": "message", "id": "1", "timestamp": "2026-03-02T09:00:00Z", "conversation": {"id": "c"}, "text": "x"}
ROW = {"name": "a_b", "metadata": "{}", "content": "{}"}


def test_folders_are_walked_in_order_without_hidden_and_foreign_files(tmp_path: Path) -> None:
    for name in ("b/2.json", "a.transcript", "b/1.csv", ".hidden.json", ".git/x.json", "notes.txt", "C.JSON"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("[]")

    assert [str(path.relative_to(tmp_path)) for path in walk([tmp_path])] == ["C.JSON", "a.transcript", "b/1.csv", "b/2.json"]
    assert list(walk([tmp_path / "notes.txt"])) == [tmp_path / "notes.txt"]
    passed_over: list[str] = []
    assert len(list(pages([tmp_path], passed_over=passed_over))[0].records) == 4
    assert passed_over == ["notes.txt"]


def test_links_are_followed_to_files_and_name_them_but_not_to_folders(tmp_path: Path) -> None:
    for folder in ("elsewhere", "asked/b"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("elsewhere/x.json", "asked/b/z.json", "asked/b.json"):
        (tmp_path / name).write_text("[]")
    (tmp_path / "asked/a.json").symlink_to(tmp_path / "elsewhere/x.json")
    (tmp_path / "asked/c").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "asked/d.json").symlink_to(tmp_path / "gone")
    (tmp_path / "link").symlink_to(tmp_path / "asked")

    [page] = pages([tmp_path / "link"])

    found = [str(Path(record.origin).relative_to(tmp_path)) for record in page.records]
    assert found == ["elsewhere/x.json", "asked/b/z.json", "asked/b.json"]


def test_missing_path_stops_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nowhere"):
        list(walk([tmp_path / "nowhere"]))


def test_only_what_has_changed_since_the_cursor_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[1]")
    (tmp_path / "b.json").write_text("[2]")
    *_, last = pages([tmp_path])
    (tmp_path / "b.json").write_text("[2, 3]")

    again = list(pages([tmp_path], last.cursor))

    assert [page.records[0].body for page in again] == [b"[2, 3]"]
    assert list(pages([tmp_path], again[0].cursor)) == []


def test_reading_once_remembers_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")

    assert [page.cursor for page in pages([tmp_path], remember=False)] == [None]


def test_cursor_is_written_once_for_the_files_of_a_page(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.json").write_text("[]")

    found = list(pages([tmp_path], most_files=3))

    assert [len(page.records) for page in found] == [3, 2]
    assert [len(json.loads(page.cursor or "")) for page in found] == [3, 5]


def test_name_that_is_not_utf_8_is_spelled_and_remembered(tmp_path: Path) -> None:
    name = os.fsdecode(b"x\xff.json")
    (tmp_path / name).write_text("[]")

    [page] = pages([tmp_path])

    assert page.records[0].origin == f"{tmp_path}/x\\xff.json"
    assert list(pages([tmp_path], page.cursor)) == []


def test_file_that_cannot_be_read_is_one_problem_and_is_tried_again(tmp_path: Path, locked: set[str]) -> None:
    for name in ("a.json", "b.json", "c.json"):
        (tmp_path / name).write_text("[]")
    locked.update(("a.json", "b.json"))

    [page] = pages([tmp_path])
    problems = [problem for record in page.records for problem in detect.read(record).normalised.problems]
    locked.clear()
    [again] = pages([tmp_path], page.cursor)

    assert [problem.reason for problem in problems] == [f"cannot read {tmp_path}/{name}: no" for name in ("a.json", "b.json")]
    assert [Path(record.origin).name for record in again.records] == ["a.json", "b.json"]


def test_incomplete_file_is_left_where_that_is_wanted(tmp_path: Path, locked: set[str]) -> None:
    for name, body in (
        ("cut.json", "[1,"),
        ("empty.json", ""),
        ("locked.json", "[]"),
        ("whole.json", "[]"),
        ("table.csv", "a,b"),
    ):
        (tmp_path / name).write_text(body)
    locked.add("locked.json")

    [page] = pages([tmp_path], leave_incomplete=True)

    assert [Path(record.origin).name for record in page.records] == ["table.csv", "whole.json"]
    assert len(json.loads(page.cursor or "")) == 2


@pytest.mark.parametrize("cursor", ["", "{", "[]", '{"a": 1}', "null"])
def test_cursor_that_is_none_of_ours_reads_everything(tmp_path: Path, cursor: str) -> None:
    (tmp_path / "a.json").write_text("[]")

    assert len(list(pages([tmp_path], cursor))) == 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([MESSAGE], "bot_framework"),
        (MESSAGE, "bot_framework"),
        ([], "bot_framework"),
        ({"transcript": [MESSAGE]}, "bot_framework"),
        ({"activities": [MESSAGE]}, "bot_framework"),
        ([MESSAGE, {"type": "trace", "valueType": "SessionInfo"}], "bot_framework"),
        ({"activities": [MESSAGE | {"timestamp": 1772442000}]}, "copilot_studio"),
        ({"activities": [MESSAGE | {"from": {"role": 1}}]}, "copilot_studio"),
        ({"activities": [MESSAGE | {"channelId": "pva-studio"}]}, "copilot_studio"),
        ([ROW], "copilot_studio"),
        (ROW, "copilot_studio"),
        ({"value": [ROW]}, "copilot_studio"),
    ],
)
def test_format_shows_in_the_content(value: Any, expected: str) -> None:
    assert detect.read(RawRecord("x", json.dumps(value).encode())).name == expected


@pytest.mark.parametrize(
    "header", ["SessionID,StartDateTime,ChatTranscript", "Name,Content,Metadata", "Session ID;Chat Transcript"]
)
def test_tables_are_known_by_their_columns(header: str) -> None:
    cells = ",".join("x" for _ in header.replace(";", ",").split(","))
    body = header + "\n" + (cells.replace(",", ";") if ";" in header else cells)

    assert detect.read(RawRecord("x", body.encode())).name == "copilot_studio"


@pytest.mark.parametrize("body", [b"", b"hello", b"a,b\n1,2", b'{"a": 1}', b"[1, 2]", b'[{"content": "x"}]', b"[", b"7"])
def test_anything_else_is_no_known_format(body: bytes) -> None:
    opened = detect.read(RawRecord("x", body))

    assert opened.name == "unknown"
    assert [problem.body for problem in opened.normalised.problems] == [body]


def test_source_given_by_name_is_the_name_of_the_threads() -> None:
    record = RawRecord("x", json.dumps([MESSAGE]).encode())

    assert detect.read(record, source="shop").normalised.threads[0].source == "shop"
    assert detect.read(record).normalise(record).threads[0].source == "bot_framework"


def test_kind_says_the_format_whatever_the_source_is_called() -> None:
    record = RawRecord("x", json.dumps([ROW | {"content": json.dumps({"activities": [MESSAGE]})}]).encode())

    as_rows = detect.read(record, source="bot_framework", kind="copilot_studio")
    as_activities = detect.read(record, source="copilot_studio", kind="bot_framework")

    assert [thread.source for thread in as_rows.normalised.threads] == ["bot_framework"]
    assert (as_activities.name, as_activities.normalised.threads) == ("copilot_studio", [])
    assert as_activities.normalised.problems


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of files that may not be read."""
    names: set[str] = set()
    read_bytes = Path.read_bytes

    def read(path: Path) -> bytes:
        if path.name in names:
            raise PermissionError(errno.EACCES, "no", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    return names


class Watched:
    """A folder being watched by a thread of its own, and the pages that came of it."""

    def __init__(self, folder: Path) -> None:
        self.stop = Event()
        self.gathered: list[Page] = []
        self.thread = Thread(target=self._gather, args=(folder,))
        self.thread.start()

    def _gather(self, folder: Path) -> None:
        for page in watch([folder], self.stop):
            self.gathered.append(page)

    def wait_for(self, number: int, *, seconds: float) -> float:
        """Seconds until there are `number` pages; fails after `seconds`."""
        began = time.monotonic()
        while len(self.gathered) < number:
            assert time.monotonic() - began < seconds, f"{len(self.gathered)} of {number} pages"
            time.sleep(0.02)
        return time.monotonic() - began


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """An empty folder, watched."""
    (tmp_path / "first.json").write_text("[]")
    found = Watched(tmp_path)
    found.wait_for(1, seconds=5)
    yield found
    found.stop.set()
    found.thread.join(timeout=5)
    assert not found.thread.is_alive()


def test_file_that_grows_is_read_again_within_a_second(tmp_path: Path, watched: Watched) -> None:
    (tmp_path / "first.json").write_text(json.dumps([MESSAGE]))

    assert watched.wait_for(2, seconds=5) < 1
    assert json.loads(watched.gathered[1].records[0].body) == [MESSAGE]


def test_files_that_came_with_their_new_folder_are_read(tmp_path: Path, watched: Watched) -> None:
    for number in range(4):
        folder = tmp_path / f"channel{number % 2}" / f"conversation{number}"
        folder.mkdir(parents=True)
        for place in range(4):
            (folder / f"{place}.json").write_bytes(b"[]")

    deadline = time.monotonic() + 5
    while len(read := {record.origin for page in watched.gathered for record in page.records}) < 17:
        assert time.monotonic() < deadline, f"{len(read)} of 17 files"
        time.sleep(0.02)


def test_file_being_written_is_waited_for(tmp_path: Path, watched: Watched) -> None:
    new = tmp_path / "second.transcript"
    new.write_text('[{"type": "mess')
    time.sleep(0.6)
    assert len(watched.gathered) == 1

    new.write_text(json.dumps([MESSAGE]))

    watched.wait_for(2, seconds=5)
    assert json.loads(watched.gathered[1].records[0].body) == [MESSAGE]


def test_file_that_stays_broken_is_handed_on_in_the_end(tmp_path: Path, watched: Watched) -> None:
    (tmp_path / "broken.json").write_text("[1,")

    assert watched.wait_for(2, seconds=8) >= 1.5
    assert watched.gathered[1].records[0].body == b"[1,"


def test_name_that_is_not_utf_8_does_not_end_the_watching(tmp_path: Path, watched: Watched) -> None:
    (tmp_path / os.fsdecode(b"x\xff.json")).write_text("[]")
    watched.wait_for(2, seconds=5)
    (tmp_path / "later.json").write_text("[]")
    watched.wait_for(3, seconds=5)

    assert [Path(page.records[0].origin).name for page in watched.gathered] == ["first.json", "x\\xff.json", "later.json"]


def test_file_that_cannot_be_read_is_said_to_be_so_and_read_when_it_can_be(
    tmp_path: Path, watched: Watched, locked: set[str]
) -> None:
    locked.add("closed.json")
    (tmp_path / "closed.json").write_text("[]")
    watched.wait_for(2, seconds=8)
    locked.clear()
    (tmp_path / "closed.json").chmod(0o640)
    watched.wait_for(3, seconds=5)

    assert [bool(page.records[0].unreadable) for page in watched.gathered] == [False, True, False]
