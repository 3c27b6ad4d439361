"""Who is asking: by sign-in, by a trusted proxy's header, by the browser's cookie, else a guest; and never by another's word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from live.viewers import Viewer, guest_name
from pages.components import viewer as who
from pages.components import zone
from pages.runtime import install
from tests.pages.conftest import Site

SCRIPT = """
import streamlit as st
from pages.components.viewer import viewer
asking = viewer()
st.json({"id": asking.id, "name": asking.name})
"""
NOON = datetime(2026, 3, 1, 12)  # noqa: DTZ001 - by the clock of whichever zone is asked
Run = Callable[..., dict[str, Any]]


class Headers(dict[str, list[str]]):
    """Headers of a request, each with all its values."""

    def get_all(self, name: str) -> list[str]:
        return self.get(name.lower(), [])


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a page for a browser that sends these cookies and headers; who it says is asking."""

    def run(
        *,
        cookies: Mapping[str, str] | None = None,
        headers: Mapping[str, list[str]] | None = None,
        user: Any = None,
        trusted: str = "",
    ) -> dict[str, Any]:
        install(SimpleNamespace(viewer_header=trusted or None))  # type: ignore[arg-type]
        context = SimpleNamespace(cookies=cookies or {}, headers=Headers(headers or {}))
        monkeypatch.setattr(st, "context", context)
        page = AppTest.from_string(SCRIPT)
        page.user = user or {}
        page.run()
        assert not page.exception
        found: dict[str, Any] = __import__("json").loads(page.json[0].value)
        return found

    yield run
    install(None)


def test_stranger_is_a_guest_with_a_number(ask: Run) -> None:
    asking = ask()

    assert asking["id"].startswith("guest:")
    assert asking["name"] == guest_name(asking["id"])
    assert ask()["id"] != asking["id"]


def test_browser_that_has_been_here_is_known_by_its_cookie(ask: Run) -> None:
    guest = Viewer("guest:0123456789abcdefXYZ_-", "Dána; 董 = 50%")

    asking = ask(cookies={who.COOKIE: who.as_cookie(guest)})

    assert asking == {"id": guest.id, "name": guest.name}


@pytest.mark.parametrize("cookie", ["", "short.Dana", "proxy:dana.Dana", "user:x:dana@example.org.Dana", "0123456789abcdef \n.x"])
def test_cookie_that_is_not_of_our_making_makes_a_new_guest(ask: Run, cookie: str) -> None:
    asking = ask(cookies={who.COOKIE: cookie})

    assert asking["id"].startswith("guest:")
    assert "dana" not in asking["id"].lower()
    assert asking["name"] == guest_name(asking["id"])


def test_header_counts_only_where_it_is_trusted(ask: Run) -> None:
    headers = {"x-forwarded-user": ["dana@example.org"]}

    assert ask(headers=headers)["id"].startswith("guest:")
    assert ask(headers=headers, trusted="X-Forwarded-User") == {"id": "proxy:dana@example.org", "name": "dana@example.org"}


def test_header_is_read_as_utf_8_and_as_one_line(ask: Run) -> None:
    sent = "Dána\u202e Ö".encode().decode("latin-1")

    assert ask(headers={"x-user": [sent]}, trusted="X-User")["name"] == "Dána Ö"


@pytest.mark.parametrize("values", [[], [""], ["dana", "max"]])
def test_header_that_is_missing_empty_or_there_twice_says_nothing(ask: Run, values: list[str]) -> None:
    assert ask(headers={"x-user": values}, trusted="X-User")["id"].startswith("guest:")


def test_sign_in_beats_proxy_and_cookie(ask: Run) -> None:
    user = {"is_logged_in": True, "iss": "https://login.example", "sub": "42", "name": "Dana", "email": "dana@example.org"}

    asking = ask(user=user, headers={"x-user": ["max"]}, trusted="X-User")

    assert asking == {"id": "user:https://login.example:42", "name": "Dana"}


@pytest.mark.parametrize("user", [{"is_logged_in": False, "email": "dana@example.org"}, {"email": "dana@example.org"}])
def test_who_is_not_signed_in_is_a_guest_whatever_else_is_said(ask: Run, user: dict[str, Any]) -> None:
    assert ask(user=user)["id"].startswith("guest:")


def test_heading_shows_the_name_on_every_page(site: Site, open_page: Callable[..., AppTest]) -> None:
    page = open_page("sources")

    assert page.session_state["viewer_guest"].name.startswith("Guest ")


def test_zone_that_a_browser_calls_by_its_former_name_is_called_by_the_present_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for former, present in zone.RENAMED.items():
        monkeypatch.setattr(zone, "st", SimpleNamespace(context=SimpleNamespace(timezone=former)))

        assert zone.viewer_zone() == present
        assert ZoneInfo(present).utcoffset(NOON) == ZoneInfo(former).utcoffset(NOON)
