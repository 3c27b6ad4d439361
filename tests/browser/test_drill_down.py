"""From a number to exactly its conversations, and back by the link alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TALL, FloorServer, expect_list_of
from tests.browser.test_filters import conversation

pytestmark = pytest.mark.browser


def test_number_opens_its_conversations_and_the_link_restores_the_page(
    floor_server: FloorServer, page: Page, elsewhere: Page
) -> None:
    for number in range(3):
        floor_server.post(conversation("Ava" if number else "Vox", number))
    page.set_viewport_size(TALL)
    page.goto(f"{floor_server.url}/overview?bot=Ava")
    expect(page.get_by_role("button", name="2 closed")).to_be_visible()

    page.get_by_role("button", name="2 of 2").first.click()

    expect_list_of(2, page, elsewhere, "rows=resolution_rate", "bot=Ava", "tz=Europe%2FBerlin")
    expect(elsewhere.get_by_text(re.compile(r"to now, Europe/Berlin"))).to_be_visible()


def test_narrowed_list_leads_to_a_conversation_back_and_to_export(floor_server: FloorServer, page: Page) -> None:
    for number in range(3):
        floor_server.post(conversation("Ava" if number else "Vox", number))
    page.set_viewport_size(TALL)
    page.goto(f"{floor_server.url}/conversations?outcome=resolved&customer=Customer+2&suspect=false")
    expect(page.get_by_text("1–1 of 1, latest first.")).to_be_visible()

    page.get_by_role("link", name="Customer 2", exact=True).click()
    expect(page).to_have_url(re.compile(r"/conversation\?"))
    page.get_by_role("link", name="Conversations", exact=True).last.click()

    expect(page.get_by_text("1–1 of 1, latest first.")).to_be_visible()
    expect(page).to_have_url(re.compile("outcome=resolved"))

    page.get_by_role("link", name="Export these conversations").click()
    expect(page.get_by_role("button", name=re.compile("Make CSV of 1 row"))).to_be_visible()
    expect(page).to_have_url(re.compile("outcome=resolved"))
    page.get_by_text("Command line").click()
    expect(page.get_by_text(re.compile("--outcome=resolved '--customer=Customer 2'"))).to_be_visible()


def test_filter_is_named_and_can_be_left(floor_server: FloorServer, page: Page) -> None:
    for number in range(3):
        floor_server.post(conversation("Ava" if number else "Vox", number))
    page.set_viewport_size(TALL)
    page.goto(f"{floor_server.url}/conversations?customer=Customer+0&slot=9-9")
    expect(page.get_by_text("1–1 of 1, latest first.")).to_be_visible()

    page.get_by_role("button", name="Customer: Customer 0").click()

    expect(page.get_by_text("1–3 of 3, latest first.")).to_be_visible()
    expect(page).not_to_have_url(re.compile("customer"))


def test_open_conversation_of_a_customer_without_a_name_is_told_by_when_it_began(floor_server: FloorServer, page: Page) -> None:
    [said, *_] = conversation("Ava", 700)  # ten seconds a number: just now
    floor_server.post([said | {"from": {"id": "", "role": "user"}}])
    page.set_viewport_size(TALL)

    page.goto(f"{floor_server.url}/conversations?rows=all")

    expect(page.get_by_role("columnheader", name="Ended, or began")).to_be_visible()
    expect(page.get_by_role("cell", name=re.compile(", open"))).to_be_visible()
    expect(page.get_by_role("link", name="Unnamed customer")).to_be_visible()
    expect(page.get_by_role("cell", name=re.compile(r"^Neutral"))).to_be_visible()


def test_what_goes_along_to_another_page_is_in_its_address_and_a_new_browser_shows_the_same(
    floor_server: FloorServer, page: Page, elsewhere: Page
) -> None:
    for number in range(3):
        floor_server.post(conversation("Ava" if number else "Vox", number))
    page.set_viewport_size(TALL)
    page.goto(f"{floor_server.url}/overview?bot=Ava&period=7+days")
    expect(page.get_by_role("button", name="2 closed")).to_be_visible()

    page.get_by_role("link", name="Bots", exact=True).first.click()

    expect(page.get_by_role("heading", name="Bots")).to_be_visible()
    for part in (r"/bots\?", "bot=Ava", r"period=7\+days", "tz=Europe%2FBerlin", "metric=resolution_rate"):
        expect(page).to_have_url(re.compile(part))
    link = page.url

    elsewhere.goto(link)
    expect(elsewhere.get_by_role("button", name="2 of 2").first).to_be_visible()
    expect(elsewhere).to_have_url(link)
