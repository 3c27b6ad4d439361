"""A conversation in a real browser: it grows as it is written, and whatever is written stays text."""

from __future__ import annotations

from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import FloorServer
from tests.browser.test_floor import handed_over, said, wire

pytestmark = pytest.mark.browser

READY = ".talk[data-phase=ready]"


def open_conversation(page: Page, server: FloorServer, conversation: str) -> None:
    page.goto(f"{server.url}/conversation?conversation={conversation}")
    page.wait_for_selector(READY)


def texts(page: Page) -> list[str]:
    """The messages, in order."""
    return page.locator(".message .text").all_inner_texts()


def at_bottom(page: Page) -> bool:
    return bool(page.locator(".scroll").evaluate("box => box.scrollHeight - box.scrollTop - box.clientHeight < 32"))


def test_message_posted_over_http_appears_without_a_reload(page: Page, floor_server: FloorServer) -> None:
    floor_server.post([said("c1", 1, "Where is my card?", ago=20, name="Ann"), said("c1", 2, "On its way.", by="bot", ago=19)])
    open_conversation(page, floor_server, "c1")
    page.evaluate("window.isSamePage = true")
    assert texts(page) == ["Where is my card?", "On its way."]

    floor_server.post([said("c1", 3, "That is terrible", name="Ann")])

    expect(page.locator(".message")).to_have_count(3)
    assert texts(page)[-1] == "That is terrible"
    expect(page.locator(".message").last).to_contain_text("very negative −1.00")
    expect(page.locator(".head .feel")).to_contain_text("2 of 2 scored")
    assert page.evaluate("window.isSamePage")


def test_late_message_takes_its_place_in_time(page: Page, floor_server: FloorServer) -> None:
    floor_server.post([said("c1", 1, "first", ago=30), said("c1", 3, "third", ago=10)])
    open_conversation(page, floor_server, "c1")

    floor_server.post([said("c1", 2, "second", by="bot", ago=20)])

    expect(page.locator(".message")).to_have_count(3)
    assert texts(page) == ["first", "second", "third"]


def test_head_and_tables_follow_an_escalation_and_the_end(page: Page, floor_server: FloorServer) -> None:
    floor_server.post([said("c1", 1, "I want a human", ago=20, name="Ann"), said("c1", 2, "Sure.", by="bot", ago=19)])
    open_conversation(page, floor_server, "c1")
    expect(page.locator(".head .state")).to_have_text("With bot")

    floor_server.post([handed_over("c1", 3, ago=5)])
    expect(page.locator(".head .state")).to_have_text("Waiting for an agent")

    bot = {"id": "bot-1", "name": "Cora", "role": "bot"}
    floor_server.post([wire("c1", 4, 0, type="endOfConversation", **{"from": bot})])
    expect(page.locator(".head .state")).to_have_text("Ended")
    expect(page.locator(".verdict")).to_contain_text(
        "Counted as escalated because the customer asked for a human. No agent accepted it."
    )
    expect(page.get_by_text("Only in the denominator of: Resolution rate")).to_be_visible()
    page.get_by_role("button", name="Show what decided it").click()
    expect(page.locator(".line.found")).to_contain_text("Escalation: a human was asked for")


def test_reader_above_the_end_is_not_moved_but_told(page: Page, floor_server: FloorServer) -> None:
    floor_server.post([said("c1", number, f"line {number}", ago=90 - number) for number in range(1, 41)])
    open_conversation(page, floor_server, "c1")
    assert at_bottom(page)

    floor_server.post([said("c1", 41, "one more")])
    expect(page.locator(".message")).to_have_count(41)
    assert at_bottom(page)

    page.locator(".scroll").evaluate("box => { box.scrollTop = 100 }")
    floor_server.post([said("c1", 42, "and another"), said("c1", 43, "and the last")])
    expect(page.locator(".fresh")).to_have_text("2 new messages")
    assert page.locator(".scroll").evaluate("box => box.scrollTop") == 100
    page.locator(".fresh").click()
    assert at_bottom(page)
    expect(page.locator(".fresh")).to_be_hidden()


