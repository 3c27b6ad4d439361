"""The wallboard's script: what its address asks for, and what the component is given. What it draws is tested in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.components.wallboard.link import MAX_NAMES, WallLink, read_link
from pages.runtime import install

PAGE = Path(__file__).resolve().parents[2] / "pages" / "wallboard.py"


class Query:
    """The part of an address after the question mark."""

    def __init__(self, **values: list[str]) -> None:
        self._values = values

    def get_all(self, key: str) -> list[str]:
        return self._values.get(key, [])


@pytest.fixture(autouse=True)
def _here() -> Iterator[None]:
    own = {
        "stream_path": "/live/stream",
        "ask_path": "/live/floor",
        "alerts_path": "/live/alerts",
        "stream_token": lambda viewer: "a token",
        "viewer_header": None,
        "is_demo": True,
    }
    install(SimpleNamespace(**own))  # type: ignore[arg-type]
    yield
    install(None)


def given(page: AppTest) -> dict[str, Any]:
    """What the component in the browser is given."""
    (component,) = [each for each in page.main if each.type == "bidi_component"]
    found: dict[str, Any] = orjson.loads(component.proto.json)
    return found


def test_address_without_anything_is_the_whole_floor_with_names() -> None:
    assert read_link(Query()) == WallLink()


def test_address_names_queues_channels_and_a_time_zone_and_hides_names() -> None:
    query = Query(
        queue=["CreditCardQueue", "HomeLoanQueue", "CreditCardQueue"],
        channel=["Voice", "lcw"],
        zone=["Asia/Kolkata"],
        names=["hidden"],
    )

    assert read_link(query) == WallLink(
        ("CreditCardQueue", "HomeLoanQueue"), ("voice", "lcw"), ("Voice", "Live chat"), "Asia/Kolkata", hides_names=True
    )


def test_unknown_time_zone_is_left_out_and_said() -> None:
    link = read_link(Query(zone=["Mars/Olympus"]))

    assert link.zone == ""
    assert link.remarks == ("The time zone “Mars/Olympus” in the address is not known: times are those of this screen.",)


def test_names_are_hidden_rather_than_shown_where_the_address_is_not_understood() -> None:
    link = read_link(Query(names=["hiden"]))

    assert link.hides_names
    assert "“shown” or “hidden”" in link.remarks[0]
    assert not read_link(Query(names=["shown"])).hides_names


def test_address_of_any_size_comes_to_a_bearable_one() -> None:
    link = read_link(Query(queue=["", *(f"{number}" * 500 for number in range(100_000, 100_200))], zone=["z" * 9_000]))

    assert len(link.queues) == MAX_NAMES
    assert max(map(len, (*link.queues, *link.remarks))) < 300


def test_page_gives_the_component_stream_token_link_and_the_dark_themes_colours() -> None:
    page = AppTest.from_file(str(PAGE))
    page.query_params["queue"] = ["A", "B"]
    page.query_params["names"] = "hidden"

    page.run()

    assert not page.exception
    data = given(page)
    assert (data["stream"], data["ask"], data["alerts"]) == ("/live/stream", "/live/floor", "/live/alerts")
    assert (data["token"], data["is_demo"]) == ("a token", True)
    assert data["link"] == asdict(WallLink(("A", "B"), hides_names=True)) | {
        "queues": ["A", "B"],
        "channels": [],
        "channel_labels": [],
        "remarks": [],
    }
    assert data["colours"]["--st-background-color"] == st.get_option("theme.dark.backgroundColor")


def test_page_has_no_controls() -> None:
    page = AppTest.from_file(str(PAGE)).run()

    assert len(page.main) == 1
