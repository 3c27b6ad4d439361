"""The viewer's name in a real browser: given once, kept by the browser, the same in every tab, and only ever text."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FloorServer

pytestmark = pytest.mark.browser

HOSTILE = "<img src=/hostile onerror=alert(1)> **b** :red[x]"


def give_name(page: Page, name: str) -> None:
    """As a person does, on whichever page is open."""
    page.locator(".tag .open").click()
    page.get_by_role("textbox", name="Your name").fill(name)
    page.keyboard.press("Enter")
    expect(page.locator(".tag .name")).to_have_text(name)


def test_name_is_kept_over_a_reload_and_known_to_another_tab(page: Page, floor_server: FloorServer) -> None:
    page.goto(floor_server.url)
    expect(page.locator(".tag .name")).to_contain_text("Guest")
    other = page.context.new_page()
    other.goto(f"{floor_server.url}/sources")
    expect(other.locator(".tag .name")).to_have_text(page.locator(".tag .name").inner_text())

    page.bring_to_front()
    give_name(page, "Dana Ö.")
    other.bring_to_front()
    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(other.locator(".tag .name")).to_have_text("Dana Ö.")
    page.reload()
    expect(page.locator(".tag .name")).to_have_text("Dana Ö.")


def test_hostile_name_is_text_and_an_empty_one_makes_a_guest_again(page: Page, floor_server: FloorServer) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    page.goto(f"{floor_server.url}/sources")

    give_name(page, HOSTILE)

    assert page.locator(".tag img").count() == 0
    assert not [url for url in requested if url.endswith("/hostile")]
    page.locator(".tag .open").click()
    page.get_by_role("textbox", name="Your name").fill("  ")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".tag .name")).to_contain_text("Guest")


def test_panel_closes_by_escape_and_fits_a_phone(page: Page, floor_server: FloorServer) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{floor_server.url}/sources")
    page.locator(".tag .open").click()
    panel = page.get_by_role("dialog", name="Your name")

    box = panel.bounding_box()
    page.keyboard.press("Escape")

    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
    expect(panel).to_be_hidden()
    expect(page.locator(".tag .open")).to_be_focused()
