"""Watching: from an event posted over HTTP to its row in a browser's document, on a quiet server and during a bulk load."""

from __future__ import annotations

import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.figures import Figure, Sheet, at_most, format_number, quantile
from tests.benchmarks.open_floor import OPEN_CONVERSATIONS, ended, fill, said
from tests.benchmarks.server import FloorServer, post
from tests.benchmarks.word_salad import write_folder

EVENTS = 50
WARM_UP = 5
FEWEST_DURING_LOAD = 20
LOADED_CONVERSATIONS = 12_000
MOST_MEDIAN = 150.0
MOST_WORST = 500.0
PATIENCE_MS = 10_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
BROWSER_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

# Notes, by the page's own clock, when a customer's name is first in the rows of the table.
OBSERVE = """floor => {
  const seen = new Map()
  window.benchmarkSeen = name => seen.get(name)
  const rows = floor.querySelector(".rows")
  new MutationObserver(() => {
    const now = performance.timeOrigin + performance.now()
    for (const link of rows.querySelectorAll(".open-link"))
      if (!seen.has(link.textContent)) seen.set(link.textContent, now)
  }).observe(rows, { childList: true, subtree: true, characterData: true })
}"""
PAGE_CLOCK = "() => performance.timeOrigin + performance.now()"


@dataclass(frozen=True, slots=True)
class Delay:
    """How long one event took to be seen, in milliseconds."""

    from_sent: float
    from_accepted: float
    to_accepted: float


def measure(port: int) -> Sheet:
    """One viewer on the Live page, one event at a time."""
    with (
        tempfile.TemporaryDirectory(prefix="floorwalker-bench-") as name,
        FloorServer(Path(name), port=port) as server,
        _live_page(server) as page,
    ):
        folder = Path(name) / "bulk"
        num_loaded = write_folder(folder, conversations=LOADED_CONVERSATIONS, seed=1, until=datetime.now(UTC))
        quiet = _watch(page, server, "Quiet", limit=EVENTS, going_on=lambda: True)
        loading = server.load(folder)
        try:
            time.sleep(2)  # it has to start first
            busy = _watch(page, server, "Busy", limit=EVENTS, going_on=lambda: loading.poll() is None)
        finally:
            loading.kill()
            loading.wait()
    if len(busy) < FEWEST_DURING_LOAD:
        raise RuntimeError(f"the bulk load was over after {len(busy)} events; a longer one is needed to tell")
    return sheet(quiet, busy, num_loaded)


def quiet(port: int) -> list[Delay]:
    """The delays on a quiet server alone."""
    with (
        tempfile.TemporaryDirectory(prefix="floorwalker-bench-") as name,
        FloorServer(Path(name), port=port) as server,
        _live_page(server) as page,
    ):
        return _watch(page, server, "Quiet", limit=EVENTS, going_on=lambda: True)


@contextmanager
def _live_page(server: FloorServer) -> Iterator[Page]:
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        raise RuntimeError(f"no browser found: install one of {', '.join(BROWSERS)}")
    fill(server)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_OPTIONS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(server.url)
        floor = page.locator(".floor[data-phase=ready]")
        floor.wait_for(timeout=30_000)
        page.wait_for_function(_shows(OPEN_CONVERSATIONS), timeout=30_000)
        floor.evaluate(OBSERVE)
        yield page
        browser.close()


def _shows(count: int) -> str:
    """Whether the table has at least so many rows. The table stands in a shadow tree, which only its own page can look into."""
    return (
        "() => [...document.querySelectorAll('*')].map(each => each.shadowRoot ?? each)"
        f".some(root => root.querySelectorAll('.rows > .row').length >= {count})"
    )


def _watch(page: Page, server: FloorServer, label: str, *, limit: int, going_on: Callable[[], bool]) -> list[Delay]:
    offset = _clock_offset(page)
    dice = random.Random(label)
    delays: list[Delay] = []
    with httpx.Client(trust_env=False) as client:
        for number in range(WARM_UP + limit):
            if not going_on():
                break
            name = f"{label} {number:04}"
            delay = _one(page, client, server.url, name, offset)
            if number >= WARM_UP and going_on():
                delays.append(delay)
            # The floor stays as full as it was; the next event comes at no particular moment.
            post(client, server.url, [ended(name.lower().replace(" ", "-"), 2)])
            time.sleep(dice.uniform(0.15, 0.40))
    return delays


def _one(page: Page, client: httpx.Client, url: str, name: str, offset: float) -> Delay:
    activity = said(name.lower().replace(" ", "-"), 1, f"Good morning, this is {name}, where is my parcel?", name=name)
    sent = time.time() * 1000
    post(client, url, [activity])
    accepted = time.time() * 1000
    page.wait_for_function("name => window.benchmarkSeen(name)", arg=name, polling=20, timeout=PATIENCE_MS)
    seen = page.evaluate("name => window.benchmarkSeen(name)", name) - offset
    return Delay(seen - sent, seen - accepted, accepted - sent)


def _clock_offset(page: Page) -> float:
    """How far the page's clock is ahead of ours: from the quickest of some questions, right to half its time."""
    answers = []
    for _ in range(30):
        before = time.time() * 1000
        there = page.evaluate(PAGE_CLOCK)
        after = time.time() * 1000
        answers.append((after - before, there - (before + after) / 2))
    return min(answers)[1]


def sheet(quiet: Sequence[Delay], busy: Sequence[Delay], num_loaded: int) -> Sheet:
    """What was seen, side by side."""
    rows = []
    for label, delays in (("quiet", quiet), ("during a bulk load", busy)):
        for what, values in (
            ("accepted → DOM", [delay.from_accepted for delay in delays]),
            ("sent → DOM", [delay.from_sent for delay in delays]),
            ("sent → accepted", [delay.to_accepted for delay in delays]),
        ):
            rows.append(_row(f"{what}, {label}", values))
    sent = [delay.from_sent for delay in quiet]
    meanwhile = [delay.from_sent for delay in busy]
    figures = [
        Figure("event sent → DOM, median", statistics.median(sent), "ms", at_most(MOST_MEDIAN)),
        Figure(f"event sent → DOM, worst of {len(sent)}", max(sent), "ms", at_most(MOST_WORST)),
        Figure("the same during a bulk load, median", statistics.median(meanwhile), "ms"),
        Figure(f"the same during a bulk load, worst of {len(meanwhile)}", max(meanwhile), "ms"),
    ]
    notes = [
        f"one Chromium page on Live, {OPEN_CONVERSATIONS} open conversations; the load has {num_loaded:,} messages "
        f"in {LOADED_CONVERSATIONS:,} files"
    ]
    return Sheet("Event to browser", figures, ("Milliseconds", "Median", "90 %", "Worst", "Events"), rows, notes)


def _row(name: str, values: Sequence[float]) -> tuple[str, ...]:
    shown = (statistics.median(values), quantile(values, 0.9), max(values))
    return name, *(format_number(value) for value in shown), str(len(values))
