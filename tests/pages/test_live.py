"""The Live page's script: filters that are links, and the component that gets them. What it draws is tested in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from live.watch import Choices
from pages.runtime import install

PAGE = Path(__file__).resolve().parents[2] / "pages" / "live.py"


@pytest.fixture(autouse=True)
def _floor() -> Iterator[None]:
    choices = Choices(("voice", "webchat"), ("BotQueue",), ("Cora",))
    floor = SimpleNamespace(choices=lambda: choices)
    own = {"stream_path": "/live/stream", "stream_token": lambda viewer: f"token of {viewer.name}", "viewer_header": None}
    install(SimpleNamespace(floor=floor, **own))  # type: ignore[arg-type]
    yield
    install(None)


def open_page(**query: str) -> AppTest:
    page = AppTest.from_file(str(PAGE))
    page.query_params.update(query)
    page.run()
    assert not page.exception
    return page


def test_page_offers_what_the_open_conversations_have() -> None:
    page = open_page()

    assert [box.label for box in page.multiselect] == ["Channel", "Queue", "Bot", "State"]
    assert page.multiselect(key="channel").options == ["voice", "webchat"]
    assert page.multiselect(key="state").options == ["With bot", "Waiting", "With agent", "Wrap-up"]
    assert page.multiselect(key="channel").value == []


def test_link_sets_the_filters() -> None:
    page = open_page(channel="voice", state="Waiting", text="loan")

    assert page.multiselect(key="channel").value == ["voice"]
    assert page.multiselect(key="state").value == ["waiting"]
    assert page.text_input(key="text").value == "loan"


def test_choice_of_a_link_stays_although_nothing_open_has_it_now() -> None:
    page = open_page(queue="NightQueue")

    assert page.multiselect(key="queue").value == ["NightQueue"]
    assert page.multiselect(key="queue").options == ["BotQueue", "NightQueue"]
