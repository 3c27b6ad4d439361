"""A server that is killed and started again under an open page: the page goes on living, and nobody has to reload it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.conftest import FloorServer
from tests.browser.test_floor import calm, names, open_floor, row_of

pytestmark = pytest.mark.browser


class Sockets:
    """The page's WebSockets: which have been opened, and what the browser has said on Streamlit's own."""

    def __init__(self, page: Page) -> None:
        self.opened: list[str] = []
        self.asked: list[str | bytes] = []
        page.on("websocket", self._note)

    def _note(self, socket: WebSocket) -> None:
        self.opened.append(socket.url)
        if "/_stcore/stream" in socket.url:
            socket.on("framesent", lambda frame: self.asked.append(frame))

    def num_opened(self, path: str) -> int:
        return sum(path in url for url in self.opened)


def test_restarted_server_is_joined_again_without_a_reload_and_without_a_run(page: Page, floor_server: FloorServer) -> None:
    sockets = Sockets(page)
    floor_server.post(calm("ann", "Ann"))
    open_floor(page, floor_server)
    page.evaluate("window.isSamePage = true")
    sockets.opened.clear()
    sockets.asked.clear()

    floor_server.kill()
    expect(page.locator(".notice")).to_contain_text("Connection lost, trying again", timeout=15_000)
    floor_server.start()
    floor_server.post(calm("bao", "Bao"))

    expect(row_of(page, "Bao")).to_be_visible(timeout=20_000)
    expect(page.locator(".notice")).to_be_hidden()
    assert page.evaluate("window.isSamePage")
    assert sockets.num_opened("/live/stream") >= 1
    assert sockets.asked == []  # the stream came back by the token it had


def test_a_click_works_after_the_restart_as_before(page: Page, floor_server: FloorServer) -> None:
    for name in ("Ann", "Bao"):
        floor_server.post(calm(name.lower(), name))
    open_floor(page, floor_server)
    expect(page.locator(".rows .row")).to_have_count(2)
    page.evaluate("window.isSamePage = true")

    floor_server.kill()
    expect(page.locator(".notice")).to_contain_text("Connection lost, trying again", timeout=15_000)
    floor_server.start()
    expect(page.locator(".notice")).to_be_hidden(timeout=20_000)
    field = page.get_by_label("Text", exact=True)
    expect(field).to_be_enabled(timeout=20_000)  # Streamlit's own connection is there again
    field.fill("Bao")
    field.press("Enter")

    expect(page.locator(".rows .row")).to_have_count(1, timeout=20_000)
    assert names(page) == ["Bao"]
    assert page.evaluate("window.isSamePage")
