"""Configured sources at work over a real store: what goes wrong in one is said, tried again, and ends nothing else."""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import current_thread
from typing import Any

import pytest

from ingest import running
from ingest.loading import Mending, load
from ingest.pipeline import Counts, Pipeline
from ingest.running import SourceRunner
from store.engine import Store
from store.reads import count_rejected, rejected_records, sources
from tests.integration.push_server import pipeline

MESSAGE = {"type": "message", "id": "1", "timestamp": "2026-03-02T09:00:00Z", "conversation": {"id": "c"}, "text": "x"}
SECRET = "what a customer wrote"  # noqa: S105 (made up)


@dataclass(frozen=True)
class Configured:
    name: str
    path: Path
    kind: str = "bot_framework"
    watch: bool = False


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying again waits for next to nothing."""
    monkeypatch.setattr(running, "RETRY_SECONDS", (0.01, 0.02, 0.03, 0.04, 5.0))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for transcripts."""
    made = tmp_path / "transcripts"
    made.mkdir()
    return made


def put(path: Path, *items: dict[str, Any]) -> None:
    path.write_text(json.dumps(items))


@contextmanager
def at_work(store: Store, *configured: Configured, new: Callable[[], Pipeline] | None = None) -> Iterator[SourceRunner]:
    runner = SourceRunner(store, new or (lambda: pipeline(store)), configured, now_ms=lambda: time.time_ns() // 1_000_000)
    runner.start()
    try:
        yield runner
    finally:
        runner.stop()


def until(holds: Callable[[], bool], *, seconds: float = 10) -> None:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)


def accepted(store: Store) -> dict[str, int]:
    with store.read() as connection:
        return {row["name"]: row["accepted"] for row in sources(connection)}


def waiting(store: Store) -> list[str]:
    with store.read() as connection:
        return [row["reason"] for row in rejected_records(connection)]


class Faulty:
    """A pipeline that fails as often as told, then works as `pipeline`."""

    def __init__(self, pipeline: Pipeline, failures: list[Exception]) -> None:
        self.pipeline, self.failures = pipeline, failures

    def prepare(self, records: Any, **options: Any) -> Any:
        return self.pipeline.prepare(records, **options)

    def write_prepared(self, records: Any, **options: Any) -> Sequence[Counts]:
        if self.failures:
            raise self.failures.pop()
        return self.pipeline.write_prepared(records, **options)


def test_each_thread_has_a_pipeline_of_its_own(store: Store, folder: Path) -> None:
    put(folder / "a.json", MESSAGE)
    users: list[tuple[int, str]] = []

    class Noted(Faulty):
        def write_prepared(self, records: Any, **options: Any) -> Sequence[Counts]:
            users.append((id(self), current_thread().name))
            return super().write_prepared(records, **options)

    with at_work(store, Configured("a", folder), Configured("b", folder), new=lambda: Noted(pipeline(store), [])) as runner:
        runner.wait()

    assert accepted(store) == {"a": 1, "b": 1}
    assert len({one for one, _ in users}) == len({name for _, name in users}) == 2


@pytest.mark.parametrize("error", [RuntimeError(SECRET), OSError(errno.EIO, SECRET)])
def test_fault_that_passes_is_got_over(store: Store, folder: Path, error: Exception) -> None:
    put(folder / "a.json", MESSAGE)

    with at_work(store, Configured("a", folder), new=lambda: Faulty(pipeline(store), [error] * 2)) as runner:
        runner.wait()

    assert accepted(store) == {"a": 1}
    assert runner.failed == {}


