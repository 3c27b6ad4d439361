"""The Overview page against the report: full, empty, narrowed, and from a number to its conversations."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from metrics.filters import Filters
from metrics.report import count, report
from metrics.week import by_slot, within_slot
from metrics.windows import parse_window
from pages.components.choose import METRICS
from pages.components.counting import ALL as ALL_INCLUDED
from pages.components.counting import ENGAGED
from pages.components.formats import basis, share
from pages.components.period import ALL
from tests.conversation_rows import at, put, row
from tests.pages.conftest import LONG, NOW_MS, ROOT, Site, ask_and_escalate, ask_and_resolve, listed, talk
from tests.pages.test_bots import cards, fill

Opener = Callable[..., AppTest]
MINUTE = 60_000


def table(page: AppTest, column: str) -> Any:
    return next(frame.value for frame in page.dataframe if column in frame.value.columns)


def test_cards_are_the_report(site: Site, open_page: Opener) -> None:
    fill(site)
    [expected] = report(site.wired.store, Filters(now_ms=NOW_MS))

    shown = cards(open_page("overview", period=ALL))

    assert shown["Resolution rate"] == share(expected["resolution_rate"]["value"])
    assert shown["Durable, 7 days"] == share(expected["durable_resolution_7"]["value"]) == share(1)
    assert shown["Wait for an agent"] == "–"


def test_nothing_is_old_enough_to_be_durable_yet(site: Site, open_page: Opener) -> None:
    site.load(ask_and_resolve("r1", "2026-03-01T09:00Z"))

    page = open_page("overview")

    assert cards(page)["Durable, 7 days"] == "–"
    assert "None is 7 days old yet." in [caption.value for caption in page.caption]


@pytest.mark.parametrize(("out_of", "key"), [(ENGAGED, "engaged"), (ALL_INCLUDED, "all")])
def test_other_ways_of_counting_are_labelled_and_linked(site: Site, open_page: Opener, out_of: str, key: str) -> None:
    fill(site)
    site.load(
        talk("o1", "2026-03-02T11:58Z", ("customer", "Hello"), ("bot", "Which?")),
        talk("n1", "2026-03-01T08:00Z", ("bot", "Hello.")),
    )
    [expected] = report(site.wired.store, Filters(now_ms=NOW_MS))

    page = open_page("overview", period=ALL, out_of=out_of)

    assert page.metric[0].label == f"Resolution ({key[:3]}{'.' if key == 'engaged' else ''})"
    assert page.metric[0].value == share(expected[f"resolution_rate_{key}"]["value"])
    assert expected["resolution_rate_engaged"]["denominator"] == 7
    assert page.button(key=f"open_resolution_rate_{key}").label.endswith("7" if key == "engaged" else "9")


def test_table_of_every_metric_is_the_report(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("overview", period=ALL, view="All metrics")
    totals = count(site.wired.store, Filters(now_ms=NOW_MS // MINUTE * MINUTE))[()]

    assert list(table(page, "metric")["basis"]) == [basis(getattr(totals, key)) for key in METRICS]


def test_week_has_the_hours_of_the_zone_and_its_number_opens_their_conversations(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("overview", period=ALL, view="Week", metric="closed", tz="Asia/Kolkata")

    slots = table(page, "slot")
    assert dict(zip(slots["slot"], slots["list"], strict=True)) == {
        "Tuesday 14:00": "1",
        "Tuesday 15:00": "1",
        **{f"Sunday {hour}:00": "1" for hour in (14, 15, 16, 17, 18)},
    }
    page = open_page("conversations", period=ALL, rows="closed", tz="Asia/Kolkata", slot="6-16")
    assert listed(page) == ["e1"]
    assert page.button(key="leave_slot").label == "Only Sunday 16:00–17:00"

    page.button(key="leave_slot").click().run()

    assert len(listed(page)) == 7


def test_hours_with_few_conversations_are_grey_and_do_not_stretch_the_colours(site: Site, open_page: Opener) -> None:
    site.load(
        *(ask_and_resolve(f"a{number}", f"2026-02-23T09:{number:02}Z") for number in range(6)),
        *(ask_and_escalate(f"b{number}", f"2026-02-23T09:{number:02}Z") for number in range(2)),
        *(ask_and_resolve(f"c{number}", f"2026-02-24T09:{number:02}Z") for number in range(5)),
        ask_and_escalate("lone", "2026-02-25T09:00Z"),
    )

    page = open_page("overview", view="Week", tz="UTC")
    grey, strong = json.loads(chart_of(page, "Resolution rate by hour").proto.spec)["data"]

    assert [row[9] for row in strong["z"][:3]] == [0.75, 1, None]
    assert [row[9] for row in grey["z"][:3]] == [None, None, 0]
    assert (strong["zmin"], strong["zmax"]) == (0.75, 1)
    assert any(
        f"faintest colour is {share(0.75)}, the strongest {share(1)}. Grey: fewer than 5 closed" in caption.value
        for caption in page.caption
    )


def test_empty_database_says_how_to_begin(open_page: Opener, site: Site) -> None:
    page = open_page("overview")

    assert [info.title for info in page.info] == ["No data yet"]
    assert not page.metric


def test_filters_that_leave_nothing_say_so(site: Site, open_page: Opener) -> None:
    fill(site)

    assert [info.title for info in open_page("overview", bot="Nobody").info] == ["No conversation here"]


def test_period_with_nothing_but_open_conversations_has_an_empty_week(site: Site, open_page: Opener) -> None:
    site.load(talk("o1", "2026-03-02T12:00Z", ("customer", "Hello"), ("bot", "Which one?")))
    page = open_page("overview", view="Week")

    assert [info.value for info in page.info] == ["No conversation has ended in this period yet."]


def test_figures_that_cannot_be_read_show_an_error_and_no_figure(
    site: Site, open_page: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(site)
    monkeypatch.setattr("metrics.questions.count_in", lambda *_, **__: 1 / 0)
    page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=LONG)
    page.switch_page("overview.py")
    page.run()

    assert len(page.exception) == 1
    assert not page.metric


def test_slots_of_a_week_with_a_day_of_25_hours_hold_all_conversations_once(site: Site) -> None:
    store = site.wired.store
    put(store, [row(key, ended_ms=at("2026-10-31T00:00Z") + key * 1_700_000) for key in range(1, 150)])
    filters = Filters(window=parse_window("2026-10-31", "2026-11-03", "America/New_York"), tz="America/New_York")

    found = by_slot(store, filters, "closed")
    again = {slot: count(store, within_slot(store, filters, slot))[()].closed for slot in found}

    assert {slot: totals.closed for slot, totals in found.items()} == again
    assert sum(again.values()) == count(store, filters)[()].closed > 100
    assert found[6, 1].closed > found[6, 2].closed  # on Sunday one o'clock came twice
    assert count(store, within_slot(store, filters, (3, 3)))[()].closed == 0


def test_point_between_gaps_is_drawn_however_many_there_are(site: Site, open_page: Opener) -> None:
    days = ("2025-03-01", "2026-03-01", "2026-03-02")
    site.load(*(ask_and_resolve(day, f"{day}T09:00Z") for day in days))

    page = open_page("overview", period=ALL, grain="Day")
    (line,) = json.loads(chart_of(page, "Resolution rate").proto.spec)["data"]

    assert len(line["y"]) > 300
    assert [size > 0 for size in line["marker"]["size"]] == [True] + [False] * (len(line["y"]) - 1)
    assert line["mode"] == "lines+markers"


def chart_of(page: AppTest, named: str) -> Any:
    return next(chart for chart in page.get("plotly_chart") if chart.proto.alt.startswith(named))
