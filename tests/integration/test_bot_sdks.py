"""The samples of docs/bots.md, cut out of the page and run: real bots of both SDKs, curl, a server that is away for a while."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from store.engine import open_store
from store.reads import find_conversation, transcript
from store.records import Activity, Kind, Role
from tests.conftest import ROOT
from tests.integration.test_push import server

PAGE = ROOT / "docs" / "bots.md"
BOTS = Path(__file__).parent / "bots"


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    """A folder with the files of the page, each named by its first line."""
    folder = tmp_path / "samples"
    folder.mkdir()
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        if name := re.match(r"# (\w+\.py)\n", block):
            (folder / name[1]).write_text(block, encoding="utf-8")
    return folder


def run_bot(name: str, samples: Path, *arguments: str) -> None:
    """Run the bot in a process of its own, as bots run."""
    command = [sys.executable, str(BOTS / name), *arguments]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(samples)}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"the bot failed; are the packages of requirements-dev.txt installed?\n{done.stderr[-3000:]}"
    assert "Floorwalker" not in done.stderr  # it would say what went wrong with reporting


def conversation(url: str, conversation_id: str) -> tuple[dict[str, Any], list[Activity]]:
    store = open_store(url)
    try:
        with store.read() as connection:
            row = find_conversation(connection, conversation_id)
            assert row is not None
            return dict(row), transcript(connection, row["conversation_key"], row["root_key"])
    finally:
        store.close()


@pytest.mark.server
@pytest.mark.parametrize("bot", ["agents_bot.py", "botbuilder_bot.py"])
def test_a_real_bot_of_each_sdk_reports_its_conversation(bot: str, samples: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"

    with server(url, PUSH_TOKEN="s3cret") as (base, _):
        run_bot(bot, samples, f"{base}/ingest/activities", "s3cret", "laptop-1")

    row, activities = conversation(url, "laptop-1")
    assert [(item.role, item.kind, item.text) for item in activities] == [
        (Role.CUSTOMER, Kind.MESSAGE, "My laptop does not start"),
        (Role.BOT, Kind.MESSAGE, "Have you tried turning it off and on again?"),
        (Role.CUSTOMER, Kind.MESSAGE, "Yes. I want a human"),
        (Role.BOT, Kind.MESSAGE, "I will find somebody for you."),
        (Role.BOT, Kind.HANDOFF_REQUEST, ""),
    ]
    assert all(item.time_known and item.activity_id for item in activities)
    assert (activities[1].detail or {}).get("expects_input") is True
    assert (row["bot"], row["channel"], row["state"], row["customer_name"]) == ("Help desk", "webchat", "waiting", "Ann")
    assert row["escalated_ms"] == activities[-1].at_ms


@pytest.mark.server
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_examples_answer_as_the_page_says(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    page = PAGE.read_text(encoding="utf-8")
    examples = re.findall(r"```sh\n(curl .*?)```", page, re.DOTALL)
    shown = re.search(r"```json\n(.*?)```", page, re.DOTALL)

    with server(url) as (base, _):
        answers = [
            subprocess.run(
                ["bash", "-c", example.replace("http://localhost:8501", base)], capture_output=True, text=True, timeout=30
            ).stdout
            for example in examples
        ]

    assert shown is not None
    assert [json.loads(answer)["accepted"] for answer in answers] == [1, 3]
    assert json.loads(answers[0]) == json.loads(shown[1])
    row, _ = conversation(url, "first-try")
    assert (row["escalation_queue"], row["handler_name"], row["state"]) == ("IT support", "Kim", "with_agent")


class Moody(BaseHTTPRequestHandler):
    """Answers with the codes of the server's list, one each, then with 202; keeps what it was given."""

    server: MoodyServer

    def do_POST(self) -> None:  # noqa: N802 - the name is the library's
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        code = self.server.codes.pop(0) if self.server.codes else 202
        self.server.posts.append((code, [activity["id"] for activity in body]))
        self.send_response(code)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""


class MoodyServer(HTTPServer):
    codes: list[int]
    posts: list[tuple[int, list[str]]]


@pytest.fixture
def moody() -> Iterator[MoodyServer]:
    with MoodyServer(("127.0.0.1", 0), Moody) as running:
        running.codes, running.posts = [], []
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def reporter_module(samples: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    spec = importlib.util.spec_from_file_location("floorwalker_reporter", samples / "floorwalker_reporter.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.random, "uniform", lambda low, high: 0.02)
    return module


def report_all(module: Any, port: int, texts: list[str]) -> float:
    """Report an activity for each text; the seconds it kept the caller."""

    async def run() -> float:
        loop = asyncio.get_running_loop()
        reporter = module.FloorwalkerReporter(f"http://127.0.0.1:{port}/ingest/activities")
        began = loop.time()
        for number, text in enumerate(texts):
            reporter.report({"type": "message", "id": str(number), "text": text, "value": object()})
        kept = loop.time() - began
        await reporter.finish()
        return kept

    return asyncio.run(run())


def test_the_reporter_repeats_until_it_is_heard_and_keeps_the_order(moody: MoodyServer, reporter_module: Any) -> None:
    moody.codes = [503, 500, 401]

    kept_seconds = report_all(reporter_module, moody.server_port, ["hello"] * 250)

    heard = [activity_id for code, ids in moody.posts if code == 202 for activity_id in ids]
    assert heard == [str(number) for number in range(250)]
    assert [code for code, _ in moody.posts] == [503, 500, 401, 202]
    assert kept_seconds < 0.5


def test_the_reporter_cuts_what_waits_into_bodies_that_are_taken(moody: MoodyServer, reporter_module: Any) -> None:
    report_all(reporter_module, moody.server_port, ["x" * 400_000] * 5)

    assert [ids for _, ids in moody.posts] == [["0", "1"], ["2", "3"], ["4"]]


def test_the_reporter_gives_up_what_can_never_be_taken_and_goes_on(moody: MoodyServer, reporter_module: Any) -> None:
    moody.codes = [400]

    report_all(reporter_module, moody.server_port, ["x" * 600_000] * 2)

    assert moody.posts == [(400, ["0"]), (202, ["1"])]


def test_a_stopping_bot_does_not_wait_for_ever(reporter_module: Any) -> None:
    async def run() -> None:
        reporter = reporter_module.FloorwalkerReporter("http://127.0.0.1:9/ingest/activities")
        reporter.report({"type": "message"})
        await asyncio.wait_for(reporter.finish(seconds=0.1), timeout=5)

    asyncio.run(run())
