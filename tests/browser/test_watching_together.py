"""Two supervisors in two browsers: each sees who else watches, and who has taken the conversation on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import FloorServer
from tests.browser.test_conversation import open_conversation, texts
from tests.browser.test_floor import READY, handed_over, row_of, said
from tests.browser.test_name_tag import give_name

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _talk(floor_server: FloorServer) -> None:
    floor_server.post([said("c1", 1, "A human, please", ago=20, name="Ann"), handed_over("c1", 2, ago=10)])


def test_each_sees_who_else_watches_and_when_they_leave(page: Page, elsewhere: Page, floor_server: FloorServer) -> None:
    open_conversation(page, floor_server, "c1")
    expect(page.locator(".watchers")).to_have_text("Only you are watching")
    give_name(page, "Dana")

    open_conversation(elsewhere, floor_server, "bot_framework:c1")  # the same by its longer name
    give_name(elsewhere, "Max <b>")

    expect(page.locator(".watchers")).to_have_text("Watching: you, Max <b>")
    expect(elsewhere.locator(".watchers")).to_have_text("Watching: you, Dana")
    floor_server.post([said("c1", 3, "Anybody?", name="Ann")])
    for each in (page, elsewhere):
        expect(each.locator(".message")).to_have_count(2)
        assert texts(each)[-1] == "Anybody?"
    elsewhere.close()
    expect(page.locator(".watchers")).to_have_text("Only you are watching")


def test_taking_it_on_shows_to_the_other_and_on_the_floor_at_once(page: Page, elsewhere: Page, floor_server: FloorServer) -> None:
    open_conversation(page, floor_server, "c1")
    give_name(page, "Dana")
    elsewhere.goto(floor_server.url)
    elsewhere.wait_for_selector(READY)
    expect(row_of(elsewhere, "Ann")).to_contain_text("1 watching")

    page.get_by_role("button", name="I’m on it").click()

    expect(row_of(elsewhere, "Ann")).to_contain_text("Dana is on it")
    expect(page.locator(".holding")).to_contain_text("You are on it since")
    expect(page.locator(".line[data-key^=claim]")).to_contain_text("Dana took it on")

    open_conversation(elsewhere, floor_server, "c1")
    give_name(elsewhere, "Max")
    expect(elsewhere.locator(".holding")).to_contain_text("Dana is on it since")
    expect(elsewhere.get_by_role("button", name="I’m on it")).to_be_hidden()
    elsewhere.get_by_role("button", name="Take over from Dana").click()
    expect(page.locator(".holding")).to_contain_text("Max is on it since")
    expect(page.get_by_text("Max took it over from Dana")).to_be_visible()

    elsewhere.get_by_role("button", name="Release").click()
    expect(page.get_by_role("button", name="I’m on it")).to_be_visible()
    expect(page.locator(".holding")).to_be_hidden()


def test_claim_and_watchers_come_back_after_a_crash_of_the_server(page: Page, floor_server: FloorServer) -> None:
    open_conversation(page, floor_server, "c1")
    give_name(page, "Dana")
    page.evaluate("window.isSamePage = true")
    page.get_by_role("button", name="I’m on it").click()
    expect(page.locator(".holding")).to_contain_text("You are on it")
    floor_server.kill()
    expect(page.locator(".talk .notice")).to_contain_text("Connection lost")

    floor_server.start()

    expect(page.locator(".talk .notice")).to_be_hidden(timeout=40_000)
    expect(page.locator(".holding")).to_contain_text("You are on it")
    expect(page.locator(".watchers")).to_have_text("Only you are watching")
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_role("button", name="I’m on it")).to_be_visible()
    assert page.evaluate("window.isSamePage")
