"""The Topics page: full, empty, without topics or fallbacks, hostile, and from a number to its conversations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest

from metrics.filters import Filters
from metrics.misunderstood import misunderstood
from metrics.report import count, report
from metrics.windows import Grain
from pages.components.formats import NARROW, share
from pages.components.period import ALL
from store.tables import conversation
from tests.pages.conftest import LONG, ROOT, Site, ask_and_resolve, listed, talk
from tests.pages.test_bots import cards
from tests.pages.test_overview import table

Opener = Callable[..., AppTest]
SORRY = ("bot", "Sorry, I didn't understand.")
HOSTILE = "<img src=x onerror=alert(1)> **bold** :red[x] $x$ [a](http://evil)"


def about(topic: str, activities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same conversation with its topic named at its second activity."""
    named = {"type": "trace", "valueType": "IntentRecognition", "value": {"intentTitle": topic, "intentScore": {}}, "id": "topic"}
    return [activities[0], {**activities[1], **named}, *activities[1:]]


def fill(site: Site) -> None:
    """Cards: one resolved, one escalated after a turn not understood. Loans: one abandoned so. Without a topic: one hostile."""
    site.load(
        about("Cards", ask_and_resolve("r1", "2026-03-01T09:00Z")),
        about("Cards", talk("e1", "2026-03-01T10:00Z", ("customer", "the blue form"), SORRY, ("handoff", ""), bot="Homer")),
        about("Loans", talk("a1", "2026-03-01T11:00Z", ("customer", "Blue forms!"), SORRY)),
        talk("h1", "2026-03-01T12:00Z", ("customer", HOSTILE), SORRY),
    )


def name_of(site: Site, key: str) -> str:
    found = misunderstood(site.wired.store, Filters(), "words", Grain.DAY).groups
    return next(group.name for group in found if group.key == key)


def test_cards_are_the_report(site: Site, open_page: Opener) -> None:
    fill(site)
    [expected] = report(site.wired.store, Filters())

    shown = cards(open_page("topics", period=ALL))

    assert shown["Closed"] == "4"
    assert shown["Escalation rate"] == share(expected["escalation_rate"]["value"]) == f"25.0{NARROW}%"


def test_sentiment_has_the_minus_sign_that_it_has_on_cards(site: Site, open_page: Opener) -> None:
    site.load(about("Cards", talk("n1", "2026-03-01T09:00Z", ("customer", "This is terrible, awful"), ("bot", "Sorry."))))

    page = open_page("topics", period=ALL)

    [found] = [frame for frame in page.dataframe if "moved" in frame.value.columns]
    shown = convert_arrow_bytes_to_pandas_df(found.proto.arrow_data.styler.display_values)["sentiment"]
    assert list(shown) == [cards(page)["Sentiment (est.)"]]
    assert shown[0].startswith("−")
    assert found.value["sentiment"][0] < 0


def test_topics_have_how_often_they_come_how_they_end_and_what_they_move(site: Site, open_page: Opener) -> None:
    fill(site)
    expected = count(site.wired.store, Filters(), ("topic",))

    found = table(open_page("topics", period=ALL, impact_on="Escalation"), "moved")

    assert list(found["topic"]) == ["Cards", "(none)", "Loans"]
    assert list(found["list"]) == ["2", "1", "1"]
    assert list(found["escalation_rate"]) == [share(expected[name,].escalation_rate.value) for name in ("Cards", None, "Loans")]
    assert list(found["moved"])[0] == f"+25.0{NARROW}pts"


