"""The Bots page against the report, full, empty and narrowed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from metrics.annotations import Annotations
from metrics.filters import Filters
from metrics.report import report
from metrics.windows import Grain, Window
from pages.components.formats import NARROW, share, signed
from pages.components.period import ALL, DATES, HOURS, natural_grain, window_of
from tests.conversation_rows import at
from tests.pages.conftest import NOW_MS, Site, ask_and_escalate, ask_and_resolve, listed, talk

Opener = Callable[..., AppTest]


def fill(site: Site) -> None:
    """Five of yesterday (Cora: two resolved, one escalated; Homer: one abandoned, one escalated), two of the month before."""
    site.load(
        ask_and_resolve("r1", "2026-03-01T09:00Z"),
        ask_and_resolve("r2", "2026-03-01T10:00Z"),
        ask_and_escalate("e1", "2026-03-01T11:00Z"),
        ask_and_escalate("e2", "2026-03-01T12:00Z", bot="Homer", channel="telephony"),
        talk("a1", "2026-03-01T13:00Z", ("customer", "Hello"), ("bot", "How can I help you?"), bot="Homer", channel="telephony"),
        ask_and_escalate("e3", "2026-01-20T09:00Z"),
        ask_and_resolve("r3", "2026-01-20T10:00Z"),
    )


def cards(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def test_cards_are_the_report(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("bots", period=ALL)

    [expected] = report(site.wired.store, Filters())

    assert expected["closed"] == 7
    assert cards(page) == {
        "Resolution rate": share(expected["resolution_rate"]["value"]),
        "Escalation rate": share(expected["escalation_rate"]["value"]),
        "Resolution time": f"2{NARROW}min",
        "Escalation time": f"1{NARROW}min",
        "Sentiment (est.)": signed(expected["average_sentiment"]["value"]),
    }
    assert page.button(key="open_resolution_rate").label == "3 of 7"
    assert page.button(key="open_escalation_time").label == "3"


def test_change_is_against_the_period_before(site: Site, open_page: Opener) -> None:
    fill(site)
    site.load(ask_and_resolve("older", "2026-01-01T09:00Z"))  # 30 days end with 2 March, and those before with 31 January
    page = open_page("bots")
    rate = page.metric[0]

    assert rate.value == share(2 / 5)
    assert rate.delta == f"−10.0{NARROW}pts"
    assert rate.proto.color != rate.proto.MetricColor.GREEN
    assert rate.proto.color != rate.proto.MetricColor.RED
    assert any("Compared with the same time before." in caption.value for caption in page.caption)


def test_period_before_that_history_does_not_reach_over_is_not_compared(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("bots")

    assert [metric.delta for metric in page.metric] == [""] * 5
    assert any("Not compared: history begins on 20 Jan" in caption.value for caption in page.caption)


def test_outcomes_sum_to_closed(site: Site, open_page: Opener) -> None:
    fill(site)
    said = [button.label for button in open_page("bots").button if str(button.key).startswith("list_")]

    assert said == [
        *("5 closed", "0 confirmed", "2 implied", "0 assumed", "2 escalated", "1 abandoned", "0 other", "0 still open"),
    ]


def test_filter_changes_the_numbers_and_is_a_link(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("bots")
    assert cards(page)["Resolution rate"] == share(2 / 5)

    page.multiselect(key="bot").select("Homer").run()

    assert not page.exception
    assert cards(page)["Resolution rate"] == share(0)
    assert cards(page)["Resolution time"] == "–"
    assert cards(open_page("bots", bot="Homer")) == cards(page)
    assert cards(open_page("bots", channel="telephony")) == cards(page)


def test_number_of_a_card_leads_to_its_conversations(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("bots")

    page.button(key="open_escalation_rate").click().run()

    assert not page.exception
    assert listed(page) == ["e2", "e1"]


def test_bots_are_ranked_by_what_is_sure(site: Site, open_page: Opener) -> None:
    fill(site)
    site.load(ask_and_resolve("lucky", "2026-03-01T14:00Z", bot="Lucky"))
    table = next(frame.value for frame in open_page("bots", view="By bot").dataframe if "bot" in frame.value.columns)

    assert list(table["bot"]) == ["Cora", "Lucky", "Homer"]
    assert list(table["closed"]) == ["3", "1", "2"]


def test_a_figure_without_a_value_is_a_dash_in_a_table(site: Site, open_page: Opener) -> None:
    fill(site)
    [table] = [frame for frame in open_page("bots", view="By bot").dataframe if "bot" in frame.value.columns]

    assert table.value["durable"].isna().all()
    assert table.proto.placeholder == "–"


def test_trend_has_its_table_with_gaps_as_gaps(site: Site, open_page: Opener) -> None:
    site.load(ask_and_resolve("r1", "2026-03-01T09:00Z"), ask_and_escalate("e1", "2026-02-27T09:00Z"))
    page = open_page("bots", period="7 days")
    table = next(frame.value for frame in page.dataframe if "bucket" in frame.value.columns)

    assert list(table["bucket"]) == ["24 Feb", "25 Feb", "26 Feb", "27 Feb", "28 Feb", "1 Mar", "2 Mar"]
    assert list(table["value"]) == ["–", "–", "–", share(0), "–", share(1), "–"]
    assert [chart.proto.alt for chart in page.get("plotly_chart")][1].startswith("Resolution rate, 24 Feb to 2 Mar: lowest")


@pytest.mark.parametrize(
    ("grain", "metric", "buckets"),
    [
        ("Hour", "closed", 157),
        ("Day", "escalation_time", 7),
        ("Week", "average_sentiment", 2),
        ("Month", "csat", 2),
        ("Auto", "confirmed", 7),
    ],
)
def test_trend_has_a_bucket_for_every_hour_day_week_or_month(
    site: Site, open_page: Opener, grain: str, metric: str, buckets: int
) -> None:
    fill(site)
    page = open_page("bots", period="7 days", grain=grain, metric=metric)
    table = next(frame.value for frame in page.dataframe if "bucket" in frame.value.columns)

    assert len(table) == buckets
    assert sum(map(int, table["closed"])) == 5


def test_link_carries_the_zone_and_days_are_its_days(site: Site, open_page: Opener) -> None:
    site.load(ask_and_resolve("late", "2026-03-01T23:30Z"))
    days = {}
    for zone in ("UTC", "Asia/Kolkata"):
        page = open_page("bots", period="7 days", tz=zone)
        table = next(frame.value for frame in page.dataframe if "bucket" in frame.value.columns)
        days[zone] = [day for day, closed in zip(table["bucket"], table["closed"], strict=True) if int(closed)]
        assert page.query_params["tz"] == zone

    assert days == {"UTC": ["1 Mar"], "Asia/Kolkata": ["2 Mar"]}


def test_dates_of_a_link_are_whole_days(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("bots", period=DATES, dates=["2026-01-20", "2026-01-20"])

    assert page.button(key="open_resolution_rate").label == "1 of 2"


def test_nonsense_in_a_link_counts_as_not_asked_for(site: Site, open_page: Opener) -> None:
    fill(site)

    plain = open_page("bots")
    odd = open_page("bots", period="never", tz="Mars/Base", metric="x", grain="eon", view="?", dates="soon")

    assert cards(odd) == cards(plain)


def test_empty_database_says_how_to_begin(site: Site, open_page: Opener) -> None:
    page = open_page("bots")

    assert [info.title for info in page.info] == ["No data yet"]
    assert not page.metric


def test_filter_that_leaves_nothing_can_be_undone(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("bots", bot="Nobody")
    assert [info.title for info in page.info] == ["No conversation here"]

    page.button(key="show_all").click().run()

    assert cards(page)["Resolution rate"] == share(3 / 7)


def test_data_that_ended_before_the_period_point_to_the_sources(site: Site, open_page: Opener) -> None:
    site.load(ask_and_resolve("old", "2025-03-01T09:00Z"))
    page = open_page("bots")
    assert [warning.title for warning in page.warning] == ["Nothing has arrived in this period"]

    page.button(key="show_all").click().run()

    assert cards(page)["Resolution rate"] == share(1)


def test_what_is_due_is_closed_before_anything_is_shown(site: Site, open_page: Opener) -> None:
    site.load(talk("quiet", "2026-03-02T09:00Z", ("customer", "Where is it?"), ("bot", "It is on its way.")))

    assert cards(open_page("bots"))["Resolution rate"] == share(1)


@pytest.mark.parametrize(
    ("period", "tz", "start"),
    [
        (HOURS, "UTC", "2026-03-01T13:00Z"),
        (HOURS, "Asia/Kolkata", "2026-03-01T12:30Z"),
        ("7 days", "UTC", "2026-02-24T00:00Z"),
        ("30 days", "America/New_York", "2026-02-01T05:00Z"),
        ("90 days", "Asia/Kathmandu", "2025-12-02T18:15Z"),
    ],
)
def test_period_begins_with_a_whole_hour_or_day_of_the_zone(period: str, tz: str, start: str) -> None:
    window = window_of(period, (), tz, NOW_MS)

    assert window == Window(at(start), at("2026-03-02T12:01Z"))


def test_trend_is_drawn_in_buckets_that_suit_the_period() -> None:
    grains = [natural_grain(window_of(period, (), "UTC", NOW_MS)) for period in (HOURS, "7 days", "30 days", "90 days", ALL)]

    assert grains == [Grain.HOUR, Grain.DAY, Grain.DAY, Grain.WEEK, Grain.MONTH]


def test_bot_against_bot_says_what_is_sure_and_opens_the_conversations_of_the_one(site: Site, open_page: Opener) -> None:
    site.load(
        *(ask_and_resolve(f"r{number}", f"2026-03-01T09:{number:02}Z") for number in range(20)),
        *(ask_and_escalate(f"e{number}", f"2026-03-01T10:{number:02}Z", bot="Homer") for number in range(18)),
    )
    page = open_page("bots", view="Bot against bot")
    table = next(frame.value for frame in page.dataframe if "interval" in frame.value.columns).set_index("metric")

    assert (page.selectbox(key="one_choice").value, page.selectbox(key="other_choice").value) == ("Cora", "Homer")
    assert (table.loc["Resolution rate", "value"], table.loc["Resolution rate", "before"]) == (share(1), share(0))
    assert [column_labels(page)[key] for key in ("value", "before")] == ["Cora", "Homer"]
    assert table.loc["Resolution rate", "change"].endswith("better")
    assert table.loc["Escalation rate", "change"].endswith("better")
    assert len(listed(open_page("conversations", rows="resolved", bot="Cora"))) == 20

    page.selectbox(key="one_choice").select("Homer").run()

    assert page.selectbox(key="other_choice").value == "Cora"
    assert page.query_params["one"] == "Homer"


def column_labels(page: AppTest) -> dict[str, str]:
    """What stands above the columns of the last table."""
    return {key: look["label"] for key, look in json.loads(page.dataframe[-1].proto.columns).items() if "label" in look}


def test_one_bot_has_nothing_to_be_compared_with(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("bots", view="Bot against bot", bot="Cora")

    assert [info.value[:34] for info in page.info] == ["There is one bot in this selection"]


def test_version_against_version_is_what_ended_before_and_after(site: Site, open_page: Opener) -> None:
    fill(site)
    notes = Annotations(site.wired.store, site.wired.now_ms)
    notes.add("Cora **2**", at("2026-03-01T09:30Z"), bot="Cora", by="Ann")

    page = open_page("bots", period=ALL, view="Version against version")
    found = next(frame.value for frame in page.dataframe if "before" in frame.value.columns).set_index("metric")

    assert [page.selectbox(key=f"{name}_choice").value for name in ("of", "version", "other_version")] == [
        "Cora",
        str(at("2026-03-01T09:30Z")),
        "first",
    ]
    assert [column_labels(page)[key] for key in ("value", "before")] == ["Cora **2**", "Before"]
    assert list(found.loc["Closed", ["value", "before"]]) == ["2", "3"]
    assert found.loc["Resolution rate", "value"] == share(0.5)
    assert found.loc["Resolution rate", "interval"].count("pts") == 2


def test_without_versions_it_is_said_where_they_come_from(site: Site, open_page: Opener) -> None:
    fill(site)

    page = open_page("bots", period=ALL, view="Version against version")

    assert [info.title for info in page.info] == ["No versions to compare"]


@pytest.mark.parametrize(
    ("between", "ids"),
    [
        (f"{at('2026-03-01T09:30Z')}..{2**53}", ["a1", "e2", "e1", "r2"]),
        (f"-{2**53}..{at('2026-03-01T09:30Z')}", ["r1", "r3", "e3"]),
        (f"0..{2**52}", ["a1", "e2", "e1", "r2", "r1", "r3", "e3"]),
        ("nonsense", ["a1", "e2", "e1", "r2", "r1", "r3", "e3"]),
    ],
)
def test_version_of_a_link_lists_exactly_its_conversations(site: Site, open_page: Opener, between: str, ids: list[str]) -> None:
    fill(site)

    assert listed(open_page("conversations", period=ALL, rows="closed", between=between)) == ids
