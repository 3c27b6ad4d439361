"""Alerts in a real browser: said once and quietly, counted on every page, and the same for everybody who looks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import FloorServer
from tests.browser.test_floor import calm, handed_over, said

pytestmark = pytest.mark.browser

CONNECTED = ".bell[data-state=open]"


def escalate(server: FloorServer, name: str, *, ago: float = 200) -> None:
    """A customer who has waited for a human for so many seconds."""
    conversation = name.lower()
    server.post([said(conversation, 1, "A human, please", ago=ago + 5, name=name), handed_over(conversation, 2, ago=ago)])


def open_page(page: Page, server: FloorServer, path: str = "") -> None:
    page.goto(f"{server.url}/{path}")
    page.wait_for_selector(CONNECTED)


def toast(page: Page, rule: str) -> Locator:
    return page.locator(".toast").filter(has_text=rule)


def test_alert_is_said_counted_and_in_the_title_on_any_page(page: Page, floor_server: FloorServer) -> None:
    open_page(page, floor_server, "definitions")
    expect(page).to_have_title("Definitions · Floorwalker")

    escalate(floor_server, "Ann")

    expect(toast(page, "Waiting for a human")).to_contain_text("Ann")
    expect(page.locator(".bell .count")).to_have_text("1")
    expect(page).to_have_title("(1) Definitions · Floorwalker")
    expect(page.locator(".bell .said")).to_contain_text("Ann")
    assert page.evaluate("document.activeElement === document.body")  # nothing was taken from whoever is typing
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Sources").click()
    expect(page).to_have_title("(1) Sources · Floorwalker")


def test_acknowledging_in_one_browser_is_seen_in_another(page: Page, floor_server: FloorServer, elsewhere: Page) -> None:
    open_page(page, floor_server, "sources")
    open_page(elsewhere, floor_server)
    escalate(floor_server, "Ann")
    expect(page.locator(".bell .count")).to_have_text("1")
    expect(elsewhere.locator(".bell .count")).to_have_text("1")

    page.locator(".bell .open").click()
    page.locator(".item .acknowledge").click()

    expect(page.locator(".item .by")).to_contain_text("Acknowledged by Guest")
    expect(elsewhere.locator(".bell .count")).to_be_hidden()
    expect(elsewhere).to_have_title("Live · Floorwalker")
    expect(toast(elsewhere, "Waiting for a human")).to_have_count(0)
    elsewhere.locator(".bell .open").click()
    expect(elsewhere.locator(".item .by")).to_contain_text("Acknowledged by Guest")
    expect(elsewhere.locator(".sum")).to_have_text("1 alert stands, acknowledged")


def test_alert_that_is_over_leaves_the_bell(page: Page, floor_server: FloorServer) -> None:
    open_page(page, floor_server)
    escalate(floor_server, "Ann")
    expect(page.locator(".bell .count")).to_have_text("1")
    agent = {"id": "agent-7", "name": "Bo", "role": "agent"}

    floor_server.post([said("ann", 3, "Hello, how can I help?") | {"from": agent}])

    expect(page.locator(".bell .count")).to_be_hidden()
    expect(page).to_have_title("Live · Floorwalker")


def test_two_tabs_of_one_browser_say_an_alert_once(page: Page, floor_server: FloorServer) -> None:
    open_page(page, floor_server, "definitions")
    tab = page.context.new_page()
    open_page(tab, floor_server, "sources")

    escalate(floor_server, "Ann")

    expect(page.locator(".bell .count")).to_have_text("1")
    expect(tab.locator(".bell .count")).to_have_text("1")
    page.wait_for_timeout(1000)  # the second tab waits for its turn before it finds that the first has spoken
    assert page.locator(".toast").count() + tab.locator(".toast").count() == 1
    page.reload()
    page.wait_for_selector(CONNECTED)
    expect(page.locator(".bell .count")).to_have_text("1")
    page.wait_for_timeout(1000)
    assert page.locator(".toast").count() == 0  # what was said is not said again


def test_more_than_a_few_alerts_at_once_are_said_as_one(page: Page, floor_server: FloorServer) -> None:
    open_page(page, floor_server, "definitions")
    for name in ("Ann", "Bea", "Cid", "Dan"):
        escalate(floor_server, name, ago=150)

    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("4 new alerts")
    expect(page.locator(".toast")).to_contain_text("All of them at risk")
    page.get_by_role("link", name="Show all alerts").click()
    page.wait_for_url("**/alerts")
    expect(page.locator(".standing .item")).to_have_count(4)


def test_page_of_alerts_is_covered_by_no_word_at_its_edge(page: Page, floor_server: FloorServer) -> None:
    open_page(page, floor_server, "alerts")

    escalate(floor_server, "Ann")

    expect(page.locator(".standing .item")).to_contain_text("Ann")
    expect(page.locator(".bell .said")).to_contain_text("Ann")  # screen readers are told all the same
    expect(page.locator(".toast")).to_have_count(0)


def test_sentence_and_clock_of_a_wait_agree(page: Page, floor_server: FloorServer) -> None:
    escalate(floor_server, "Ann", ago=200)
    open_page(page, floor_server, "alerts")

    item = page.locator(".standing .item")
    expect(item.locator(".since")).to_have_text("3 min")
    began = item.locator(".since").get_attribute("title") or ""
    expect(item.locator(".reason")).to_contain_text(f"Waiting for a human since {began.removeprefix('since ')[:5]}")


def test_acknowledging_right_after_a_restart_is_not_lost(page: Page, floor_server: FloorServer) -> None:
    escalate(floor_server, "Ann")
    open_page(page, floor_server, "alerts")
    expect(page.locator(".standing .item")).to_contain_text("Ann")
    floor_server.kill()
    expect(page.locator(".bell")).to_have_attribute("data-state", "lost")
    floor_server.start()
    expect(page.locator(".bell")).to_have_attribute("data-state", "open")

    page.locator(".standing .acknowledge").click()

    expect(page.locator(".standing .by")).to_contain_text("Acknowledged by")


def test_bell_is_used_with_the_keyboard(page: Page, floor_server: FloorServer) -> None:
    escalate(floor_server, "Ann")
    open_page(page, floor_server, "definitions")
    expect(page.locator(".bell .count")).to_have_text("1")

    page.locator(".bell .open").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Alerts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Alerts")).to_be_hidden()
    expect(page.locator(".bell .open")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator(".item .subject a").focus()
    page.keyboard.press("Enter")

    page.wait_for_url("**/conversation?conversation=bot_framework*ann")


def test_sound_is_off_until_wanted_and_each_browser_remembers(page: Page, floor_server: FloorServer) -> None:
    open_page(page, floor_server, "definitions")
    page.locator(".bell .open").click()
    expect(page.get_by_label("Play a sound for new alerts")).not_to_be_checked()

    page.get_by_label("Play a sound for new alerts").check()
    page.get_by_role("button", name="Try it").click()
    page.reload()
    page.wait_for_selector(CONNECTED)
    page.locator(".bell .open").click()

    expect(page.get_by_label("Play a sound for new alerts")).to_be_checked()


def test_bell_says_when_it_is_blind_and_comes_back_by_itself(page: Page, floor_server: FloorServer) -> None:
    open_page(page, floor_server, "definitions")

    floor_server.kill()
    expect(page.locator(".bell")).to_have_attribute("data-state", "lost")
    floor_server.start()

    expect(page.locator(".bell")).to_have_attribute("data-state", "open")
    escalate(floor_server, "Ann")
    expect(page.locator(".bell .count")).to_have_text("1")


def test_without_sockets_bell_and_list_ask(page: Page, floor_server: FloorServer) -> None:
    page.route_web_socket("**/live/alerts", lambda socket: socket.close(code=1011))
    page.goto(f"{floor_server.url}/alerts")
    page.wait_for_selector(".standing")

    escalate(floor_server, "Ann")

    expect(page.locator(".bell .count")).to_have_text("1")
    expect(page.locator(".standing .items")).to_contain_text("Ann")
    expect(page.locator(CONNECTED)).to_be_visible()


def test_hostile_names_in_alerts_are_text(page: Page, floor_server: FloorServer) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    hostile = "<img src=x onerror=alert(1)> [a](javascript:alert(1)) \u202egnorw" + "N" * 10_000
    open_page(page, floor_server, "definitions")

    floor_server.post([said("evil", 1, "A human", ago=300, name=hostile), handed_over("evil", 2, ago=290)])

    expect(toast(page, "Waiting for a human")).to_contain_text("<img src=x onerror=alert(1)>")
    page.locator(".bell .open").click()
    expect(page.locator(".item .subject")).to_contain_text("<img src=x onerror=alert(1)>")
    box = page.get_by_role("dialog", name="Alerts").bounding_box()
    assert box is not None and box["width"] <= 420 and box["x"] >= 0


def test_rule_made_on_the_page_is_tried_on_the_past_and_fires(page: Page, floor_server: FloorServer) -> None:
    floor_server.post([said("old", 1, "Where is my parcel? This parcel is late.", ago=300, name="Olga")])
    open_page(page, floor_server, "alerts?rule=new")
    page.get_by_label("Name", exact=True).fill("Parcels")
    choose(page, "Watches for", "Words")
    page.get_by_role("combobox", name="Words or phrases").fill("parcel")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_text("When the customer says “parcel”")).to_be_visible()

    page.get_by_role("button", name="Try it on the past").click()
    expect(page.get_by_text(re.compile("would have fired 1 time"))).to_be_visible()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Parcels", exact=True)).to_be_visible()
    floor_server.post(calm("new", "Nina") + [said("new", 3, "My parcel is broken")])
    expect(page.locator(".bell .count")).to_have_text(re.compile("[12]"))
    page.locator(".bell .open").click()
    expect(page.locator(".item").filter(has_text="Parcels")).to_contain_text("Nina")


def choose(page: Page, label: str, option: str) -> None:
    """Choose in a select box."""
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_page_of_alerts_shows_what_stands_and_what_became_of_it(page: Page, floor_server: FloorServer) -> None:
    open_page(page, floor_server, "alerts")
    expect(page.locator(".standing .none")).to_contain_text("Nothing is wrong right now")

    escalate(floor_server, "Ann")
    expect(page.locator(".standing .item")).to_contain_text("Ann")
    page.locator(".standing .details").click()

    expect(page.get_by_text("What happened")).to_be_visible()
    page.get_by_role("button", name="Acknowledge").first.click()
    expect(page.get_by_role("button", name="Say it is over")).to_be_visible()
    expect(page.locator(".bell .count")).to_be_hidden()
