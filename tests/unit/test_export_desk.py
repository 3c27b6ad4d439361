"""Files made beside the server: progress, cancelling, what is kept and for whom."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from live import downloads
from live.export_desk import KEPT_MS, MOST_AT_ONCE, DeskFullError, ExportDesk, Job, Process, State, launcher
from tests.conftest import FixedClock

SECRET = "s" * 32  # noqa: S105 - of a test
# Stands for the command line: is told the file's name last, says how far it is, and does what its first word asks.
PROGRAM = """
import json, pathlib, sys, time
what, path = sys.argv[1], pathlib.Path(sys.argv[-1].removeprefix("--output="))
print(json.dumps({"rows": 1, "of": 4}), flush=True)
if what == "wait":
    time.sleep(60)
if what == "fail":
    sys.exit("Error: the disk is full")
path.write_text("a,b\\r\\n")
path.with_name(path.name + ".manifest.json").write_text("{}")
print(json.dumps({"rows": 4, "of": 4}), flush=True)
"""


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[ExportDesk]:
    made = ExportDesk(launcher([sys.executable, "-c", PROGRAM], folder=tmp_path, environment=dict), now_ms=lambda: clock.ms)
    yield made
    made.close()


def done(desk: ExportDesk, *words: str) -> Job:
    job = desk.start(words, "messages.csv", viewer="ann")
    assert job.ended.wait(30)
    return job


def test_file_is_there_with_its_rows_and_its_manifest(desk: ExportDesk) -> None:
    job = done(desk, "make")

    assert (job.state, job.rows, job.of, job.share) == (State.DONE, 4, 4, 1.0)
    assert job.path.read_bytes() == b"a,b\r\n"
    assert job.manifest.exists()


def test_failing_says_why(desk: ExportDesk) -> None:
    job = done(desk, "fail")

    assert (job.state, job.error) == (State.FAILED, "the disk is full")


def test_cancelling_leaves_nothing(desk: ExportDesk) -> None:
    job = desk.start(["wait"], "messages.csv", viewer="ann")

    desk.cancel(job.key)

    assert job.ended.wait(30)
    assert job.state is State.CANCELLED
    assert not job.path.parent.exists()


def test_more_than_a_few_at_once_are_refused_until_one_ends(desk: ExportDesk) -> None:
    jobs = [desk.start(["wait"], "messages.csv", viewer="ann") for _ in range(MOST_AT_ONCE)]
    with pytest.raises(DeskFullError):
        desk.start(["make"], "messages.csv", viewer="ben")

    desk.cancel(jobs[0].key)

    assert done(desk, "make").state is State.DONE


def test_files_are_kept_for_an_hour(desk: ExportDesk, clock: FixedClock) -> None:
    old = done(desk, "make")
    clock.advance(milliseconds=KEPT_MS + 1)

    new = done(desk, "make")

    assert desk.find(old.key) is None
    assert not old.path.exists()
    assert desk.find(new.key) is new


def test_name_of_the_file_cannot_lead_elsewhere(desk: ExportDesk) -> None:
    job = desk.start(["make"], "../../etc/passwd", viewer="ann")
    job.ended.wait(30)

    assert job.path.name == "passwd"
    assert job.path.parent.name == job.key


def test_closing_stops_what_runs_and_removes_every_file(tmp_path: Path, clock: FixedClock) -> None:
    desk = ExportDesk(launcher([sys.executable, "-c", PROGRAM], folder=tmp_path, environment=dict), now_ms=lambda: clock.ms)
    kept, running = done(desk, "make"), desk.start(["wait"], "messages.csv", viewer="ann")

    desk.close()

    assert running.state is State.CANCELLED
    assert not kept.path.parent.parent.exists()


class Fetcher:
    """Asks the route for files as a browser does."""

    def __init__(self, desk: ExportDesk, clock: FixedClock) -> None:
        self._clock = clock
        self._app = Starlette(routes=downloads.routes(desk, secret=SECRET, now_ms=lambda: clock.ms))

    def address(self, job: Job, part: str = "file", secret: str = SECRET) -> str:
        return downloads.address(secret, job.key, part=part, viewer="ann", now_ms=self._clock.ms)

    def get(self, address: str) -> tuple[int, bytes, dict[str, str]]:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                return await client.get(f"/{address}")

        answer = asyncio.run(ask())
        return answer.status_code, answer.content, dict(answer.headers)


@pytest.fixture
def fetcher(desk: ExportDesk, clock: FixedClock) -> Fetcher:
    return Fetcher(desk, clock)


def test_finished_file_is_handed_over_under_its_name_and_not_to_be_kept(desk: ExportDesk, fetcher: Fetcher) -> None:
    code, body, headers = fetcher.get(fetcher.address(done(desk, "make")))

    assert (code, body) == (200, b"a,b\r\n")
    assert headers["content-disposition"] == 'attachment; filename="messages.csv"'
    assert (headers["content-type"], headers["cache-control"]) == ("text/csv; charset=utf-8", "no-store")
    assert headers["x-content-type-options"] == "nosniff"


def test_manifest_is_handed_over_too(desk: ExportDesk, fetcher: Fetcher) -> None:
    code, body, _ = fetcher.get(fetcher.address(done(desk, "make"), "manifest"))

    assert (code, body) == (200, b"{}")


def other_secret(fetcher: Fetcher, first: Job, _second: Job, _clock: FixedClock) -> str:
    return fetcher.address(first, secret="t" * 32)


def other_file(fetcher: Fetcher, first: Job, second: Job, _clock: FixedClock) -> str:
    return fetcher.address(first).replace(first.key, second.key)


def too_late(fetcher: Fetcher, first: Job, _second: Job, clock: FixedClock) -> str:
    address = fetcher.address(first)
    clock.advance(milliseconds=downloads.LIFETIME_MS)
    return address


def no_part(fetcher: Fetcher, first: Job, _second: Job, _clock: FixedClock) -> str:
    return fetcher.address(first, "folder")


def no_token(_fetcher: Fetcher, first: Job, _second: Job, _clock: FixedClock) -> str:
    return f"downloads/file/{first.key}"


@pytest.mark.parametrize(
    ("wrong", "code"), [(other_secret, 403), (other_file, 403), (no_token, 403), (too_late, 410), (no_part, 404)]
)
def test_nobody_else_is_given_anything(
    desk: ExportDesk, fetcher: Fetcher, clock: FixedClock, wrong: Callable[[Fetcher, Job, Job, FixedClock], str], code: int
) -> None:
    first, second = done(desk, "make"), done(desk, "make")

    found, body, _ = fetcher.get(wrong(fetcher, first, second, clock))

    assert found == code
    assert b"a,b" not in body


def test_file_that_is_not_finished_is_not_there(desk: ExportDesk, fetcher: Fetcher) -> None:
    assert fetcher.get(fetcher.address(desk.start(["wait"], "messages.csv", viewer="ann")))[0] == 404


def test_a_process_that_cannot_be_started_takes_no_place(tmp_path: Path, clock: FixedClock) -> None:
    def launch(_words: Sequence[str], _path: Path) -> Process:
        raise OSError("no more processes")

    desk = ExportDesk(launch, now_ms=lambda: clock.ms)
    for _ in range(MOST_AT_ONCE + 1):
        with pytest.raises(OSError, match="no more processes"):
            desk.start(["make"], "messages.csv", viewer="ann")
    desk.close()
