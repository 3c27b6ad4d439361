"""The Live page under a person who reads: rows that unfold, cards, filters that are remembered, and ways that fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import FloorServer
from tests.browser.test_floor import calm, handed_over, names, open_floor, row_of, said

pytestmark = pytest.mark.browser
STREAM = "**/live/stream"


@pytest.fixture
def told_server(tmp_path: Path) -> Iterator[FloorServer]:
    """A dashboard with an address for the console and sources that are late within seconds."""
    server = FloorServer(
        tmp_path,
        FLOORWALKER_CONSOLE_URL="https://desk.example/?id={conversation_id}",
        FLOORWALKER_EXPECTED_SILENCE_MINUTES="0.05",
    )
    server.start()
    yield server
    server.kill()


def test_order_holds_while_a_row_is_unfolded_and_the_row_shows_its_last_lines(page: Page, floor_server: FloorServer) -> None:
    for name in ("Ann", "Bao", "Chidi"):
        floor_server.post(calm(name.lower(), name))
    open_floor(page, floor_server)
    expect(page.locator(".rows .row")).to_have_count(3)
    before = names(page)
    row_of(page, before[0]).get_by_role("button", name=f"Details of {before[0]}").click()
    expect(page.locator(".last-lines")).to_contain_text("I would like to know the opening hours")
    page.mouse.move(5, 5)
    page.evaluate("document.activeElement.blur()")

    floor_server.post([said(before[2].lower(), 3, "A human, please", ago=200), handed_over(before[2].lower(), 4, ago=190)])

    expect(page.locator(".chip")).to_have_text("1 change waiting – apply")
    assert names(page) == before
    floor_server.post([said(before[0].lower(), 5, "<b>Are</b> you [there](javascript:alert(1))?")])
    expect(page.locator(".last-lines")).to_contain_text("<b>Are</b> you [there](javascript:alert(1))?")
    row_of(page, before[0]).get_by_role("button", name=f"Details of {before[0]}").click()
    page.mouse.move(5, 5)
    page.locator(".rows .open-link").first.focus()
    page.keyboard.press("Escape")
    expect(page.locator(".rows .open-link").first).to_have_text(before[2])


def test_row_is_unfolded_and_folded_by_key(page: Page, floor_server: FloorServer) -> None:
    floor_server.post(calm("ann", "Ann"))
    open_floor(page, floor_server)
    page.get_by_role("link", name="Ann", exact=True).focus()

    page.keyboard.press("ArrowRight")
    expect(page.locator(".details")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator(".details")).to_have_count(0)
    expect(page.get_by_role("link", name="Ann", exact=True)).to_be_focused()


def test_order_and_place_hold_while_scrolled_to_rows_further_down(page: Page, floor_server: FloorServer) -> None:
    for number in range(25):
        floor_server.post(calm(f"c{number:02}", f"Customer {number:02}"))
    open_floor(page, floor_server)
    expect(page.locator(".rows .row")).to_have_count(25)
    before = names(page)
    page.locator(".rows .row").nth(24).scroll_into_view_if_needed()
    place = page.locator(".rows .row").nth(24).bounding_box()
    last = before[24].removeprefix("Customer ")

    floor_server.post([said(f"c{last}", 3, "A human, please", ago=200), handed_over(f"c{last}", 4, ago=190)])

    expect(page.locator(".chip")).to_have_text("1 change waiting – apply")
    expect(page.locator(".chip")).to_be_in_viewport()
    assert (names(page), page.locator(".rows .row").nth(24).bounding_box()) == (before, place)
    page.mouse.move(240, 400)  # beside the table
    page.mouse.wheel(0, -5000)
    expect(page.locator(".rows .open-link").first).to_have_text(f"Customer {last}")


def test_tile_opens_its_definition_by_key_and_gives_the_focus_back(page: Page, floor_server: FloorServer) -> None:
    floor_server.post([*calm("ann", "Ann"), handed_over("ann", 3, ago=190)])
    open_floor(page, floor_server)
    tile = page.locator("[data-tile=longest_wait]")
    expect(tile).to_contain_text("Critical")
    tile.focus()

    page.keyboard.press("Enter")
    card = page.locator(".card")
    expect(card).to_contain_text("At risk from the queue's wait target on")
    expect(card.get_by_role("link", name="All definitions")).to_have_attribute("href", "definitions?metric=longest_wait")
    page.keyboard.press("Escape")

    expect(card).to_be_hidden()
    expect(tile).to_be_focused()


def test_one_row_is_a_stop_of_tab_and_it_is_the_row_walked_to(page: Page, floor_server: FloorServer) -> None:
    for name in ("Ann", "Bao"):
        floor_server.post(calm(name.lower(), name))
    open_floor(page, floor_server)
    expect(page.locator(".rows .row")).to_have_count(2)
    second = names(page)[1]
    page.locator(".rows .open-link").first.focus()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")

    expect(page.get_by_role("button", name=f"Details of {second}")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Open conversation")).to_be_focused()


def test_filter_is_chosen_by_key_alone(page: Page, floor_server: FloorServer) -> None:
    floor_server.post(calm("ann", "Ann"))
    floor_server.post([*calm("bao", "Bao"), handed_over("bao", 3)])
    open_floor(page, floor_server)
    expect(page.locator(".rows .row")).to_have_count(2)
    opener = page.get_by_test_id("stPopoverButton").filter(has_text="State")
    opener.focus()

    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stPopoverBody").get_by_role("combobox")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("stPopoverBody").get_by_role("combobox")).to_be_focused()
    page.keyboard.type("Waiting")
    page.keyboard.press("Enter")
    expect(page.locator(".rows .row")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")

    expect(opener).to_be_focused()
    assert names(page) == ["Bao"]


def test_card_is_walked_by_tab_and_left_where_it_was_opened(page: Page, floor_server: FloorServer) -> None:
    floor_server.post(calm("ann", "Ann"))
    open_floor(page, floor_server)
    opener = page.get_by_role("button", name="1 queue")
    opener.focus()

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("checkbox", name="is mine")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="My queues (1)")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")

    expect(page.locator(".card")).to_be_hidden()
    expect(opener).to_be_focused()


def test_filters_of_last_time_come_back_unless_a_link_says_otherwise(page: Page, floor_server: FloorServer) -> None:
    floor_server.post(calm("ann", "Ann"))
    floor_server.post([*calm("bao", "Bao"), handed_over("bao", 3)])
    open_floor(page, floor_server)
    page.get_by_placeholder("Name, topic, reason …").fill("Bao")
    page.keyboard.press("Enter")
    expect(page.locator(".floor .count")).to_have_text("1 of 2 open · 1 hidden by filters")
    page.get_by_role("button", name="Today").click()
    page.wait_for_url("**/?*window=today*")
    page.wait_for_function("localStorage.getItem('floorwalker.live').includes('today')")

    open_floor(page, floor_server)
    page.wait_for_url("**/?*text=Bao*")
    page.wait_for_url("**/?*window=today*")
    expect(page.locator(".floor .count")).to_have_text("1 of 2 open · 1 hidden by filters")
    open_floor(page, floor_server, "?text=Ann")
    expect(row_of(page, "Ann")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()

    expect(page.locator(".rows .row")).to_have_count(2)
    page.wait_for_url(lambda url: "text=" not in url)


def test_my_queues_are_remembered_and_shown_alone(page: Page, floor_server: FloorServer) -> None:
    floor_server.post(calm("ann", "Ann"))
    open_floor(page, floor_server)
    expect(page.locator(".rows .row")).to_have_count(1)
    page.get_by_role("button", name="My queues").click()
    page.get_by_role("checkbox", name="is mine").check()
    page.keyboard.press("Escape")
    page.reload()

    page.get_by_role("button", name="My queues (1)").click()

    expect(page.get_by_role("button", name="My queues (1)")).to_have_attribute("aria-pressed", "true")


def test_first_visit_is_told_what_the_page_is_once(page: Page, floor_server: FloorServer) -> None:
    open_floor(page, floor_server)
    expect(page.locator(".welcome")).to_be_visible()
    page.get_by_role("button", name="Got it").click()
    page.reload()
    page.wait_for_selector(".floor[data-phase=ready]")

    expect(page.locator(".welcome")).to_be_hidden()


def test_without_sockets_the_page_asks_and_says_so(page: Page, floor_server: FloorServer) -> None:
    page.route_web_socket(STREAM, lambda socket: socket.close(code=1011))
    floor_server.post(calm("ann", "Ann"))
    open_floor(page, floor_server)

    expect(page.locator(".notice")).to_contain_text("asks every 3 seconds instead")
    floor_server.post(calm("bao", "Bao"))

    expect(row_of(page, "Bao")).to_be_visible()
    expect(page.locator(".floor")).not_to_have_attribute("data-stale", "yes")


def test_page_that_slept_catches_up_in_one_answer(page: Page, floor_server: FloorServer) -> None:
    line: dict[str, Any] = {"open": True, "told": [], "sockets": []}  # what was told, by socket

    def pass_on(socket: WebSocketRoute) -> None:
        if not line["open"]:
            return socket.close(code=1011)
        server = socket.connect_to_server()
        told: list[str] = []
        line["sockets"].append(socket)
        line["told"].append(told)

        def hear(message: str | bytes) -> None:
            told.append(str(message))
            socket.send(message)

        server.on_message(hear)
        return None

    page.route_web_socket(STREAM, pass_on)
    page.route("**/live/ask*", lambda route: route.abort())
    floor_server.post(calm("ann", "Ann"))
    open_floor(page, floor_server)
    line["open"] = False
    line["sockets"][-1].close(code=1011)
    expect(page.locator(".notice")).to_contain_text("Connection lost")
    floor_server.post([activity for number in range(6) for activity in calm(f"c{number}", f"Customer {number}")])
    line["open"] = True
    page.evaluate("window.dispatchEvent(new Event('online'))")

    expect(page.locator(".rows .row")).to_have_count(7)
    expect(page.locator(".notice")).to_be_hidden()
    first = next(message for message in line["told"][-1] if "Customer" in message)
    assert '"delta"' in first
    assert first.count('"customer":"Customer') == 6


def test_source_that_falls_silent_is_amber_then_red_with_a_word(page: Page, told_server: FloorServer) -> None:
    told_server.post(calm("ann", "Ann"))
    open_floor(page, told_server)

    expect(page.locator(".source[data-band=at_risk], .source[data-band=critical]")).to_be_visible()
    expect(page.locator(".source[data-band=critical]")).to_contain_text("silent, newest event")


def test_row_links_to_the_console_in_a_tab_of_its_own(page: Page, told_server: FloorServer) -> None:
    told_server.post(calm('a"b&c', "Ann"))
    open_floor(page, told_server)

    link = page.get_by_role("link", name="Open Ann in the console")

    expect(link).to_have_attribute("href", "https://desk.example/?id=a%22b%26c")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_hostile_messages_in_an_unfolded_row_are_text_and_break_no_layout(page: Page, floor_server: FloorServer) -> None:
    texts = ["<img src=x onerror=alert(1)>", "\u202egnorw", "W" * 100_000, "nul\x00nul"]
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    floor_server.post([said("h", number, text, name="Ann \ud800") for number, text in enumerate(texts)])
    open_floor(page, floor_server)
    page.locator(".rows .unfold").first.click()

    expect(page.locator(".last-lines li")).to_have_count(len(texts))
    expect(page.locator(".last-lines")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator(".details img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator(".details").evaluate("box => box.getBoundingClientRect().height") < 400


def test_second_reason_of_a_row_is_read_whole_beside_the_menu(page: Page, floor_server: FloorServer) -> None:
    floor_server.post(calm("ann", "Ann"))
    open_floor(page, floor_server)
    reasons = page.locator(".rows .reasons")

    said = "Waiting after escalation, over the target of 1 min · sentiment fell from neutral to negative"
    reasons.evaluate("(node, said) => { node.textContent = said }", said)

    assert reasons.evaluate("(node) => node.scrollWidth <= node.clientWidth && node.scrollHeight <= node.clientHeight")
