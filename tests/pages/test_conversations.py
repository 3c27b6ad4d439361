"""The Conversations page: every filter, pages that meet, and what it says where nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.elements.lib import policies
from streamlit.testing.v1 import AppTest

from metrics.filters import Filters
from metrics.questions import counted, headline
from pages.components import drill
from pages.components.choose import METRICS
from pages.components.period import ALL
from tests.pages.conftest import LONG, NOW_MS, ROOT, Site, ask_and_escalate, ask_and_resolve, given, listed, talk
from tests.pages.test_bots import fill

Opener = Callable[..., AppTest]
EVERY = ["a1", "e2", "e1", "r2", "r1", "r3", "e3"]


def captions(page: AppTest) -> list[str]:
    return [caption.value for caption in page.caption]


@pytest.mark.parametrize("metric", METRICS)
def test_metric_opens_exactly_the_conversations_it_counts(site: Site, open_page: Opener, metric: str) -> None:
    fill(site)
    [card] = headline(site.wired.store, Filters(now_ms=NOW_MS // 60_000 * 60_000), [metric]).cards
    page = open_page("conversations", period=ALL, rows=metric)

    assert len(listed(page)) == counted(card.now)
    assert page.selectbox(key="rows_choice").value == metric
    assert page.query_params["rows"] == metric


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        ({}, EVERY),
        ({"bot": "Homer"}, ["a1", "e2"]),
        ({"channel": "webchat", "queue": "(none)"}, ["e1", "r2", "r1", "r3", "e3"]),
        ({"topic": "(none)"}, EVERY),
        ({"workstream": "(none)"}, EVERY),
        ({"outcome": ["abandoned", "resolved"]}, ["a1", "r2", "r1", "r3"]),
        ({"resolution": "implied"}, ["r2", "r1", "r3"]),
        ({"resolution": "confirmed"}, []),
        ({"reason": "unknown"}, ["e2", "e1", "e3"]),
        ({"reason": "bot gave up"}, []),
        ({"state": "closed"}, EVERY),
        ({"state": "waiting"}, []),
        ({"sentiment": "(none)"}, []),
        ({"customer": "customer-of-e1"}, ["e1"]),
        ({"customer": "ANN"}, EVERY),
        ({"customer": "nobody"}, []),
        ({"suspect": "true"}, []),
        ({"fallback": "true"}, []),
        ({"rows": "escalated", "within": "59"}, []),
        ({"rows": "escalated", "within": "60"}, ["e2", "e1", "e3"]),
        ({"rows": "escalated", "turns": "0"}, []),
        ({"rows": "escalated", "turns": "1", "queue": "(none)"}, ["e2", "e1", "e3"]),
        ({"bucket": "2026-01"}, ["r3", "e3"]),
        ({"bucket": "2026-W09"}, ["a1", "e2", "e1", "r2", "r1"]),
        ({"bucket": "2026-03-01T11:00+00:00"}, ["e1"]),
        ({"slot": "6-11"}, ["e1"]),
    ],
)
def test_link_lists_exactly_its_conversations(
    site: Site, open_page: Opener, chosen: dict[str, str | list[str]], ids: list[str]
) -> None:
    fill(site)

    page = open_page("conversations", period=ALL, **chosen)

    assert listed(page) == ids
    shared = {"bot", "channel", "queue", "topic", "rows"}
    assert all(page.button(key=f"leave_{name}").label for name in chosen.keys() - shared)
    if ids:
        assert f"1–{len(ids)} of {len(ids)}, latest first." in captions(page)


@pytest.mark.parametrize(
    ("slot", "bucket"),
    [("9-3", "x"), ("x", "2026-13"), ("1-24", "2026-03-01T99:00"), ("-1-2", "2026-W99"), ("", ""), ("1", "9999-12-31")],
)
def test_slice_that_is_none_counts_as_not_asked_for(site: Site, open_page: Opener, slot: str, bucket: str) -> None:
    fill(site)
    nonsense = {"turns": "many", "within": "x", "state": "odd", "sentiment": "odd", "after": "1.closed.x.2", "suspect": "maybe"}

    page = open_page("conversations", period=ALL, slot=slot, bucket=bucket, **nonsense)

    assert listed(page) == ([] if bucket == "9999-12-31" else EVERY)


def test_open_ones_stand_first_and_are_told_by_their_state(site: Site, open_page: Opener) -> None:
    fill(site)
    site.load(
        talk("o1", "2026-03-02T11:58Z", ("customer", "Hello"), ("bot", "Which one?")),
        talk("o2", "2026-03-02T11:57Z", ("customer", "Hello"), ("handoff", "")),
    )

    assert listed(open_page("conversations", period=ALL)) == ["o1", "o2", *EVERY]
    assert listed(open_page("conversations", period=ALL, state="with bot")) == ["o1"]
    assert listed(open_page("conversations", period=ALL, state=["with bot", "waiting"])) == ["o1", "o2"]
    assert listed(open_page("conversations", period=ALL, rows="all", state="closed")) == EVERY


def test_pages_meet_without_gap_or_overlap_and_a_link_opens_any(site: Site, open_page: Opener) -> None:
    names = [f"c{number:02}" for number in range(60)]
    site.load(*(ask_and_resolve(name, f"2026-03-01T09:{number:02}Z") for number, name in enumerate(names)))
    page = open_page("conversations")
    seen = [listed(page)]

    for _ in range(2):
        page.button(key="older").click().run()
        seen.append(listed(page))

    assert sum(seen, []) == names[::-1]
    assert not [button for button in page.button if button.key == "older"]
    assert "51–60 of 60, latest first." in captions(page)
    again = open_page("conversations", after=page.query_params["after"])
    assert listed(again) == seen[2]
    assert "51–60 of 60, latest first." in captions(again)
    page.button(key="newer").click().run()
    assert listed(page) == seen[1]
    page.button(key="newest").click().run()
    assert listed(page) == seen[0]
    assert "after" not in page.query_params


def test_another_question_begins_at_its_first_page(site: Site, open_page: Opener) -> None:
    site.load(*(ask_and_resolve(f"c{number:02}", f"2026-03-01T09:{number:02}Z") for number in range(30)))
    page = open_page("conversations")
    page.button(key="older").click().run()

    page.multiselect(key="outcome").select("resolved").run()

    assert listed(page)[0] == "c29"
    assert "after" not in page.query_params


def test_number_that_is_pressed_again_opens_its_first_page(site: Site, open_page: Opener) -> None:
    site.load(*(ask_and_resolve(f"c{number:02}", f"2026-03-01T09:{number:02}Z") for number in range(30)))
    page = open_page("conversations", rows="resolution_rate")
    page.button(key="older").click().run()
    assert listed(page)[0] == "c04"

    del page.query_params["after"]  # as the number's link is

    assert listed(page.run())[0] == "c29"
    assert not [button for button in page.button if button.key == "newer"]


def test_row_shows_what_people_scan_for(site: Site, open_page: Opener) -> None:
    name = "a b/c?d=e&f#g|<script>%41"
    site.load(ask_and_escalate(name, "2026-03-01T09:00Z"))

    (row,) = given(open_page("conversations", tz="Asia/Kolkata"), "conversation_list")["rows"]

    assert (row["link"].partition(":")[2], row["customer"], row["day"], row["time"]) == (name, "Ann", "1 Mar 2026", "14:32")
    assert (row["outcome"], row["reason"], row["marks"]) == ("escalated", "unknown", ["nobody accepted"])
    assert (row["bot"], row["channel"], row["level"]) == ("Cora", "Web chat", "slightly negative")


def test_words_of_a_link_are_never_markup(site: Site, open_page: Opener) -> None:
    fill(site)
    word = "![x](http://evil/y.png) **b** :red[z] <i>"

    page = open_page("conversations", period=ALL, reason=word)

    label = page.button(key="leave_reason").label.removeprefix("Reason: ")
    assert "\\!\\[x\\]\\(http" in label
    assert all(label[place - 1] == "\\" for place, letter in enumerate(label) if letter in "![](*:<>")


def test_filter_that_leaves_nothing_is_named_and_taken_away(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("conversations", period=ALL, bot="Homer", outcome="resolved")

    assert [info.title for info in page.info] == ["No conversation here"]
    labels = [button.label for button in page.button if str(button.key).startswith("without_")]
    assert labels == ["Without the filter bot: 3", "Without the filter outcome: 2"]

    page.button(key="without_1").click().run()

    assert listed(page) == ["a1", "e2"]


def test_metric_that_counts_nothing_is_named(site: Site, open_page: Opener) -> None:
    site.load(ask_and_resolve("young", "2026-03-02T09:00Z"))
    page = open_page("conversations", rows="durable_resolution_7")

    assert "Durable resolution, 7 days" in page.info[0].value

    page.button(key="without_0").click().run()

    assert listed(page) == ["young"]
    assert page.selectbox(key="rows_choice").value == "bots"


def test_filters_that_leave_nothing_only_together_can_all_be_taken_away(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("conversations", period=ALL, outcome="resolved", customer="nobody", bot="Homer")
    assert "Several filters together" in page.info[0].value

    page.button(key="show_all").click().run()

    assert listed(page) == EVERY


def test_period_before_the_first_conversation_says_so(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("overview", period="Dates", dates=["2025-01-01", "2025-01-31"])
    assert [info.title for info in page.info] == ["Nothing is as old as this period"]
    assert "20 Jan 2026" in page.info[0].value

    page.button(key="show_all").click().run()

    assert page.metric


def test_empty_database_says_how_to_begin(site: Site, open_page: Opener) -> None:
    assert [info.title for info in open_page("conversations").info] == ["No data yet"]


def test_list_that_cannot_be_read_shows_an_error_and_no_row(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(site)
    monkeypatch.setattr("metrics.finding.page_of_open", lambda *_, **__: 1 / 0)
    page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=LONG)
    page.switch_page("conversations.py")
    page.run()

    assert len(page.exception) == 1
    assert listed(page) == []


def test_click_in_a_table_leads_to_the_conversations_of_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {"week_click": {"row": 1, "label": "3"}, "bot": ["Ada"], "period": ALL, "view": "Week"}
    monkeypatch.setattr("streamlit.session_state", state)
    went: dict[str, Any] = {}
    monkeypatch.setattr("streamlit.switch_page", lambda page, query_params: went.update(page=page, query=query_params))

    drill.open_clicked("week_click", [("closed", {"slot": "0-1"}), ("closed", {"slot": "6-23", "topic": "Loss"})])
    drill.follow()

    assert went == {"page": "conversations.py", "query": {"rows": "closed", "slot": "6-23"}}
    assert state["carried_choices"] == {"bot": ["Ada"], "period": ALL, "topic": ["Loss"]}
    went.clear()
    drill.follow()
    assert went == {}


def test_number_of_the_same_metric_can_be_opened_again(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("bots")
    for _ in range(2):
        page.button(key="open_escalation_rate").click().run()
        assert listed(page) == ["e2", "e1"]
        assert page.selectbox(key="rows_choice").value == "escalation_rate"
        page.switch_page("bots.py").run()


def test_number_that_is_zero_leads_nowhere(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("bots")

    assert page.button(key="list_still open").label == "0 still open"
    assert {key: page.button(key=f"list_{key}").disabled for key in ("still open", "confirmed", "implied", "closed")} == {
        "still open": True,
        "confirmed": True,
        "implied": False,
        "closed": False,
    }
    assert not page.button(key="open_resolution_rate").disabled
    assert open_page("bots", bot="Homer").button(key="open_resolution_time").disabled


def test_period_that_is_carried_to_a_list_is_no_warning_in_the_log(
    site: Site, open_page: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(site)
    warned: list[object] = []
    monkeypatch.setattr(policies, "_shown_default_value_warning", False)  # Streamlit warns once a process
    monkeypatch.setattr(policies, "_LOGGER", SimpleNamespace(warning=lambda *said, **_: warned.append(said)))
    page = open_page("overview", period=ALL)

    page.button(key="list_closed").click().run()

    assert page.selectbox(key="period").value == ALL
    assert warned == []


def test_outcomes_open_their_conversations(site: Site, open_page: Opener) -> None:
    fill(site)
    site.load(talk("o1", "2026-03-02T11:58Z", ("customer", "Hello"), ("bot", "Which one?")))

    page = open_page("overview").button(key="list_abandoned").click().run()
    assert listed(page) == ["a1"]

    page = open_page("overview").button(key="list_still open").click().run()
    assert listed(page) == ["o1"]
