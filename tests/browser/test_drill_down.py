"""From a number to exactly its conversations, and back by the link alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import FloorServer
from tests.browser.test_filters import conversation

pytestmark = pytest.mark.browser


def test_number_opens_its_conversations_and_the_link_restores_the_page(floor_server: FloorServer, browser: Browser) -> None:
    for number in range(3):
        floor_server.post(conversation("Ava" if number else "Vox", number))
    context = browser.new_context(viewport={"width": 1280, "height": 1200}, timezone_id="Asia/Tokyo")
    page = context.new_page()
    page.goto(f"{floor_server.url}/overview?bot=Ava")
    expect(page.get_by_text(re.compile("2 closed ="))).to_be_visible(timeout=20_000)

    page.get_by_role("button", name="2 of 2").first.click()

    expect(page.get_by_text("1–2 of 2, latest first.")).to_be_visible(timeout=10_000)
    expect(page).to_have_url(re.compile(r"metric=resolution_rate"))
    expect(page).to_have_url(re.compile(r"tz=Asia%2FTokyo"))
    link = page.url
    context.close()

    elsewhere = browser.new_context(viewport={"width": 1280, "height": 1200}, timezone_id="America/New_York")
    again = elsewhere.new_page()
    again.goto(link)
    expect(again.get_by_text("1–2 of 2, latest first.")).to_be_visible(timeout=20_000)
    expect(again.get_by_text(re.compile(r"to now, Asia/Tokyo"))).to_be_visible()
    elsewhere.close()


def test_slice_of_a_link_is_named_and_can_be_left(floor_server: FloorServer, browser: Browser) -> None:
    for number in range(3):
        floor_server.post(conversation("Ava" if number else "Vox", number))
    context = browser.new_context(viewport={"width": 1280, "height": 1200}, timezone_id="Europe/Berlin")
    page = context.new_page()
    page.goto(f"{floor_server.url}/overview?view=Conversations&metric=closed&of_bot=Vox")
    expect(page.get_by_text("1–1 of 1, latest first.")).to_be_visible(timeout=20_000)

    page.get_by_role("button", name="Only bot “Vox”").click()

    expect(page.get_by_text("1–3 of 3, latest first.")).to_be_visible(timeout=10_000)
    expect(page).not_to_have_url(re.compile("of_bot"))
    context.close()
