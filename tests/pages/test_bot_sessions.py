"""The Bot sessions page: empty, without an entitlement, with one; every number opens exactly its conversations; links restore."""

from __future__ import annotations

from typing import Any

import pytest

from metrics.bot_sessions.entitlement import Entitlement
from pages.runtime import install
from store.routing.records import Licences
from tests.pages.conftest import Site, ask_and_escalate, ask_and_resolve, talk
from tests.transcripts import wire

HELD = Entitlement((Licences("2026-01", 1),), per_licence=5)
ADVISED = """
    2026-03-01T09:00:00 customer: hello
    2026-03-01T09:01:00 agent Bea: hello
    2026-03-01T09:01:10 bot: Offer a refund. | {"channelData": {"tags": "private"}}
    2026-03-01T09:02:00 customer: thanks
"""


@pytest.fixture
def used(site: Site) -> Site:
    """Four bot sessions of March, two of February, one conversation with advice only; five are entitled to."""
    site.load(
        ask_and_resolve("one", "2026-03-01T10:00:00Z"),
        ask_and_escalate("two", "2026-03-01T11:00:00Z", bot="Max"),
        ask_and_resolve("three", "2026-03-02T09:00:00Z", channel="sms"),
        ask_and_resolve("four", "2026-03-02T10:00:00Z"),
        ask_and_resolve("five", "2026-02-10T10:00:00Z"),
        ask_and_resolve("six", "2026-02-11T10:00:00Z"),
        wire(ADVISED, conversation="seven"),
    )
    site.entitlement = HELD
    install(site.runtime())
    return site


def tiles(page: Any) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def ids(page: Any, place: int = -1) -> list[str]:
    return [address.rpartition(":")[2] for address in page.dataframe[place].value["conversation"]]


@pytest.mark.usefixtures("site")
def test_before_any_conversation_the_page_says_what_to_do(open_page) -> None:
    page = open_page("bot_sessions")

    assert page.info[0].value.startswith("A bot session is a conversation in which a customer meets a bot.")
    assert "Nothing says how many bot sessions" in page.info[1].value
    assert not page.metric


def test_without_an_entitlement_it_counts_all_the_same_and_says_what_to_write(used: Site, open_page) -> None:
    used.entitlement = Entitlement()
    install(used.runtime())

    page = open_page("bot_sessions")

    assert (tiles(page)["Used"], tiles(page)["Entitled"], tiles(page)["Left"]) == ("4", "–", "–")
    assert 'from = "2026-03"' in page.code[0].value
    assert not page.exception


@pytest.mark.usefixtures("used")
def test_tiles_and_the_warning_say_how_the_month_stands(open_page) -> None:
    page = open_page("bot_sessions")

    found = tiles(page)
    assert (found["Used"], found["Entitled"], found["Left"], found["Share used"]) == ("4", "5", "1", "80.0\u202f%")
    assert page.warning[0].value == "**At risk.** 80.0\u202f% of March 2026 are used, 1 is left."
    assert (found["Forecast"], found["Runs out, est."]) == ("8", "8 Mar")


def test_used_up_says_when(used: Site, open_page) -> None:
    used.entitlement = Entitlement((Licences("2026-01", 1),), per_licence=3)
    install(used.runtime())

    page = open_page("bot_sessions")

    assert page.error[0].value == "**Used up.** All 3 of March 2026 were used by 2 Mar 2026, 09:00, and 1 more."
    assert tiles(page)["Left"] == "0"


@pytest.mark.usefixtures("used")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["four", "three", "two", "one"]),
        ({"of_day": "2026-03-01"}, ["two", "one"]),
        ({"of_bot": "Max"}, ["two"]),
        ({"of_channel": "sms"}, ["three"]),
        ({"use": "beginning"}, ["four", "three", "two", "one"]),
        ({"use": "nonsense"}, ["four", "three", "two", "one"]),
        ({"month": "2026-02"}, ["six", "five"]),
        ({"month": "2030-02"}, ["four", "three", "two", "one"]),
    ],
)
def test_link_opens_exactly_its_conversations(open_page, query: dict[str, str], expected: list[str]) -> None:
    page = open_page("bot_sessions", view="Counted", **query)

    assert ids(page) == expected
    assert f"1–{len(expected)} of {len(expected)}, latest first." in [caption.value for caption in page.caption]


