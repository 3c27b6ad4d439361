"""Views on pages: ready ones open whole, what is shown can be kept, and a kept one says exactly what was shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.linked import state_key
from pages.components.ready_views import READY, TITLES, ReadyView
from tests.pages import test_queues, test_routing, test_smart_assist, test_surveys, test_voice
from tests.pages.conftest import Site, given, listed
from tests.pages.test_bots import fill

Opener = Callable[..., AppTest]


def chosen(page: AppTest, name: str) -> Any:
    """What a page took from its link."""
    state = page.session_state
    return state[state_key(name)] if state_key(name) in state else state[name]


def fill_for(page: str, site: Site, tmp_path: Path) -> None:
    """What a page needs to show its views."""
    others = {"queues": test_queues.fill, "surveys": test_surveys.fill, "smart_assist": test_smart_assist.fill}
    others |= {"routing": test_routing.fill, "voice": lambda to: test_voice.fill(to, tmp_path)}
    others.get(page, fill)(site)


@pytest.mark.parametrize("view", READY, ids=lambda view: view.name)
def test_ready_view_is_taken_whole_by_its_page(site: Site, open_page: Opener, tmp_path: Path, view: ReadyView) -> None:
    fill_for(view.page, site, tmp_path)

    page = open_page(view.page, **{name: value if isinstance(value, str) else list(value) for name, value in view.query.items()})

    for name, value in view.query.items():
        took = chosen(page, name)
        said = value if isinstance(took, str | list) and isinstance(value, str) == isinstance(took, str) else [value]
        assert took == (True if value == "true" else said), name


@pytest.mark.parametrize("name", TITLES)
def test_button_is_on_every_page_that_has_views(site: Site, open_page: Opener, name: str) -> None:
    assert "views" in [each.proto.popover.label.lower() for each in open_page(name).get("popover")]


HOSTILE = "<img src=x onerror=alert(1)> **b** :red[x]"


def views_of(page: AppTest) -> dict[str, list[tuple[str, str]]]:
    """What stands behind the button: names and addresses, by page."""
    groups = given(page, "view_list")["groups"]
    return {group["title"]: [(link["name"], link["address"]) for link in group["links"]] for group in groups}


def opened(page: AppTest) -> AppTest:
    """The page with its views open."""
    page.session_state["views"] = True
    page.run()
    assert not page.exception
    return page


def test_views_of_the_page_come_first_and_the_others_are_there_too(site: Site, open_page: Opener) -> None:
    fill(site)

    found = views_of(opened(open_page("bots")))

    assert list(found)[0] == "Bots"
    assert set(found) == set(TITLES.values())
    assert ("Suspect resolutions", "conversations?rows=suspect_resolutions") in found["Conversations"]


def test_what_is_shown_is_kept_and_restores_the_page(site: Site, open_page: Opener) -> None:
    fill(site)
    page = open_page("conversations", period="All", bot=["Cora", "Homer"], outcome="escalated", tz="Asia/Kolkata", after="9.x")
    page = opened(page)

    page.text_input(key="view_name").set_value(HOSTILE)
    page.button(key="save_view").click().run()

    assert not page.exception
    [(name, address)] = [link for link in views_of(page)["Conversations"] if link[0] == HOSTILE]
    query = parse_qs(address.partition("?")[2])
    assert query == {
        "period": ["All"],
        "bot": ["Cora", "Homer"],
        "outcome": ["escalated"],
        "tz": ["Asia/Kolkata"],
        "rows": ["bots"],
    }
    again = open_page("conversations", **{key: values for key, values in query.items()})
    assert listed(again) == listed(page) == ["e2", "e1", "e3"]
    assert not [each for each in (*page.markdown, *page.caption) if "onerror" in each.value]


def test_view_is_renamed_and_deleted_and_a_clash_is_said(site: Site, open_page: Opener) -> None:
    fill(site)
    views = site.runtime().saved_views
    views.save("bots", "Mine", "bot=Cora", by="Ann")
    views.save("bots", "Other", "bot=Homer", by="Bob")
    page = opened(open_page("bots"))

    page.text_input(key="view_new_name").set_value("other")
    page.button(key="rename_view").click().run()
    assert "Bob has made a view of this name" in page.warning[0].value

    page.text_input(key="view_new_name").set_value("Ours")
    page.button(key="rename_view").click().run()
    assert [view.name for view in views.every()] == ["Other", "Ours"]

    page.button(key="delete_view").click().run()
    assert len(views.every()) == 2
    page.button(key="keep_view").click().run()
    page.button(key="delete_view").click().run()
    page.button(key="delete_view_indeed").click().run()
    assert len(views.every()) == 1
    assert not page.exception


def test_view_without_a_name_is_not_kept(site: Site, open_page: Opener) -> None:
    fill(site)
    page = opened(open_page("overview"))

    page.button(key="save_view").click().run()

    assert page.warning[0].value == "Give the view a name."
    assert site.runtime().saved_views.every() == []