def test_what_was_not_understood_is_grouped_and_the_rest_is_said(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("topics", period=ALL, view="Not understood")
    found = table(page, "also")

    assert list(found["name"]) == ["Blue forms!", HOSTILE]
    assert list(found["also"])[0] == "the blue form"
    assert (list(found["turns"]), list(found["list"])) == ([2, 1], ["2", "1"])
    assert list(found["escalated"]) == [share(0.5), share(0)]
    assert any("3 turns of 3 closed conversations." in caption.value for caption in page.caption)


@pytest.mark.parametrize(("by", "names"), [("Bot", ["Cora", "Homer"]), ("Topic", ["(none)", "Cards", "Loans"])])
def test_the_same_by_bot_and_topic(site: Site, open_page: Opener, by: str, names: list[str]) -> None:
    fill(site)

    assert list(table(open_page("topics", period=ALL, view="Not understood", missed_by=by), "over_time")["name"]) == names


def test_the_same_over_time_has_its_numbers(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("topics", view="Not understood", missed_by="Time")

    found = table(page, "bucket")
    assert (list(found["turns"]), list(found["list"])) == ([3], ["3"])
    assert any(chart.proto.alt.startswith("Turns not understood over time: 3") for chart in page.get("plotly_chart"))


def test_group_of_a_link_lists_exactly_its_conversations(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("conversations", period=ALL, rows="closed", said=name_of(site, "blue form"))

    assert listed(page) == ["a1", "e1"]
    assert any("1–2 of 2" in caption.value for caption in page.caption)


@pytest.mark.parametrize(
    ("slices", "ids"),
    [
        ({"misunderstood": "yes"}, ["h1", "a1", "e1"]),
        ({"misunderstood": "yes", "of_bot": "Homer"}, ["e1"]),
        ({"misunderstood": "yes", "of_topic": "(none)"}, ["h1"]),
        ({"misunderstood": "yes", "bucket": "2026-03-01"}, ["h1", "a1", "e1"]),
        ({"misunderstood": "yes", "bucket": "2026-03-02"}, []),
        ({"said": "there is none"}, ["h1", "a1", "e1", "r1"]),
        ({"misunderstood": "perhaps"}, ["h1", "a1", "e1", "r1"]),
    ],
)
def test_slice_of_a_link_lists_its_conversations(site: Site, open_page: Opener, slices: dict[str, str], ids: list[str]) -> None:
    fill(site)

    assert listed(open_page("conversations", period=ALL, rows="closed", **slices)) == ids


def test_words_of_customers_are_nowhere_markup(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("topics", period=ALL, view="Not understood")

    said = [element.value for element in (*page.markdown, *page.caption, *page.info, *page.warning, *page.text)]
    assert not [text for text in said if "onerror" in text or "bold" in text]
    assert [button.label for button in page.button if "onerror" in button.label] == []


def test_bot_of_which_no_such_turn_is_known_is_named(site: Site, open_page: Opener) -> None:
    fill(site)
    site.load(ask_and_resolve("v1", "2026-03-01T15:00Z", bot="Vox"))

    said = [text.value for text in open_page("topics", period=ALL, view="Not understood").text]

    assert [text for text in said if text.startswith("No such turn is known of Vox.")]


def test_selection_without_such_a_turn_says_so(site: Site, open_page: Opener) -> None:
    site.load(ask_and_resolve("r1", "2026-03-01T09:00Z"))

    page = open_page("topics", view="Not understood")

    assert [info.title for info in page.info] == ["Nothing was misunderstood, or nothing tells"]


def test_conversations_of_an_earlier_release_are_said_to_be_missing(site: Site, open_page: Opener) -> None:
    fill(site)
    with site.wired.store.write() as connection:
        connection.execute(update(conversation).values(definition_version=2))

    page = open_page("topics", period=ALL, view="Not understood")

    assert [warning.title for warning in page.warning] == ["Not all of the period is here"]


def test_selection_without_topics_says_how_to_have_them(site: Site, open_page: Opener) -> None:
    site.load(ask_and_resolve("r1", "2026-03-01T09:00Z"))

    assert [info.title for info in open_page("topics").info] == ["No topic is known here"]


def test_empty_database_says_how_to_begin(site: Site, open_page: Opener) -> None:
    assert [info.title for info in open_page("topics").info] == ["No data yet"]


def test_filters_that_leave_nothing_say_so(site: Site, open_page: Opener) -> None:
    fill(site)

    assert [info.title for info in open_page("topics", bot="Nobody").info] == ["No conversation here"]


def test_figures_that_cannot_be_read_show_an_error_and_no_figure(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(site)
    monkeypatch.setattr("metrics.questions.count_in", lambda *_, **__: 1 / 0)
    page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=LONG)
    page.switch_page("topics.py")
    page.run()

    assert len(page.exception) == 1
    assert not page.metric


def test_one_turn_is_one_turn(site: Site, open_page: Opener) -> None:
    site.load(talk("m", "2026-03-01T09:00Z", ("customer", "cat"), ("bot", "Sorry, I didn't understand.")))

    page = open_page("topics", view="Not understood")

    assert any(caption.value.startswith("1 turn of 1 closed conversation. ") for caption in page.caption)
