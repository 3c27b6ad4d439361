"""A real server with an empty database of its own, and a real browser that looks at it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.forked import start_module

START_SECONDS = 90
DESK = {"width": 1280, "height": 800}
TALL = {"width": 1280, "height": 1400}
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# A busy machine may take long to show what is expected; what is there at once is not waited for.
expect.set_options(timeout=30_000)


def expect_list_of(count: int, page: Page, elsewhere: Page, *said: str) -> None:
    """The page lists so many conversations, all that there are; its address says so, and gives somebody else the same list."""
    listed = f"1–{count} of {count}, latest first."
    expect(page.get_by_text(listed)).to_be_visible(timeout=20_000)
    for part in (r"/conversations\?", *said):
        expect(page).to_have_url(re.compile(part))
    elsewhere.goto(page.url)
    expect(elsewhere.get_by_text(listed)).to_be_visible(timeout=30_000)


@cache
def own_port() -> int:
    """The same for all servers of this process, one after another: browsers keep what they have fetched by its address."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class FloorServer:
    """The dashboard as `make run` starts it, without the simulated floor; `settings` are further variables."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.port = own_port()
        self.url = f"http://localhost:{self.port}"
        self._log = folder / "server.log"
        self._settings = {
            "FLOORWALKER_DATABASE_URL": f"sqlite:///{folder}/floor.db",
            "FLOORWALKER_DEMO_DATABASE_URL": f"sqlite:///{folder}/demo.db",
            "FLOORWALKER_DEMO": "off",
            **settings,
        }
        self._folder = folder
        self._process: BaseProcess | None = None

    def configure(self, text: str) -> None:
        """From the next start on, have this floorwalker.toml."""
        path = self._folder / "floorwalker.toml"
        path.write_text(text, encoding="utf-8")
        self._settings["FLOORWALKER_CONFIG"] = str(path)

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = ("run", "dashboard.py", "--server.port", str(self.port))
        self._process = start_module("streamlit", *command, environment=os.environ | self._settings, out=self._log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.is_alive(), self._log.read_text()
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        assert self._process is not None
        self._process.kill()
        self._process.join()

    def post(self, activities: Sequence[dict[str, Any]]) -> None:
        """Report activities as a bot does; they are on disk when this returns."""
        body = json.dumps(list(activities))  # in ASCII: half a surrogate pair can be sent, as broken clients do
        headers = {"Content-Type": "application/json"}
        answer = httpx.post(f"{self.url}/ingest/activities", content=body, headers=headers, trust_env=False, timeout=60)
        assert answer.status_code == 202, answer.text
        assert answer.json()["rejected"] == 0

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False


@pytest.fixture
def floor_server(made_database: Path, tmp_path: Path) -> Iterator[FloorServer]:
    """A running dashboard with an empty database."""
    shutil.copy(made_database, tmp_path / "floor.db")
    server = FloorServer(tmp_path)
    server.start()
    yield server
    server.kill()


# Not for the session: while it is open, an event loop runs in this thread, and tests of other folders run loops of their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, without a window; its headless shell, if there is one, takes half as long for a page."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, f"no browser found: install one of {', '.join(BROWSERS)}"
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        launched = playwright.chromium.launch(executable_path=path, args=options)
        yield launched
        launched.close()


class Visitor:
    """Somebody's browser. From test to test it keeps the scripts that it has fetched, and nothing else."""

    def __init__(self, browser: Browser, timezone_id: str) -> None:
        self._context = browser.new_context(viewport=DESK, timezone_id=timezone_id)
        self._blank = self._context.new_page()
        self._tools = self._context.new_cdp_session(self._blank)

    @contextmanager
    def visit(self) -> Iterator[Page]:
        """A fresh page. An error in its scripts fails the test."""
        page = self._context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        self._forget()
        assert errors == []

    def leave(self) -> None:
        """Close this browser for good."""
        self._context.close()

    def _forget(self) -> None:
        for page in self._context.pages:
            if page != self._blank:
                page.close()
        self._context.clear_cookies()
        everything = {"origin": f"http://localhost:{own_port()}", "storageTypes": "all"}
        self._tools.send("Storage.clearDataForOrigin", everything)


@pytest.fixture(scope="package")
def _visitors(browser: Browser) -> Callable[[str], Visitor]:
    return cache(lambda timezone_id: Visitor(browser, timezone_id))


@pytest.fixture
def page(_visitors: Callable[[str], Visitor]) -> Iterator[Page]:
    """A fresh page, 1280 × 800, of somebody in Berlin."""
    with _visitors("Europe/Berlin").visit() as opened:
        yield opened


@pytest.fixture
def elsewhere(_visitors: Callable[[str], Visitor]) -> Iterator[Page]:
    """The same of somebody else, in New York."""
    with _visitors("America/New_York").visit() as opened:
        yield opened


@pytest.fixture
def lone_page(browser: Browser) -> Iterator[Page]:
    """A page in a browser that nobody uses after it: for what is there to stay, such as a clock that is put on."""
    visitor = Visitor(browser, "Europe/Berlin")
    with visitor.visit() as opened:
        yield opened
    visitor.leave()
