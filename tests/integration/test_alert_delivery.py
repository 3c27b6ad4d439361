"""From an event over HTTP to a webhook that is received: the whole server, killed in between as well."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from tests.browser.conftest import FloorServer
from tests.browser.test_floor import handed_over, said
from tests.receivers import HttpReceiver, Received, http_receiver

pytestmark = pytest.mark.server

SECRET = "a-long-random-word-both-sides-know"
SOON_SECONDS = 20  # for a test; how quick it is, the benchmarks say


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    with http_receiver() as running:
        yield running


@pytest.fixture
def server(tmp_path: Path, receiver: HttpReceiver) -> Iterator[FloorServer]:
    """A running dashboard with a rule that tells the receiver, and one target that is gone."""
    made = FloorServer(tmp_path)
    made.configure(
        f"""
        public_url = "https://floor.example.com"

        [[alert_targets]]
        name = "on-call"
        kind = "webhook"
        address = "{receiver.url}"
        secret = "{SECRET}"
        allow_private = true

        [[alert_targets]]
        name = "gone"
        kind = "email"
        address = "mailto://127.0.0.1:9?from=floor@example.com&to=lead@example.com"

        [[alert_rules]]
        name = "Nobody comes"
        kind = "wait"
        at_risk = 30
        targets = ["gone", "on-call"]
        """
    )
    made.start()
    yield made
    made.kill()


def escalate(server: FloorServer, name: str) -> None:
    conversation = name.lower()
    server.post([said(conversation, 1, "A human, please", ago=205, name=name), handed_over(conversation, 2, ago=200)])


def is_signed(request: Received) -> bool:
    timestamp = request.headers["Floorwalker-Timestamp"]
    assert abs(time.time() - int(timestamp)) < 60
    signed = timestamp.encode() + b"." + request.body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    return request.headers["Floorwalker-Signature"] == f"v1={expected}"


def test_event_posted_over_http_reaches_the_webhook_signed_and_once(server: FloorServer, receiver: HttpReceiver) -> None:
    escalate(server, "Ann")

    (request,) = receiver.wait_for(1, seconds=SOON_SECONDS)

    body = orjson.loads(request.body)
    assert is_signed(request)
    assert (body["rule"], body["subject"], body["event"], body["band"]) == ("Nobody comes", "Ann", "fired", "at_risk")
    assert body["link"] == "https://floor.example.com/conversation?conversation=bot_framework%3Aann"
    escalate(server, "Bo")
    subjects = [orjson.loads(each.body)["subject"] for each in receiver.wait_for(2, seconds=SOON_SECONDS)]
    assert subjects == ["Ann", "Bo"]


def test_kill_while_sending_is_survived_and_the_same_key_sent_again(server: FloorServer, receiver: HttpReceiver) -> None:
    let_go = threading.Event()
    receiver.before_answer = lambda: let_go.wait(60)
    escalate(server, "Ann")
    (first,) = receiver.wait_for(1, seconds=SOON_SECONDS)

    server.kill()
    let_go.set()
    server.start()

    # The lease of what was being sent has to run out first.
    again = receiver.wait_for(2, seconds=80)[1]
    assert is_signed(again)
    assert again.headers["Idempotency-Key"] == first.headers["Idempotency-Key"]
    assert orjson.loads(again.body)["id"] == orjson.loads(first.body)["id"]


def test_restart_after_it_was_sent_sends_nothing_again(server: FloorServer, receiver: HttpReceiver) -> None:
    escalate(server, "Ann")
    receiver.wait_for(1, seconds=SOON_SECONDS)

    server.kill()
    server.start()
    escalate(server, "Bo")

    subjects = [orjson.loads(each.body)["subject"] for each in receiver.wait_for(2, seconds=SOON_SECONDS)]
    assert subjects == ["Ann", "Bo"]