def test_fault_that_stays_is_recorded_by_kind_and_place_and_ends_no_other_source(
    store: Store, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(folder / "a.json", MESSAGE)
    pipelines = iter([Faulty(pipeline(store), [ZeroDivisionError(SECRET)] * 3), pipeline(store)])

    with at_work(store, Configured("a", folder), Configured("b", folder), new=lambda: next(pipelines)) as runner:
        runner.wait()

    assert list(runner.failed) == ["a"]
    assert runner.failed["a"].startswith("ZeroDivisionError at tests.integration.test_running:")
    assert accepted(store) == {"a": 0, "b": 1}
    assert SECRET not in caplog.text


def test_trouble_with_the_disk_is_said_while_it_is_tried_again(store: Store, folder: Path) -> None:
    put(folder / "a.json", MESSAGE)
    watched = Configured("a", folder, watch=True)

    with at_work(store, watched, new=lambda: Faulty(pipeline(store), [OSError(errno.EIO, "no disk")] * 4)) as runner:
        until(lambda: "no disk" in runner.failed.get("a", ""))
        until(lambda: accepted(store) == {"a": 1})
        until(lambda: runner.failed == {})


def test_kind_of_a_source_says_its_format(store: Store, folder: Path) -> None:
    put(folder / "a.json", {"name": "c_b", "metadata": "{}", "content": json.dumps({"activities": [MESSAGE]})})

    with at_work(store, Configured("bot_framework", folder, kind="copilot_studio")) as runner:
        runner.wait()

    assert accepted(store) == {"bot_framework": 1}
    assert runner.failed == {}


def test_name_that_is_not_utf_8_stops_nothing(store: Store, folder: Path) -> None:
    put(folder / os.fsdecode(b"x\xff.json"), MESSAGE)
    (folder / os.fsdecode(b"y\xff.json")).write_text("[1,")
    put(folder / "z.json", MESSAGE | {"id": "2"})

    with at_work(store, Configured("a", folder)) as runner:
        runner.wait()

    assert accepted(store) == {"a": 2}
    assert (runner.failed, waiting(store)) == ({}, ["not JSON"])


def test_file_half_written_at_the_start_is_waited_for(store: Store, folder: Path) -> None:
    put(folder / "whole.json", MESSAGE)
    (folder / "half.json").write_text('[{"type": "mess')

    with at_work(store, Configured("a", folder, watch=True)):
        until(lambda: accepted(store) == {"a": 1})
        time.sleep(0.5)
        put(folder / "half.json", MESSAGE | {"id": "2"})
        until(lambda: accepted(store) == {"a": 2})

    assert waiting(store) == []


def test_rejected_half_of_a_file_waits_no_longer_once_it_is_read_whole(store: Store, folder: Path) -> None:
    for name in ("a.json", "b.json"):
        (folder / name).write_text(f'[{{"file": "{name}", ')
    with at_work(store, Configured("a", folder)) as runner:
        runner.wait()
    assert len(waiting(store)) == 2

    put(folder / "a.json", MESSAGE)
    with at_work(store, Configured("a", folder)) as runner:
        runner.wait()

    with store.read() as connection:
        [row] = rejected_records(connection)
    assert row["origin"].endswith("b.json")


@pytest.mark.parametrize("wrong", [7, {"name": "c_b", "metadata": "{}", "content": "{"}], ids=["element", "row"])
def test_what_a_whole_file_says_wrong_waits_on(store: Store, folder: Path, wrong: Any) -> None:
    (folder / "a.json").write_text(json.dumps([wrong]))
    load(pipeline(store), [folder], source="a")
    put(folder / "a.json", MESSAGE)

    load(pipeline(store), [folder], source="a", mending=Mending(store, lambda: 1))

    assert len(waiting(store)) == 1


def test_load_of_a_mended_file_lets_its_rejected_half_go(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a.json").write_text("")
    load(pipeline(store), [folder])
    monkeypatch.chdir(folder)
    put(folder / "a.json", MESSAGE)

    load(pipeline(store), [Path("a.json")], mending=Mending(store, lambda: 1))

    assert waiting(store) == []


def test_file_that_cannot_be_read_is_one_rejected_record_of_a_load(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder / "a.json", MESSAGE)
    put(folder / "b.json", MESSAGE | {"id": "2"})
    read_bytes = Path.read_bytes

    def read(path: Path) -> bytes:
        if path.name == "a.json":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    loaded = load(pipeline(store), [folder])

    assert (loaded.files, loaded.counts.activities, loaded.counts.rejected) == (2, 1, 1)
    assert waiting(store) == [f"cannot read {folder}/a.json: Permission denied"]


def test_load_remembers_nothing(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder / "a.json", MESSAGE)

    def written(_: object) -> str:
        raise AssertionError("a cursor was written")

    monkeypatch.setattr("ingest.sources.files.write_cursor", written)
    load(pipeline(store), [folder])

    with store.read() as connection:
        assert count_rejected(connection) == 0


def test_source_that_has_brought_nothing_is_seen_to_be_there(store: Store, folder: Path) -> None:
    with at_work(store, Configured("quiet", folder)), store.read() as connection:
        (row,) = sources(connection)

    assert (row["name"], row["accepted"], row["last_event_ms"], row["last_seen_ms"]) == ("quiet", 0, None, None)
