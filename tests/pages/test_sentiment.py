"""The Sentiment page against the report: full, empty, without a score, and from a number to its conversations."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from metrics.filters import Filters
from metrics.report import report
from pages.components.formats import share, signed
from pages.components.period import ALL
from tests.pages.conftest import LONG, ROOT, Site, listed, talk
from tests.pages.test_bots import cards, fill
from tests.pages.test_overview import table

Opener = Callable[..., AppTest]


def test_cards_are_the_report(site: Site, open_page: Opener) -> None:
    fill(site)
    [expected] = report(site.wired.store, Filters())

    shown = cards(open_page("sentiment", period=ALL))

    assert shown == {
        "Sentiment (est.)": signed(expected["average_sentiment"]["value"]),
        "With bot (est.)": signed(expected["sentiment_with_bot"]["value"]),
        "Waiting (est.)": "–",
        "With agent (est.)": "–",
        "CSAT": "–",
    }


def test_levels_add_up_and_each_opens_its_conversations(site: Site, open_page: Opener) -> None:
    fill(site)
    levels = table(open_page("sentiment", period=ALL), "level")
    numbers = {level: int(number) for level, number in zip(levels["level"], levels["list"], strict=True)}

    assert sum(numbers.values()) == 7
    assert list(numbers)[0] == "Very positive"
    for level in ("neutral", "slightly negative"):
        page = open_page("conversations", period=ALL, rows="average_sentiment", sentiment=level)
        assert len(listed(page)) == numbers[level.capitalize()] > 0
        assert page.button(key="leave_sentiment").label == f"Sentiment: {level}"


@pytest.mark.parametrize(
    ("by", "words"), [("Bot", ["Cora", "Homer"]), ("Topic", ["(none)"]), ("Channel", ["webchat", "telephony"])]
)
def test_what_moved_it_is_told_by_word(site: Site, open_page: Opener, by: str, words: list[str]) -> None:
    fill(site)
    found = table(open_page("sentiment", period=ALL, view="What moved it", moved_by=by), "moved")

    assert list(found["word"]) == words


def test_conversations_in_a_language_without_scores_say_so(site: Site, open_page: Opener) -> None:
    site.load(
        [
            item | {"locale": "de-DE"}
            for item in talk("d1", "2026-03-01T09:00Z", ("customer", "Wo ist sie?"), ("bot", "Unterwegs."))
        ]
    )

    page = open_page("sentiment")

    assert [info.title for info in page.info] == ["No sentiment here"]
    assert cards(page)["Sentiment (est.)"] == "–"


def test_empty_database_says_how_to_begin(site: Site, open_page: Opener) -> None:
    assert [info.title for info in open_page("sentiment").info] == ["No data yet"]


def test_filters_that_leave_nothing_say_so(site: Site, open_page: Opener) -> None:
    fill(site)

    assert [info.title for info in open_page("sentiment", bot="Nobody").info] == ["No conversation here"]


def test_shares_rest_on_the_scored_alone(site: Site, open_page: Opener) -> None:
    fill(site)
    levels = table(open_page("sentiment", period=ALL, bot="Homer"), "level")

    assert set(levels["share"]) <= {share(0), share(0.5), share(1)}


def test_figures_that_cannot_be_read_show_an_error_and_no_figure(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(site)
    monkeypatch.setattr("metrics.questions.count_in", lambda *_, **__: 1 / 0)
    page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=LONG)
    page.switch_page("sentiment.py")
    page.run()

    assert len(page.exception) == 1
    assert not page.metric
