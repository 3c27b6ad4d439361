"""The live floor in a real browser: what is posted over HTTP is seen at once, and nothing a person is doing is disturbed."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import FloorServer

pytestmark = pytest.mark.browser

READY = ".floor[data-phase=ready]"


def said(conversation: str, number: int, text: str, *, by: str = "customer", ago: float = 0, name: str = "") -> dict[str, Any]:
    """A message of the customer (or the bot), `ago` seconds ago."""
    sender = {"id": "bot-1", "name": "Cora", "role": "bot"} if by == "bot" else {"id": f"of-{conversation}", "role": "user"}
    return wire(conversation, number, ago, type="message", text=text, **{"from": sender | ({"name": name} if name else {})})


def handed_over(conversation: str, number: int, *, ago: float = 0) -> dict[str, Any]:
    """The bot asks for a human."""
    bot = {"id": "bot-1", "name": "Cora", "role": "bot"}
    return wire(conversation, number, ago, type="event", name="handoff.initiate", value={}, **{"from": bot})


def wire(conversation: str, number: int, ago: float, **fields: Any) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(seconds=ago)
    where = {"conversation": {"id": conversation}, "channelId": "webchat", "id": f"{conversation}-{number}"}
    return where | {"timestamp": at.isoformat()} | fields


def calm(conversation: str, name: str) -> list[dict[str, Any]]:
    """A conversation that needs nobody."""
    return [
        said(conversation, 1, "I would like to know the opening hours", ago=20, name=name),
        said(conversation, 2, "From nine to five.", by="bot", ago=19),
    ]


def open_floor(page: Page, server: FloorServer, query: str = "") -> None:
    page.goto(f"{server.url}/{query}")
    page.wait_for_selector(READY)


def names(page: Page) -> list[str]:
    """The customers, from the top."""
    return page.locator(".rows .open-link").all_inner_texts()


def row_of(page: Page, name: str) -> Locator:
    return page.locator(".rows .row").filter(has=page.get_by_role("link", name=name, exact=True))


def test_escalation_posted_over_http_rises_to_the_top_with_its_reason(page: Page, floor_server: FloorServer) -> None:
    for name in ("Ann", "Bao", "Chidi"):
        floor_server.post(calm(name.lower(), name))
    open_floor(page, floor_server)
    expect(page.locator(".rows .row")).to_have_count(3)

    floor_server.post([said("bao", 3, "A human, please", ago=200), handed_over("bao", 4, ago=190)])

    expect(page.locator(".rows .row").first).to_contain_text("Bao")
    expect(row_of(page, "Bao")).to_contain_text("Waiting after escalation, over the target of 1 min")
    expect(row_of(page, "Bao")).to_contain_text("Critical")
    assert row_of(page, "Bao").inner_text().count(" min") == 2  # the target, and once how long
    expect(page.locator("[data-tile=waiting] .value")).to_have_text("1")


def test_first_conversation_appears_on_an_empty_floor_without_a_reload(page: Page, floor_server: FloorServer) -> None:
    open_floor(page, floor_server)
    expect(page.locator(".empty")).to_contain_text("Nothing that can be read has come yet")

    floor_server.post(calm("ann", "Ann"))

    expect(row_of(page, "Ann")).to_be_visible()
    expect(page.locator(".empty")).to_be_hidden()
    expect(page.locator(".source")).to_contain_text("bot_framework")


def test_order_holds_while_a_row_has_focus_and_says_what_waits(page: Page, floor_server: FloorServer) -> None:
    for name in ("Ann", "Bao", "Chidi"):
        floor_server.post(calm(name.lower(), name))
    open_floor(page, floor_server)
    expect(page.locator(".rows .row")).to_have_count(3)
    before = names(page)
    page.locator(".rows .open-link").first.focus()
    page.keyboard.press("ArrowDown")

    floor_server.post([said(before[2].lower(), 3, "A human, please", ago=200), handed_over(before[2].lower(), 4, ago=190)])

    expect(page.locator(".chip")).to_have_text("1 change waiting – apply")
    assert names(page) == before
    expect(row_of(page, before[2]).locator(".state")).to_have_text("Waiting")  # patched in its place
    expect(row_of(page, before[2]).locator(".clock")).to_have_text("3 min")
    expect(page.locator(".rows .open-link").nth(1)).to_be_focused()
    page.locator(".chip").click()
    assert names(page)[0] == before[2]
    expect(page.locator(".chip")).to_be_hidden()


def test_row_opens_its_conversation_by_key_and_is_a_link_for_a_new_tab(page: Page, floor_server: FloorServer) -> None:
    floor_server.post(calm("a b&c", "Ann"))
    open_floor(page, floor_server)
    link = page.get_by_role("link", name="Ann", exact=True)
    expect(link).to_have_attribute("href", "conversation?conversation=bot_framework%3Aa%20b%26c")

    link.focus()
    page.keyboard.press("Enter")

    page.wait_for_url("**/conversation?conversation=bot_framework*a*b%26c")


def test_filter_is_a_link_and_a_filter_too_narrow_says_so(page: Page, floor_server: FloorServer) -> None:
    floor_server.post(calm("ann", "Ann"))
    floor_server.post([*calm("bao", "Bao"), handed_over("bao", 3)])

    open_floor(page, floor_server, "?state=Waiting")
    expect(page.locator(".floor .count")).to_have_text("1 of 2 open · 1 hidden by filters")
    assert names(page) == ["Bao"]

    open_floor(page, floor_server, "?text=nobody")
    expect(page.locator(".empty")).to_contain_text("No open conversation matches the filters")
    page.get_by_role("button", name="Clear the filters").click()
    expect(page.locator(".rows .row")).to_have_count(2)


def test_eight_tabs_of_one_browser_all_follow_and_stay_responsive(page: Page, floor_server: FloorServer) -> None:
    tabs = [page, *(page.context.new_page() for _ in range(7))]
    for tab in tabs:
        open_floor(tab, floor_server)

    floor_server.post(calm("ann", "Ann"))

    for tab in tabs:
        tab.bring_to_front()
        expect(row_of(tab, "Ann")).to_be_visible()
    began = time.monotonic()
    tabs[7].locator(".rows .unfold").first.click()
    expect(tabs[7].locator(".last-lines")).to_contain_text("opening hours")
    assert time.monotonic() - began < 5


def test_first_screen_shows_the_tiles_and_the_five_neediest(page: Page, floor_server: FloorServer) -> None:
    for number in range(8):
        floor_server.post(calm(f"c{number}", f"Customer {number}"))

    open_floor(page, floor_server)
    expect(page.locator(".rows .row")).to_have_count(8)

    fifth = page.locator(".rows .row").nth(4).bounding_box()
    assert fifth is not None
    assert fifth["y"] + fifth["height"] <= 800


def test_nothing_is_wider_than_a_phone(page: Page, floor_server: FloorServer) -> None:
    floor_server.post([*calm("ann", "Ann " * 30), handed_over("ann", 3)])
    page.set_viewport_size({"width": 390, "height": 844})

    open_floor(page, floor_server)
    expect(page.locator(".rows .row")).to_have_count(1)

    assert page.evaluate("document.documentElement.scrollWidth <= 390")
    right = page.locator(".rows .row").evaluate("row => row.getBoundingClientRect().right")
    assert right <= 390
