"""The search on the pages of rows: what it lists and marks, what it says of nonsense, and of what is not indexed yet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from metrics.indexing import LEAST_IN_A_BATCH
from pages.components.period import ALL
from store.search.indexing import count_waiting
from tests.pages.conftest import Site, ask_and_escalate, given, listed, talk
from tests.pages.test_bots import fill

Opener = Callable[..., AppTest]


def said(page: AppTest) -> list[str]:
    """The marked line of each row, its marks in brackets."""
    rows = given(page, "conversation_list")["rows"]
    return ["".join(f"[{part}]" if is_hit else part for part, is_hit in row["said"]) for row in rows]


def test_search_lists_what_says_it_marked_and_open_ones_first(site: Site, open_page: Opener) -> None:
    fill(site)
    site.load(talk("o1", "2026-03-02T11:58Z", ("customer", "My CARD is late"), ("bot", "Which card?")))

    page = open_page("conversations", period=ALL, search="card")

    assert listed(page) == ["o1", "r2", "r1", "r3"]
    assert said(page) == ["My [CARD] is late", *["Great, where is my [card]?"] * 3]
    assert "1–4 of 4, latest first." in [caption.value for caption in page.caption]


def test_search_that_leaves_none_says_so_and_is_taken_away(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("conversations", period=ALL, search="giraffe")

    assert page.info[0].value == "The search leaves none: without it there are 7."
    assert page.button(key="without_0").label == "Without the search: 7"
    assert len(listed(page.button(key="without_0").click().run())) == 7


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("terrible", ["e2", "e1", "e3"]),
        ("terrible OR hello", ["a1", "e2", "e1", "e3"]),
        ('"where is my" NOT terrible', ["r2", "r1", "r3"]),
        ("terr*", ["e2", "e1", "e3"]),
        ("nobody-said-this", []),
    ],
)
def test_search_narrows_as_it_is_written(site: Site, open_page: Opener, typed: str, ids: list[str]) -> None:
    fill(site)

    assert listed(open_page("conversations", period=ALL, search=typed)) == ids


def test_search_and_other_filters_narrow_together(site: Site, open_page: Opener) -> None:
    fill(site)

    assert listed(open_page("conversations", period=ALL, search="terrible", bot="Homer")) == ["e2"]
    assert listed(open_page("conversations", period=ALL, search="terrible", rows="resolved")) == []


@pytest.mark.parametrize("page_name", ["conversations", "export"])
def test_search_that_means_nothing_is_answered_with_what_to_do(site: Site, open_page: Opener, page_name: str) -> None:
    fill(site)

    page = open_page(page_name, period=ALL, search='"where is')

    assert [warning.value for warning in page.warning] == ["A quotation mark is not closed. Put another one behind the phrase."]
    assert not page.exception
    assert listed(page) == []


def test_new_words_are_found_though_nobody_indexed_them(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("conversations", period=ALL, search="terrible")
    assert listed(page) == ["e2", "e1", "e3"]

    site.load(ask_and_escalate("e4", "2026-03-02T09:00Z"))

    assert listed(page.run()) == ["e4", "e2", "e1", "e3"]


def test_what_waits_to_be_indexed_is_said(site: Site, open_page: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metrics.indexing.FIRST_BATCH", LEAST_IN_A_BATCH)
    site.load(*(ask_and_escalate(f"e{number}", "2026-03-01T09:00Z") for number in range(12)))
    with site.wired.store.read() as connection:
        assert count_waiting(connection) == 12

    page = open_page("conversations", period=ALL, search="terrible")

    assert len(listed(page)) == 5
    assert any("7 conversations not indexed yet" in caption.value for caption in page.caption)
    page.run()
    page.run()
    assert len(listed(page)) == 12
    assert not any("indexed" in caption.value for caption in page.caption)
