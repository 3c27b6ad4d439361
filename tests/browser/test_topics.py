"""From what a bot did not understand to exactly the conversations in which it did not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TALL, FloorServer, expect_list_of
from tests.browser.test_filters import conversation

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"document.title='taken'\"> blue form"


def not_understood(number: int, text: str) -> list[dict[str, Any]]:
    """The same conversation in which the bot does not understand what was written."""
    asked, answered, ended = conversation("Ava", number)
    return [{**asked, "text": text}, {**answered, "text": "Sorry, I didn't understand."}, ended]


def test_group_opens_exactly_its_conversations_and_hostile_words_stay_text(
    floor_server: FloorServer, page: Page, elsewhere: Page
) -> None:
    for number, text in enumerate(("the blue form", "Blue forms!", HOSTILE)):
        floor_server.post(not_understood(number, text))
    floor_server.post(conversation("Ava", 9))
    page.set_viewport_size(TALL)
    page.goto(f"{floor_server.url}/topics?view=Not+understood")
    expect(page.get_by_text(re.compile("3 turns of 3 closed conversations"))).to_be_visible()
    grid = page.get_by_test_id("stDataFrame")
    expect(grid.get_by_text("Blue forms!")).to_be_attached()

    grid.click(position={"x": 280 + 80 + 100, "y": 52})  # the number of conversations in the first row

    expect_list_of(2, page, elsewhere, "said=[0-9a-f]{12}")
    assert page.title().endswith("Conversations · Floorwalker")
