"""Annotations on pages: in the trend, in its table, added, changed and deleted, whatever their words are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from streamlit.testing.v1 import AppTest

from metrics.annotations import Annotations
from metrics.filters import Filters
from pages.components.period import ALL
from tests.conversation_rows import at
from tests.pages.conftest import Site
from tests.pages.test_bots import fill
from tests.pages.test_overview import table

Opener = Callable[..., AppTest]
HOSTILE = "<img src=x onerror=alert(1)> **b** :red[x] ![y](http://evil)"


def notes(site: Site) -> Annotations:
    return Annotations(site.wired.store, site.wired.now_ms)


def alt_of(page: AppTest) -> str:
    [alt] = [chart.proto.alt for chart in page.get("plotly_chart") if chart.proto.alt.startswith("Resolution rate")]
    return str(alt)


def test_without_annotations_nothing_is_listed(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("bots", period=ALL)

    assert "annotations" not in table(page, "bucket").columns
    assert not [expander for expander in page.expander if expander.label.startswith("Annotations")]


def test_annotation_is_in_the_trend_its_table_and_the_list(site: Site, open_page: Opener) -> None:
    fill(site)
    notes(site).add("bot v2 released", at("2026-03-01T08:00Z"), by="Ann")
    notes(site).add("holiday", at("2026-03-01T09:00Z"), by="Bea")

    page = open_page("overview", period=ALL)

    assert "Mar 2026: bot v2 released; holiday" in alt_of(page)
    assert list(table(page, "bucket")["annotations"])[-1] == "bot v2 released; holiday"
    assert [expander.label for expander in page.expander if "Annotations" in expander.label] == ["Annotations (2)"]
    assert {"bot v2 released", "holiday", "Ann", "Bea"} <= {text.value for text in page.text}


def test_annotation_of_another_bot_is_not_shown(site: Site, open_page: Opener) -> None:
    fill(site)
    notes(site).add("Homer only", at("2026-03-01T08:00Z"), bot="Homer", by="Ann")

    assert "Homer only" in alt_of(open_page("bots", bot="Homer"))
    assert "Homer only" not in alt_of(open_page("bots", bot="Cora"))


def test_annotation_is_added_with_the_viewers_clock_and_name(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("bots", period=ALL, tz="Asia/Kolkata")
    page.text_input(key="annotation_text_new").set_value("bot v2 released")
    page.get("date_time_input")[0].set_value(datetime.fromisoformat("2026-03-01T14:30"))
    page.selectbox(key="annotation_bot_new").set_value("Cora")

    page.button(key="save_new").click().run()

    [kept] = notes(site).within(Filters())
    assert (kept.text, kept.at_ms, kept.bot) == ("bot v2 released", at("2026-03-01T09:00Z"), "Cora")
    assert kept.changed_by.startswith("Guest")
    assert page.text_input(key="annotation_text_new").value == ""


def test_annotation_without_a_word_is_refused(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("bots", period=ALL)

    page.button(key="save_new").click().run()

    assert [warning.value for warning in page.warning] == ["Write what happened."]
    assert notes(site).within(Filters()) == []


def test_annotation_is_changed_and_deleted(site: Site, open_page: Opener) -> None:
    fill(site)
    number = notes(site).add("bot v2", at("2026-03-01T08:00Z"), by="Ann")
    page = open_page("bots", period=ALL)

    page.button(key=f"change_{number}").click().run()
    assert page.text_input(key=f"annotation_text_{number}").value == "bot v2"
    page.text_input(key=f"annotation_text_{number}").set_value("bot v2.1")
    page.button(key=f"save_{number}").click().run()
    assert [(each.text, each.at_ms) for each in notes(site).within(Filters())] == [("bot v2.1", at("2026-03-01T08:00Z"))]

    page.button(key=f"delete_{number}").click().run()
    assert not page.exception
    assert notes(site).within(Filters()) == []


def test_words_of_an_annotation_are_never_markup(site: Site, open_page: Opener) -> None:
    fill(site)
    notes(site).add(HOSTILE, at("2026-03-01T08:00Z"), by="<b>**Ann**</b>")

    page = open_page("bots", period=ALL)

    assert not [
        element.value for element in (*page.markdown, *page.caption) if "onerror" in element.value or "Ann" in element.value
    ]
    [chart] = [chart for chart in page.get("plotly_chart") if chart.proto.alt.startswith("Resolution rate")]
    assert "<img" not in chart.proto.spec
    assert HOSTILE in {text.value for text in page.text}
