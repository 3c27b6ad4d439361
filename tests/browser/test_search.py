"""Searching in a browser: typed, found and marked, kept by the link; a text that is markup stays text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TALL, FloorServer
from tests.browser.test_filters import conversation

pytestmark = pytest.mark.browser


def test_words_are_typed_found_and_marked_and_the_link_keeps_them(floor_server: FloorServer, page: Page) -> None:
    for number in range(3):
        activities = conversation("Ava", number)
        spoken = [item for item in activities if item["type"] == "message"]
        if number == 1:
            spoken[0]["text"] = "<img src=x onerror=alert(1)> my Parcel is lost"
        floor_server.post(activities)
    page.set_viewport_size(TALL)
    page.on("dialog", lambda dialog: pytest.fail(f"a text ran: {dialog.message}"))
    page.goto(f"{floor_server.url}/conversations")
    expect(page.get_by_text("1–3 of 3, latest first.")).to_be_visible()

    box = page.get_by_role("textbox", name="Search")
    box.fill("parc* NOT refund")
    box.press("Enter")

    expect(page.get_by_text("1–1 of 1, latest first.")).to_be_visible()
    expect(page.locator("mark")).to_have_text(["Parcel"])
    expect(page.get_by_text("<img src=x onerror=alert(1)> my")).to_be_visible()
    expect(page).to_have_url(re.compile(r"search=parc"))

    page.reload()
    expect(page.locator("mark")).to_have_text(["Parcel"])
