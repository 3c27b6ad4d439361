"""Calls in a browser: offsets as they are spoken, and from a number to exactly its calls by a link that can be passed on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TALL, FloorServer, expect_list_of
from tests.browser.test_conversation import open_conversation, said
from tests.browser.test_filters import conversation

pytestmark = pytest.mark.browser


def speech(offset: float, duration: float) -> dict[str, Any]:
    return {"channelId": "telephony", "channelData": {"speech": {"offset": f"PT{offset}S", "duration": f"PT{duration}S"}}}


def spoken(bot: str, number: int, seconds: float) -> list[dict[str, Any]]:
    """A whole call of this bot, in which the customer speaks so long."""
    asked, answered, ended = conversation(bot, number)
    return [asked | speech(0, seconds), answered | speech(seconds + 3, 2), ended | {"channelId": "telephony"}]


def test_open_call_shows_offset_and_duration_of_each_utterance_as_it_comes(page: Page, floor_server: FloorServer) -> None:
    floor_server.post([said("c1", 1, "Hello", by="bot", ago=60) | speech(0, 2.5)])
    open_conversation(page, floor_server, "c1")
    expect(page.get_by_text("Bot 100")).to_be_visible()

    floor_server.post([said("c1", 2, "My card is gone", ago=1) | speech(63.4, 1.25)])

    expect(page.locator(".message .time")).to_have_text(["0:00", "1:03"])
    assert page.locator(".message .lasted").all_inner_texts() == ["2.5\u202fs", "1.3\u202fs"]
    expect(page.get_by_text(re.compile(r"silence 94.%, the longest 1.min 1.s"))).to_be_visible()


def test_number_of_one_bot_opens_its_calls_and_the_link_restores_them(
    floor_server: FloorServer, page: Page, elsewhere: Page
) -> None:
    for number in range(3):
        floor_server.post(spoken("Vox" if number else "Ava", number, 4 + number))
    page.set_viewport_size(TALL)
    page.goto(f"{floor_server.url}/voice?bot=Vox")
    button = page.get_by_role("button", name=re.compile(r"^(\S+ )?Customer .* 2 calls"))
    expect(button).to_be_visible()

    button.click()

    expect_list_of(2, page, elsewhere, "rows=talk_share_customer")
