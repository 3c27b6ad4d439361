"""The Live page's script: filters and window that are links, and what the browser may choose. A browser tests what is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from live.watch import Choices
from metrics.bands import Bands
from pages.components.floor import filters as filters_module
from pages.components.floor import span as span_module
from pages.components.floor.filters import literal, take_choices
from pages.components.floor.span import DEFAULT, chosen_span, take_span
from pages.runtime import install

PAGE = Path(__file__).resolve().parents[2] / "pages" / "live.py"
CHOICES = Choices(("lcw", "voice"), ("BotQueue",), ("Cora",), ("ChatWorkStream",))


@pytest.fixture(autouse=True)
def _floor() -> Iterator[None]:
    install(
        SimpleNamespace(
            floor=SimpleNamespace(choices=lambda: CHOICES),
            stream_path="/live/stream",
            ask_path="/live/ask",
            lines_path="/live/lines",
            stream_token=lambda viewer: "token",
            viewer_header=None,
            bands=Bands(),
        )  # type: ignore[arg-type]
    )
    yield
    install(None)


def open_page(**query: str | list[str]) -> AppTest:
    page = AppTest.from_file(str(PAGE))
    page.query_params.update(query)
    page.run()
    assert not page.exception
    return page


def test_page_offers_what_the_open_conversations_have() -> None:
    page = open_page()

    assert [box.label for box in page.multiselect] == ["Channel", "Queue", "Bot", "Workstream", "State"]
    assert page.multiselect(key="channel").options == ["Live chat", "Voice"]
    assert page.multiselect(key="workstream").options == ["ChatWorkStream"]
    assert page.multiselect(key="state").options == ["With bot", "Waiting", "With agent", "Wrap-up"]
    assert page.selectbox(key="sentiment").options == ["Very negative", "Negative or worse", "Slightly negative or worse"]
    assert page.multiselect(key="channel").value == []


def test_link_sets_every_filter() -> None:
    page = open_page(
        channel="Live chat",
        state="Waiting",
        sentiment="Negative or worse",
        unclaimed="true",
        text="loan",
        workstream="ChatWorkStream",
    )

    assert page.multiselect(key="channel").value == ["lcw"]
    assert page.multiselect(key="state").value == ["waiting"]
    assert page.multiselect(key="workstream").value == ["ChatWorkStream"]
    assert page.selectbox(key="sentiment").value == "negative"
    assert page.toggle(key="unclaimed").value is True
    assert page.text_input(key="text").value == "loan"


def test_choice_of_a_link_stays_although_nothing_open_has_it_now() -> None:
    page = open_page(queue="NightQueue", channel="Teams")

    assert page.multiselect(key="queue").value == ["NightQueue"]
    assert page.multiselect(key="queue").options == ["BotQueue", "NightQueue"]
    assert page.multiselect(key="channel").value == ["msteams"]


def test_link_without_a_sense_is_an_open_floor() -> None:
    page = open_page(sentiment="cheerful", state="asleep", unclaimed="perhaps", window="century", shift="25:99")

    assert page.selectbox(key="sentiment").value is None
    assert page.toggle(key="unclaimed").value is False
    assert page.multiselect(key="state").value == []


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The session, as a plain table."""
    kept: dict[str, Any] = {}
    monkeypatch.setattr(filters_module, "st", SimpleNamespace(session_state=kept))
    return kept


def test_what_the_browser_remembers_is_chosen_as_a_whole(session: dict[str, Any]) -> None:
    session.update(bot=["Cora"], text="before")

    take_choices({"queue": ["BotQueue"], "sentiment": "negative", "unclaimed": True, "is_whole": True})

    assert (session["queue"], session["sentiment"], session["bot"], session["text"]) == (["BotQueue"], "negative", [], "")
    assert session["unclaimed"] is True


def test_clearing_forgets_that_nobody_should_be_on_it(session: dict[str, Any]) -> None:
    session.update(unclaimed=True)

    take_choices({"is_whole": True})

    assert session["unclaimed"] is False


def test_queue_that_is_pressed_leaves_the_other_filters(session: dict[str, Any]) -> None:
    session.update(bot=["Cora"])

    take_choices({"queue": ["BotQueue"]})

    assert session == {"bot": ["Cora"], "queue": ["BotQueue"]}


@pytest.mark.parametrize(
    "asked",
    [
        None,
        "all",
        7,
        ["queue"],
        {"queue": "BotQueue", "state": ["asleep"], "sentiment": {"a": 1}.keys(), "unclaimed": "yes", "text": 9},
    ],
)
def test_nonsense_from_the_browser_chooses_nothing(session: dict[str, Any], asked: Any) -> None:
    if isinstance(asked, Mapping):
        asked = {**asked, "sentiment": "cheerful"}

    take_choices(asked)

    assert not any(session.values())


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ({"window": "today"}, {"window": "today"}),
        ({"window": "shift", "shift": "06:45"}, {"window": "shift", "shift": "06:45"}),
        ({"window": "120", "shift": "06:45"}, {}),
        ({"window": "shift", "shift": "06:46"}, {"window": "shift"}),
        ({"window": "century"}, {}),
        ({"queue": ["a"]}, {}),
        ("today", {}),
    ],
)
def test_window_that_is_chosen_stands_in_the_address(
    monkeypatch: pytest.MonkeyPatch, asked: Any, address: dict[str, str]
) -> None:
    query: dict[str, str] = {}
    monkeypatch.setattr(span_module, "st", SimpleNamespace(query_params=query))

    take_span(asked)

    assert query == address
    assert chosen_span() == DEFAULT | address


def test_label_shows_names_from_outside_as_they_are() -> None:
    assert literal("a*b*:red[c] <i>$x$") == r"a\*b\*\:red\[c\] \<i\>\$x\$"
    assert literal("x" * 1000) == "x" * 27 + "…"
    assert literal("two\nlines") == "two lines"