@pytest.mark.usefixtures("used")
def test_counted_says_why(open_page) -> None:
    page = open_page("bot_sessions", view="Counted")

    why = list(page.dataframe[-1].value["why"])
    assert why[2] == "a bot met the customer at the beginning; escalated, and counts all the same"
    assert why[0] == "a bot met the customer at the beginning"


@pytest.mark.usefixtures("used")
def test_not_counted_says_why_not(open_page) -> None:
    page = open_page("bot_sessions", view="Not counted")

    reasons, listed = (frame.value for frame in page.dataframe)
    assert reasons.to_dict("records") == [{"why": "a bot only advised the agent (smart assist)", "count": "1"}]
    assert ids(page) == ["seven"]
    assert list(listed["why"]) == list(reasons["why"])


@pytest.mark.usefixtures("used")
def test_number_of_the_tile_leads_to_the_list(open_page) -> None:
    page = open_page("bot_sessions", of_bot="Max")

    page.button(key="list_used").click().run()

    assert not page.exception
    assert ids(page) == ["four", "three", "two", "one"]


@pytest.mark.usefixtures("used")
def test_slice_is_named_and_can_be_left(open_page) -> None:
    page = open_page("bot_sessions", view="Counted", of_bot="Max")

    assert page.button(key="leave_of_bot").label == "Only bot “Max”"
    page.button(key="leave_of_bot").click().run()

    assert len(ids(page)) == 4


def test_channel_has_the_name_that_people_know_it_by(site: Site, open_page) -> None:
    site.load(ask_and_resolve("chat", "2026-03-02T09:00:00Z", channel="lcw"))

    page = open_page("bot_sessions", view="Counted", of_channel="lcw")

    assert ids(page) == ["chat"]
    assert list(page.dataframe[-1].value["channel"]) == ["Live chat"]
    assert page.button(key="leave_of_channel").label == "Only channel “Live chat”"
    assert list(open_page("bot_sessions", view="By bot and channel").dataframe[1].value["name"]) == ["Live chat"]


@pytest.mark.usefixtures("used")
def test_cuts_sum_to_what_is_used_and_months_stand_side_by_side(open_page) -> None:
    by_bot, by_channel, why = (frame.value for frame in open_page("bot_sessions", view="By bot and channel").dataframe)
    assert dict(zip(by_bot["name"], by_bot["used"], strict=True)) == {"Cora": "3", "Max": "1"}
    assert dict(zip(by_channel["name"], by_channel["used"], strict=True)) == {"Web chat": "3", "SMS": "1"}
    assert list(why["used"]) == ["4"]

    months = open_page("bot_sessions", view="Months").dataframe[-1].value
    assert months[["month", "used", "entitled", "left"]].to_dict("records") == [
        {"month": "March 2026, so far", "used": "4", "entitled": "5", "left": "1"},
        {"month": "February 2026", "used": "2", "entitled": "5", "left": "3"},
    ]


@pytest.mark.usefixtures("used")
def test_file_holds_the_month(open_page) -> None:
    page = open_page("bot_sessions")

    assert page.button(key="make_file").label == "Make CSV of 5 rows"
    command = page.code[-1].value
    assert "export bot_sessions --from=2026-03-01T00:00:00.000Z --to=2026-04-01T00:00:00.000Z --tz=UTC --include-tests" in command


def test_hostile_names_are_text(site: Site, open_page) -> None:
    name = "<img src=x onerror=alert(1)> **bold** :material/close:"
    site.load(talk("evil", "2026-03-01T10:00:00Z", ("customer", "hi"), ("bot", "hello"), bot=name))

    page = open_page("bot_sessions", view="Counted", of_bot=name)

    assert ids(page) == ["evil"]
    assert "**bold**" not in page.button(key="leave_of_bot").label
    assert not open_page("bot_sessions", view="By bot and channel").exception


@pytest.mark.usefixtures("used")
def test_definitions_are_one_click_away(open_page) -> None:
    page = open_page("definitions", find="entitle")

    labels = [heading.value for heading in page.subheader]
    assert {"Bot sessions used", "Bot sessions entitled to", "Bot sessions left", "Bot sessions, share used"} <= set(labels)
