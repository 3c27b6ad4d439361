"""A conversation in a real browser: it grows as it is written, and whatever is written stays text."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import FloorServer
from tests.browser.test_floor import handed_over, said, wire
from tests.browser.test_name_tag import give_name

pytestmark = pytest.mark.browser

READY = ".talk[data-phase=ready]"


def open_conversation(page: Page, server: FloorServer, conversation: str) -> None:
    page.goto(f"{server.url}/conversation?conversation={conversation}")
    page.wait_for_selector(READY)


def texts(page: Page) -> list[str]:
    """The messages, in order."""
    return page.locator(".message .text").all_inner_texts()


def alternating(conversation: str, count: int, *, ago: int) -> list[dict[str, Any]]:
    """Customer and bot in turns, a line a second."""
    return [
        said(conversation, number, f"line {number}", by="bot" if number % 2 else "customer", ago=ago - number)
        for number in range(count)
    ]


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
        "[x](http://hostile.example/a) ![](http://hostile.example/b) <iframe src=http://hostile.example/c></iframe>",
        "<a href=javascript:alert(4)>x</a><style>body{display:none}</style>",
        "combining " + "a" + "\u0301" * 3_000,
        "lone \ud800 half",
    ]
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    name = "<img src=/hostile onerror=alert(3)>"
    context = {"<b>Topic</b>": "<img src=/hostile>", "long": "v" * 50_000}
    bot = {"id": "bot-1", "name": name, "role": "bot"}
    sent = [said("c1", number, text, ago=20 - number, name=name) for number, text in enumerate(hostile)]
    floor_server.post(sent)
    floor_server.post([wire("c1", 30, 1, type="event", name="handoff.initiate", value=context, **{"from": bot})])

    open_conversation(page, floor_server, "c1")
    give_name(page, name)
    page.get_by_role("button", name="I’m on it").click()
    expect(page.locator(".line[data-key^=claim]")).to_contain_text(f"{name} took it on")

    shown = texts(page)
    assert shown[5:7] == hostile[5:7]
    assert shown[8] == "lone \ufffd half"
    assert shown[:2] == hostile[:2]
    assert len(shown[4]) < 1_000
    assert page.locator(".talk img, .talk script, .talk a, .talk b").count() == 0
    assert page.locator(".scroll").evaluate("box => box.scrollWidth <= box.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Show all 100,000 characters").click()
    expect(page.locator(".message .text").nth(4)).to_have_text("W" * 100_000)
    assert page.locator(".scroll").evaluate("box => box.scrollWidth <= box.clientWidth")
    own = (floor_server.url, floor_server.url.replace("http", "ws"), "data:", "blob:")
    assert not [url for url in requested if url.endswith("/hostile") or not url.startswith(own)]
    page.goto(floor_server.url)
    expect(page.locator(".rows .claim")).to_have_text(f"{name} is on it")
    assert page.locator(".rows img").count() == 0


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
    expect(page.locator(".talk .notice")).to_contain_text("Connection lost, trying again")

    floor_server.start()
    floor_server.post([said("c1", 3, "Still there?")])

    expect(page.locator(".message")).to_have_count(3, timeout=40_000)
    expect(page.locator(".talk .notice")).to_be_hidden()
    assert page.evaluate("window.isSamePage")


def test_without_sockets_the_page_asks_says_so_and_is_seen_watching(page: Page, floor_server: FloorServer) -> None:
    page.route_web_socket("**/live/conversation*", lambda socket: socket.close(code=1011))
    floor_server.post([said("c1", 1, "Where is my card?", ago=20, name="Ann")])
    open_conversation(page, floor_server, "c1")

    expect(page.locator(".talk .notice")).to_contain_text("asks every 3 seconds instead")
    expect(page.locator(".watchers")).to_have_text("Only you are watching")
    floor_server.post([said("c1", 2, "On its way.", by="bot")])

    expect(page.locator(".message")).to_have_count(2)
    expect(page.locator(".talk")).not_to_have_attribute("data-stale", "yes")


def test_nothing_is_wider_than_a_phone(page: Page, floor_server: FloorServer) -> None:
    floor_server.post(
        [said("c1", 1, "Hello " * 50, ago=9, name="Ann " * 30), said("c1", 2, "Hi", by="bot", ago=7), handed_over("c1", 3)]
    )
    page.set_viewport_size({"width": 390, "height": 844})

    open_conversation(page, floor_server, "c1")

    assert page.evaluate("document.documentElement.scrollWidth <= 390")
    assert page.locator(".talk").evaluate("talk => talk.scrollWidth <= talk.clientWidth")


def test_agents_part_is_marked_off_and_one_press_away_from_the_bots(page: Page, floor_server: FloorServer) -> None:
    before = alternating("c1", 60, ago=900)
    context = {"BotHandoffTopic": "CreditCard", "Cards": {"count": 2}, "<b>x</b>": "<img src=/hostile>"}
    bot, hub = {"id": "bot-1", "name": "Cora", "role": "bot"}, {"id": "hub", "role": "channel"}
    agent = {"id": "bea", "name": "Bea", "role": "user"}
    accepted = {"state": "accepted", "agent": {"id": "bea", "name": "Bea"}}
    floor_server.post(before)
    floor_server.post(
        [
            wire("c1", 70, 300, type="event", name="handoff.initiate", value=context, **{"from": bot}),
            wire("c1", 71, 299, type="event", name="queue.entered", value={"queue": "CreditCardQueue"}, **{"from": hub}),
            wire("c1", 72, 180, type="event", name="handoff.status", value=accepted, **{"from": hub}),
            *(wire("c1", 80 + at, 170 - at, type="message", text=f"agent {at}", **{"from": agent}) for at in range(30)),
        ]
    )
    open_conversation(page, floor_server, "c1")
    assert at_bottom(page)
    expect(page.locator(".session[data-takeover=yes]")).to_contain_text("Bea, agenttook over after 2 min")
    expect(page.get_by_text("Entered CreditCardQueue, accepted after 1 min")).to_be_attached()

    page.get_by_role("button", name="Jump to handoff").click()

    expect(page.locator(".line.found")).to_be_in_viewport()
    expect(page.locator(".line.found")).to_contain_text("Escalation: a human was asked for")
    named = page.locator(".line.found .variables dt").all_inner_texts()
    values = page.locator(".line.found .variables dd").all_inner_texts()
    assert dict(zip(named, values, strict=True)) == {
        "BotHandoffTopic": "CreditCard",
        "Cards": '{"count": 2}',
        "<b>x</b>": "<img src=/hostile>",
    }
    assert not at_bottom(page)


def test_head_says_what_the_floor_says_and_its_clock_moves(page: Page, floor_server: FloorServer) -> None:
    floor_server.post([said("c1", 1, "A human, please", ago=200, name="Ann"), handed_over("c1", 2, ago=181)])
    open_conversation(page, floor_server, "c1")

    expect(page.locator(".care .band")).to_contain_text("Critical, need")
    expect(page.locator(".care .reasons")).to_contain_text("Waiting after escalation, over the target of 1 min")
    expect(page.locator(".care .waits")).to_have_text("Waiting 3 min")
    exact = page.locator(".care .waits").get_attribute("title")
    expect(page.locator(".care .waits")).not_to_have_attribute("title", exact or "")

    floor_server.post([wire("c1", 3, 0, type="endOfConversation", **{"from": {"id": "bot-1", "role": "bot"}})])
    expect(page.locator(".care")).to_be_hidden()
    expect(page.get_by_role("button", name="I’m on it")).to_be_hidden()


def test_what_was_spoken_is_told_by_its_time_from_the_beginning(page: Page, floor_server: FloorServer) -> None:
    spoken = [
        said("c1", 1, "Hello", ago=4000),
        said("c1", 2, "Hello, how can I help?", by="bot", ago=3993),
        said("c1", 3, "My card", ago=3925),
    ]
    floor_server.post([item | {"channelId": "telephony"} for item in spoken])
    open_conversation(page, floor_server, "c1")

    assert page.locator(".message .time").all_inner_texts() == ["0:00", "0:07", "1:15"]
    expect(page.locator(".head .facts")).to_contain_text("Telephony")


def test_very_long_conversation_is_in_the_page_by_parts_and_read_to_both_ends(page: Page, floor_server: FloorServer) -> None:
    lines = alternating("c1", 1500, ago=1600)
    for at in range(0, 1500, 500):
        floor_server.post(lines[at : at + 500])
    open_conversation(page, floor_server, "c1")
    expect(page.locator(".bar .count")).to_have_text("1,500 messages")
    assert texts(page)[-1] == "line 1499"
    assert page.locator(".line").count() < 300

    page.locator(".scroll").focus()
    page.keyboard.press("Home")
    expect(page.get_by_text("line 0", exact=True)).to_be_in_viewport()
    seen = reading_down(page)
    assert seen == [f"line {number}" for number in range(1500)]
    assert page.locator(".line").count() < 700

    page.keyboard.press("Home")
    floor_server.post([said("c1", 2000, "now")])
    expect(page.locator(".fresh")).to_have_text("1 new message")
    expect(page.get_by_text("line 0", exact=True)).to_be_in_viewport()
    page.keyboard.press("End")
    expect(page.get_by_text("now", exact=True)).to_be_in_viewport()
    expect(page.locator(".session")).to_contain_text("Cora, bot")


def reading_down(page: Page) -> list[str]:
    """Every message that comes by on the way down, each once, in the order in which it does."""
    seen: dict[str, None] = {}
    while True:
        seen |= dict.fromkeys(texts(page))
        if at_bottom(page):
            return list(seen)
        page.locator(".scroll").evaluate("box => { box.scrollTop += 3000 }")
        page.wait_for_timeout(50)


def test_link_is_copied_and_console_is_offered_where_one_is_set_up(browser: Browser, floor_server: FloorServer) -> None:
    floor_server.post([said("a b", 1, "Hello", ago=9), said("a b", 2, "Hi", by="bot", ago=7)])
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    open_conversation(page, floor_server, "a b")
    expect(page.get_by_role("link", name="Open in console")).to_have_count(0)

    page.get_by_role("button", name="Copy link").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{floor_server.url}/conversation?conversation=bot_framework:a%20b"
    page.goto(link)
    page.wait_for_selector(READY)
    context.close()
