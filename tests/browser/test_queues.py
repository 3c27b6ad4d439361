"""From a queue's number to exactly its conversations, by a link that can be passed on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TALL, FloorServer, expect_list_of
from tests.browser.test_filters import conversation

pytestmark = pytest.mark.browser
HUB = {"id": "hub", "name": "Hub", "role": "system"}


def waited(number: int, queue: str) -> list[dict[str, Any]]:
    """The same conversation, which was handed over and left its queue unserved."""
    asked, answered, ended = conversation("Ava", number)
    event = {key: asked[key] for key in ("timestamp", "channelId", "conversation")} | {"type": "event"}
    request = event | {"id": "h", "name": "handoff.initiate", "from": answered["from"], "value": {}}
    entered = event | {"id": "q", "name": "queue.entered", "from": HUB, "value": {"queue": queue}}
    request["timestamp"] = entered["timestamp"] = answered["timestamp"]
    return [asked, answered, request, entered, {**ended, "code": "userCancelled"}]


def test_number_of_one_queue_opens_its_conversations_and_the_link_restores_them(
    floor_server: FloorServer, page: Page, elsewhere: Page
) -> None:
    for number, queue in enumerate(("Cards", "Cards", "Loans")):
        floor_server.post(waited(number, queue))
    page.set_viewport_size(TALL)
    page.goto(f"{floor_server.url}/queues?in_queue=Cards")
    button = page.get_by_role("button", name="2 of 2")
    expect(button).to_be_visible()

    button.click()

    expect_list_of(2, page, elsewhere, "stayed_in=Cards", "rows=queue_abandonment")


def test_who_waits_now_is_one_press_away_on_the_floor(floor_server: FloorServer, page: Page) -> None:
    for number, queue in enumerate(("Cards", "Cards", "Loans")):
        floor_server.post(waited(715 + number, queue)[:-1])  # ten seconds a number: just now
    page.set_viewport_size(TALL)
    page.goto(f"{floor_server.url}/queues?in_queue=Cards")
    button = page.get_by_role("button", name="Who waits").first
    expect(button).to_be_enabled()

    button.click()

    expect(page).to_have_url(re.compile(r"/\?.*queue=Cards"))
    expect(page.locator(".rows .row")).to_have_count(2)
