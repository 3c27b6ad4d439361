"""A real server with an empty database of its own, and a real browser that looks at it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 40


class FloorServer:
    """The dashboard as `make run` starts it, without the simulated floor; `settings` are further variables."""

    def __init__(self, folder: Path, **settings: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self._log = folder / "server.log"
        self._settings = {
            "FLOORWALKER_DATABASE_URL": f"sqlite:///{folder}/floor.db",
            "FLOORWALKER_DEMO_DATABASE_URL": f"sqlite:///{folder}/demo.db",
            "FLOORWALKER_DEMO": "off",
            **settings,
        }
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def configure(self, text: str) -> None:
        """From the next start on, have this floorwalker.toml."""
        path = self._folder / "floorwalker.toml"
        path.write_text(text, encoding="utf-8")
        self._settings["FLOORWALKER_CONFIG"] = str(path)

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=os.environ | self._settings, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def post(self, activities: Sequence[dict[str, Any]]) -> None:
        """Report activities as a bot does; they are on disk when this returns."""
        body = json.dumps(list(activities))  # in ASCII: half a surrogate pair can be sent, as broken clients do
        headers = {"Content-Type": "application/json"}
        answer = httpx.post(f"{self.url}/ingest/activities", content=body, headers=headers, trust_env=False)
        assert answer.status_code == 202, answer.text
        assert answer.json()["rejected"] == 0

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False


@pytest.fixture
def floor_server(tmp_path: Path) -> Iterator[FloorServer]:
    """A running dashboard with an empty database."""
    server = FloorServer(tmp_path)
    server.start()
    yield server
    server.kill()


# Not for the session: while it is open, an event loop runs in this thread, and tests of other folders run loops of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "no browser found: install one, for example with `apt-get install chromium`"
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        launched = playwright.chromium.launch(executable_path=path, args=options)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page, 1280 × 800. An error in its scripts fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []
