"""The script of the live connection on its own, against a server of which nothing is real but what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
SCRIPT = Path(__file__).resolve().parents[2] / "pages" / "components" / "browser" / "stream.js"

# Every socket that the script opens, with what it was told; requests are answered by `window.answer`.
SERVER = """
  window.sockets = []
  window.WebSocket = class {
    static OPEN = 1
    constructor() { this.said = []; window.sockets.push(this) }
    send(text) { this.said.push(JSON.parse(text)) }
    close() {}
    open() { this.readyState = 1; this.onopen() }
    tell(message) { this.onmessage({ data: JSON.stringify(message) }) }
    break() { this.readyState = 3; this.onclose({ code: 1006 }) }
  }
  window.fetch = async () => ({ ok: true, status: 200, json: async () => window.answer })
  window.stream = new Stream({ onMessage() {}, onState() {}, askForToken() {} })
  stream.use("/live/stream", "token", "/live/ask")
  sockets[0].open()
  sockets[0].tell({ type: "hello", epoch: "before", expires_in_ms: 1e9 })
  sockets[0].tell({ type: "snapshot", number: 3, rows: [] })
  sockets[0].break()
"""


@pytest.fixture
def script(browser: Browser) -> Iterator[Page]:
    """A page whose stream stood at number 3 of epoch "before" when the line broke."""
    context = browser.new_context()
    page = context.new_page()
    page.goto("data:text/html,<base href='http://localhost/'>")
    page.add_script_tag(content=SCRIPT.read_text(encoding="utf-8"))
    page.evaluate(f"() => {{ {SERVER} }}")
    yield page
    context.close()


def test_stream_that_broke_goes_on_where_it_stood(script: Page) -> None:
    said = script.evaluate("() => { stream.retryNow(); sockets[1].open(); return sockets[1].said[0] }")

    assert (said["epoch"], said["number"]) == ("before", 3)


def test_number_of_a_server_that_is_gone_is_not_taken_to_the_next_by_a_hello(script: Page) -> None:
    said = script.evaluate(
        """() => {
          stream.retryNow()
          sockets[1].open()
          sockets[1].tell({ type: "hello", epoch: "after", expires_in_ms: 1e9 })
          sockets[1].break()  // before it had anything to tell
          stream.retryNow()
          sockets[2].open()
          return sockets[2].said[0]
        }"""
    )

    assert said["epoch"] == "after"
    assert "number" not in said


def test_number_of_a_server_that_is_gone_is_not_taken_to_the_next_by_an_answer(script: Page) -> None:
    said = script.evaluate(
        """async () => {
          window.answer = { epoch: "after", message: null, now_ms: Date.now(), checked_ms: 0, expires_in_ms: 1e9 }
          await stream.askOnce()  // of a server that has only just begun, and has read nothing yet
          stream.retryNow()
          sockets[1].open()
          return sockets[1].said[0]
        }"""
    )

    assert said["epoch"] == "after"
    assert "number" not in said


def test_what_an_answer_told_is_not_told_again_by_the_stream(script: Page) -> None:
    said = script.evaluate(
        """async () => {
          const message = { type: "snapshot", number: 7, rows: [] }
          window.answer = { epoch: "after", message, now_ms: Date.now(), checked_ms: 0, expires_in_ms: 1e9 }
          await stream.askOnce()
          stream.retryNow()
          sockets[1].open()
          return sockets[1].said[0]
        }"""
    )

    assert (said["epoch"], said["number"]) == ("after", 7)
