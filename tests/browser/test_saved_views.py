"""A view that one person saves restores the page of another, exactly."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TALL, FloorServer
from tests.browser.test_filters import conversation

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"document.title='taken'\"> mine"


def test_saved_view_restores_the_page_for_somebody_else(floor_server: FloorServer, page: Page, elsewhere: Page) -> None:
    for number in range(3):
        floor_server.post(conversation("Ava" if number else "Vox", number))
    page.set_viewport_size(TALL)
    page.goto(f"{floor_server.url}/conversations?bot=Ava&outcome=resolved&rows=closed")
    expect(page.get_by_text("1–2 of 2, latest first.")).to_be_visible()

    page.get_by_role("button", name="Views").click()
    page.get_by_label("Name for what is shown now").fill(HOSTILE)
    page.get_by_role("button", name="Save for everybody").click()
    expect(page.get_by_role("link", name=HOSTILE)).to_be_visible()

    elsewhere.goto(f"{floor_server.url}/bots?bot=Vox")
    expect(elsewhere.get_by_role("button", name="1 closed")).to_be_visible()
    elsewhere.get_by_role("button", name="Views").click()
    elsewhere.get_by_role("link", name=HOSTILE).click()

    expect(elsewhere.get_by_text("1–2 of 2, latest first.")).to_be_visible()
    expect(elsewhere.get_by_role("button", name="Outcome: resolved")).to_be_visible()
    expect(elsewhere.get_by_text(re.compile("to now, Europe/Berlin"))).to_be_visible()
    assert elsewhere.title().endswith("Conversations · Floorwalker")