def test_hostile_text_is_text_loads_nothing_and_breaks_no_layout(page: Page, floor_server: FloorServer) -> None:
    hostile = [
        "<img src=/hostile onerror=alert(1)><script>alert(2)</script>",
        "[a](javascript:alert(1)) ![](/hostile) **bold**",
        "\u202etfel ot thgir\u202c",
        "nul\x00nul",
        "W" * 100_000,
    ]
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    name = "<img src=/hostile onerror=alert(3)>"
    context = {"<b>Topic</b>": "<img src=/hostile>", "long": "v" * 50_000}
    bot = {"id": "bot-1", "name": name, "role": "bot"}
    floor_server.post([said("c1", number, text, ago=20 - number, name=name) for number, text in enumerate(hostile)])
    floor_server.post([wire("c1", 9, 1, type="event", name="handoff.initiate", value=context, **{"from": bot})])

    open_conversation(page, floor_server, "c1")

    shown = texts(page)
    assert shown[:2] == hostile[:2]
    assert len(shown[4]) < 1_000
    assert page.locator(".talk img, .talk script, .talk a, .talk b").count() == 0
    assert page.locator(".scroll").evaluate("box => box.scrollWidth <= box.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Show all 100,000 characters").click()
    expect(page.locator(".message .text").nth(4)).to_have_text("W" * 100_000)
    assert page.locator(".scroll").evaluate("box => box.scrollWidth <= box.clientWidth")
    assert not [url for url in requested if url.endswith("/hostile")]


def test_other_activities_are_shown_when_asked_for(page: Page, floor_server: FloorServer) -> None:
    bot = {"id": "bot-1", "name": "Cora", "role": "bot"}
    floor_server.post(
        [said("c1", 1, "Hello", ago=9), wire("c1", 2, 8, type="typing", **{"from": bot}), said("c1", 3, "Hi", by="bot", ago=7)]
    )
    open_conversation(page, floor_server, "c1")
    expect(page.get_by_text("Typing", exact=True)).to_be_hidden()

    page.get_by_label("Show all activities (1 more)").check()

    expect(page.get_by_text("Typing", exact=True)).to_be_visible()


def test_list_opens_a_conversation_and_leads_back(page: Page, floor_server: FloorServer) -> None:
    floor_server.post([said("a b&c", 1, "Hello", ago=9, name="Ann"), said("a b&c", 2, "Hi", by="bot", ago=7)])
    page.goto(f"{floor_server.url}/conversation")

    page.get_by_role("link", name="Ann", exact=True).click()
    page.wait_for_selector(READY)
    assert unquote_plus(page.url).endswith("/conversation?conversation=bot_framework:a b&c")

    page.get_by_role("button", name="Another conversation").click()
    expect(page.get_by_role("link", name="Ann", exact=True)).to_be_visible()


def test_restarted_server_is_joined_again_without_a_reload(page: Page, floor_server: FloorServer) -> None:
    floor_server.post([said("c1", 1, "Hello", ago=9), said("c1", 2, "Hi", by="bot", ago=7)])
    open_conversation(page, floor_server, "c1")
    page.evaluate("window.isSamePage = true")
    floor_server.kill()
    expect(page.locator(".talk .notice")).to_contain_text("Connection lost, trying again", timeout=15_000)

    floor_server.start()
    floor_server.post([said("c1", 3, "Still there?")])

    expect(page.locator(".message")).to_have_count(3, timeout=40_000)
    expect(page.locator(".talk .notice")).to_be_hidden()
    assert page.evaluate("window.isSamePage")


def test_nothing_is_wider_than_a_phone(browser: Browser, floor_server: FloorServer) -> None:
    floor_server.post(
        [said("c1", 1, "Hello " * 50, ago=9, name="Ann " * 30), said("c1", 2, "Hi", by="bot", ago=7), handed_over("c1", 3)]
    )
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()

    open_conversation(page, floor_server, "c1")

    assert page.evaluate("document.documentElement.scrollWidth <= 390")
    assert page.locator(".talk").evaluate("talk => talk.scrollWidth <= talk.clientWidth")
    context.close()
