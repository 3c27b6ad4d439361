"""What is noted beside a trend is there for everybody, and its words stay words."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TALL, FloorServer
from tests.browser.test_filters import conversation

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=\"document.title='taken'\"> v2 released"


def test_annotation_is_added_seen_by_others_and_deleted(floor_server: FloorServer, page: Page, elsewhere: Page) -> None:
    floor_server.post(conversation("Ava", 1))
    page.set_viewport_size(TALL)
    page.goto(f"{floor_server.url}/bots")
    page.get_by_role("button", name="Annotate").click()
    page.get_by_label("What happened").fill(HOSTILE)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Annotations (1)")).to_be_visible()

    elsewhere.goto(f"{floor_server.url}/overview")
    elsewhere.get_by_text("Annotations (1)").click()
    expect(elsewhere.get_by_text(HOSTILE, exact=True)).to_be_visible()
    expect(
        elsewhere.locator("[data-testid=stPlotlyChart] svg .annotation-text").filter(has_text=re.compile("img src"))
    ).to_be_visible()
    expect(elsewhere.locator("img[src=x]")).to_have_count(0)
    assert elsewhere.title().endswith("Overview · Floorwalker")
    elsewhere.get_by_role("button", name="Delete").click()
    expect(elsewhere.get_by_text("Annotations (1)")).to_have_count(0)


def test_target_is_set_beside_a_trend_and_judged_on_its_card(floor_server: FloorServer, page: Page) -> None:
    floor_server.post(conversation("Ava", 1))
    page.set_viewport_size(TALL)
    page.goto(f"{floor_server.url}/bots")
    page.get_by_role("button", name="Target").click()
    page.get_by_label("At least, %").fill("10")
    page.get_by_role("button", name="Set target").click()

    expect(page.get_by_text(re.compile(r"Met: ≥.10.%")).first).to_be_visible()
