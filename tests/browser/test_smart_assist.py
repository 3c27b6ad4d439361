"""From a number of suggestions to exactly its conversations, by a link; and what the transcript says of suggestions."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TALL, FloorServer, expect_list_of
from tests.transcripts import wire

pytestmark = pytest.mark.browser
PRIVATE = '| {"channelData": {"tags": "private"}}'


def advised(name: str, agent: str, *, is_used: bool) -> list[dict[str, Any]]:
    """An agent is shown one suggestion, and uses it or does not."""
    said = "The second charge is cancelled by Friday." if is_used else "I am asking a colleague."
    return wire(
        f"""
        2026-11-20T09:00:00 customer: I was charged twice
        2026-11-20T09:01:00 agent {agent}: Let me look.
        2026-11-20T09:02:00 #s1 bot Sage: The second charge is cancelled by Friday. {PRIVATE}
        2026-11-20T09:02:30 agent {agent}: {said}
        2026-11-20T09:05:00 end completedSuccessfully
        """,
        conversation=name,
    )


def test_number_of_an_agent_opens_its_conversations_and_the_link_restores_them(
    floor_server: FloorServer, page: Page, elsewhere: Page
) -> None:
    floor_server.post(advised("one", "Bea", is_used=True))
    floor_server.post(advised("two", "Bea", is_used=True))
    floor_server.post(advised("three", "Cem", is_used=True))
    floor_server.post(advised("four", "Bea", is_used=False))
    page.set_viewport_size(TALL)
    page.goto(f"{floor_server.url}/smart_assist?period=All&to_agent=Bea")
    button = page.get_by_role("button", name="2 of 3")
    expect(button).to_be_visible()

    button.click()

    expect_list_of(2, page, elsewhere, "suggested=used", "suggested_to=Bea")


def test_transcript_shows_what_only_the_agent_saw_and_what_became_of_it(floor_server: FloorServer, page: Page) -> None:
    floor_server.post(advised("used", "Bea", is_used=True))
    floor_server.post(advised("left", "Bea", is_used=False))
    page.set_viewport_size(TALL)

    page.goto(f"{floor_server.url}/conversation?conversation=used")
    tag = page.locator(".tag.is-suggestion")
    expect(tag).to_have_text("Suggestion to Bea: used after 30\u202fs")
    expect(tag).to_have_attribute("title", "The next message repeats it word for word")
    expect(page.locator(".message.private")).to_contain_text("Private: customers do not see it")

    page.goto(f"{floor_server.url}/conversation?conversation=left")
    expect(page.locator(".tag.is-suggestion")).to_have_text("Suggestion to Bea: not used")
