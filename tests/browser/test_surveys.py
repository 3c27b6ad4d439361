"""From an answer to exactly its conversations, by a link that can be passed on; and customers' comments stay text."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TALL, FloorServer, expect_list_of
from tests.browser.test_filters import conversation

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"document.title='taken'\"> [quick](http://elsewhere)"


def surveyed(number: int, response: int | None) -> list[dict[str, Any]]:
    """The same conversation, whose bot asks for a rating before it ends."""
    said, answered, ended = conversation("Ava", number)
    asks = answered | {"type": "trace", "id": "ask", "valueType": "CSATSurveyRequest", "value": {}}
    value = {"response": response, "comment": HOSTILE}
    answers = asks | {"id": "answer", "valueType": "CSATSurveyResponse", "value": value}
    return [said, answered, asks, *([answers] if response is not None else []), ended]


def test_number_of_satisfied_opens_their_conversations_and_the_link_restores_them(
    floor_server: FloorServer, page: Page, elsewhere: Page
) -> None:
    for number, response in enumerate((5, 4, 1, None)):
        floor_server.post(surveyed(number, response))
    floor_server.post(conversation("Ava", 9))
    page.set_viewport_size(TALL)
    page.goto(f"{floor_server.url}/surveys")
    button = page.get_by_role("button", name="2 of 3")
    expect(button).to_be_visible()

    button.click()

    expect_list_of(2, page, elsewhere, "surveyed=csat(:|%3A)4-5")
    expect(page.get_by_role("button", name="Only CSAT: 4 to 5 of 5")).to_be_visible()


def test_comments_are_shown_as_they_were_written(floor_server: FloorServer, page: Page) -> None:
    floor_server.post(surveyed(1, 2))
    page.set_viewport_size(TALL)
    page.goto(f"{floor_server.url}/surveys?view=Comments")

    expect(page.get_by_test_id("stDataFrame").get_by_text(HOSTILE)).to_be_attached()

    assert page.title() == "Surveys · Floorwalker"
    page.goto(f"{floor_server.url}/conversation?conversation=bot_framework:Ava-1")
    expect(page.get_by_text("Answered CSAT: 2 of 5")).to_be_visible()
    expect(page.get_by_text(HOSTILE).first).to_be_attached()
    assert page.locator("img[src=x]").count() == 0
