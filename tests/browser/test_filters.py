"""What is chosen on one page of the past is chosen on the next."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TALL, FloorServer

pytestmark = pytest.mark.browser


def conversation(bot: str, number: int) -> list[dict[str, Any]]:
    began = datetime.now(UTC) - timedelta(hours=2)

    def activity(place: int, role: str, name: str, **rest: Any) -> dict[str, Any]:
        at = (began + timedelta(seconds=10 * number + place)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        sender = {"id": name, "name": name, "role": role}
        named = {
            "id": f"{place}",
            "timestamp": at,
            "channelId": "webchat",
            "locale": "en",
            "conversation": {"id": f"{bot}-{number}"},
        }
        return {"type": "message", "from": sender, **named, **rest}

    return [
        activity(1, "user", f"Customer {number}", text="Where is my card?"),
        activity(2, "bot", bot, text="It comes tomorrow."),
        activity(3, "bot", bot, type="endOfConversation", code="completedSuccessfully"),
    ]


def test_selection_goes_along_from_bots_to_export_by_link_and_by_menu(floor_server: FloorServer, page: Page) -> None:
    for number in range(3):
        floor_server.post(conversation("Ava" if number else "Vox", number))
    page.set_viewport_size(TALL)
    for go in ("link", "menu"):
        page.goto(f"{floor_server.url}/bots?bot=Ava")
        expect(page.get_by_role("heading", level=1)).to_have_text("Bots")
        expect(page.get_by_role("button", name="2 closed")).to_be_visible()

        if go == "link":
            page.get_by_role("link", name="Export this selection").click()
        else:
            page.get_by_test_id("stSidebarNavItems").get_by_role("link", name="Export").click()

        expect(page.get_by_role("button", name=re.compile("Make CSV of 2 rows"))).to_be_visible()
        page.get_by_text("Command line").click()
        expect(page.get_by_text(re.compile(r"--tz=Europe/Berlin --bot=Ava"))).to_be_visible()
