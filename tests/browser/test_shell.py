"""Every way in leads through the shell, also the first one into a fresh process; and a page asks nobody but its own server."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FloorServer

pytestmark = pytest.mark.browser

SHELL = Path(__file__).resolve().parents[2] / "pages" / "shell.py"
# Every page that the shell names, by its address. The wallboard has no title on it.
PAGES = {
    "" if name == "live" else name: title
    for name, title in re.findall(r'st\.Page\(\s*"(\w+)\.py",\s*title="([^"]+)"', SHELL.read_text(encoding="utf-8"))
    if name != "wallboard"
}


@pytest.mark.parametrize("path", ["bots", "definitions"])
def test_deep_link_into_a_fresh_process_enters_through_the_shell(floor_server: FloorServer, page: Page, path: str) -> None:
    page.goto(f"{floor_server.url}/{path}")

    # The navigation and the title are the shell's: a page served on its own would have neither.
    expect(page.get_by_test_id("stSidebarNav")).to_contain_text("Definitions")
    expect(page.get_by_role("heading", level=1)).to_have_text(PAGES[path])
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_page_scripts_are_not_served_by_the_name_of_their_file(floor_server: FloorServer, page: Page) -> None:
    page.goto(f"{floor_server.url}/runtime")

    expect(page.get_by_text("Page not found")).to_be_visible()
    assert "class Runtime" not in httpx.get(f"{floor_server.url}/pages/runtime.py", trust_env=False, timeout=60).text


def test_every_page_opens_on_an_empty_database_and_asks_only_for_what_is_there(floor_server: FloorServer, page: Page) -> None:
    asked: set[str] = set()
    refused: list[str] = []
    page.on("request", lambda request: asked.add(request.url))
    page.on("response", lambda response: refused.append(response.url) if response.status >= 400 else None)
    assert {"", "bots", "definitions"} < set(PAGES)
    for path, title in PAGES.items():
        page.goto(f"{floor_server.url}/{path}")

        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.locator("[data-test-script-state=notRunning]")).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.wait_for_timeout(200)

    own = (floor_server.url, floor_server.url.replace("http", "ws"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(own)] == []
    assert refused == []
    assert Path(__file__).parents[2].joinpath("pages", "icon.png").exists()
