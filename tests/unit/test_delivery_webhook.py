"""Webhooks against real servers of this machine: what arrives, how it is signed, and every way in which it may go wrong."""

from __future__ import annotations

import logging
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
import trustme

from live.delivery.attempt import Result
from live.delivery.webhook import Webhook
from tests.conftest import FixedClock
from tests.receivers import HttpReceiver, a_message, http_receiver

SECRET = "a-long-random-word-both-sides-know"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "alerts.md"


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    with http_receiver() as running:
        yield running


def hook(url: str, clock: FixedClock, **fields: Any) -> Webhook:
    return Webhook(url, SECRET, lambda: clock.ms, **({"allow_private": True} | fields))


def documented_check() -> Any:
    """The function `is_genuine` of the sample in the documentation."""
    (sample,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(sample, names)  # noqa: S102 - a sample of ours, run to see that it is right
    return names["is_genuine"]


def test_what_arrives_is_the_documented_body_signed_so_that_the_documented_check_holds(
    receiver: HttpReceiver, clock: FixedClock
) -> None:
    outcome = hook(receiver.url, clock).send(a_message())

    assert outcome.result is Result.SENT
    (request,) = receiver.requests
    (sample,) = re.findall(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    body, documented = orjson.loads(request.body), orjson.loads(sample)
    assert list(body) == list(documented)
    assert {name: type(value) for name, value in body.items()} == {name: type(value) for name, value in documented.items()}
    assert request.headers["Idempotency-Key"] == body["id"] == "0123456789abcdef"
    assert request.headers["Host"] == f"127.0.0.1:{receiver.port}"
    is_genuine = documented_check()
    assert is_genuine(request.headers, request.body, secret=SECRET, now=clock.ms / 1000)
    assert not is_genuine(request.headers, request.body + b" ", secret=SECRET, now=clock.ms / 1000)
    assert not is_genuine(request.headers, request.body, secret="another", now=clock.ms / 1000)
    assert not is_genuine(request.headers, request.body, secret=SECRET, now=clock.ms / 1000 + 3600)


@pytest.mark.parametrize(
    ("status", "result", "said"),
    [
        (204, Result.SENT, ""),
        (302, Result.FAILED, "redirect"),
        (401, Result.FAILED, "refused the message (401)"),
        (408, Result.TRY_AGAIN, "(408)"),
        (429, Result.TRY_AGAIN, "asked to be sent less"),
        (500, Result.TRY_AGAIN, "(500)"),
        (503, Result.TRY_AGAIN, "(503)"),
    ],
)
def test_status_of_the_answer_decides(receiver: HttpReceiver, clock: FixedClock, status: int, result: Result, said: str) -> None:
    receiver.answers.append((status, {}))

    outcome = hook(receiver.url, clock).send(a_message())

    assert outcome.result is result
    assert said in outcome.reason


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("Mon, 02 Mar 2026 12:01:00 GMT", 60), ("Mon, 02 Mar 2026 11:00:00 GMT", 0), ("soon", None), ("inf", None)],
)
def test_patience_that_is_asked_for_is_understood(
    receiver: HttpReceiver, clock: FixedClock, header: str, seconds: float | None
) -> None:
    receiver.answers.append((429, {"Retry-After": header}))

    assert hook(receiver.url, clock).send(a_message()).retry_after_seconds == seconds


def test_redirect_is_not_followed(receiver: HttpReceiver, clock: FixedClock) -> None:
    with http_receiver() as elsewhere:
        receiver.answers.append((307, {"Location": elsewhere.url}))

        hook(receiver.url, clock).send(a_message())

        assert elsewhere.requests == []


def test_name_that_answers_differently_the_second_time_is_connected_to_where_it_was_checked(
    receiver: HttpReceiver, clock: FixedClock
) -> None:
    with http_receiver(at=("127.0.0.2", receiver.port)) as inside:
        answers = [["127.0.0.1"], ["127.0.0.2"]]
        asked: list[str] = []

        def rebinding(host: str, _port: int) -> Sequence[str]:
            asked.append(host)
            return answers.pop(0)

        outcome = hook(f"http://hooks.example.com:{receiver.port}/x", clock, resolve=rebinding).send(a_message())

        assert outcome.result is Result.SENT
        assert asked == ["hooks.example.com"]
        assert receiver.requests[0].headers["Host"] == f"hooks.example.com:{receiver.port}"
        assert inside.requests == []


def test_nothing_is_sent_to_a_private_address_unless_that_is_allowed(receiver: HttpReceiver, clock: FixedClock) -> None:
    outcome = hook(receiver.url, clock, allow_private=False).send(a_message())

    assert outcome.result is Result.FAILED
    assert "private address" in outcome.reason
    assert receiver.requests == []


def test_certificate_must_be_that_of_the_name_although_the_address_is_connected_to(clock: FixedClock) -> None:
    authority = trustme.CA()
    for_us = ssl.create_default_context()
    authority.configure_trust(for_us)
    of_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("hooks.example.com").configure_cert(of_server)
    with http_receiver(tls=of_server) as receiver:
        options: dict[str, Any] = {"resolve": lambda _host, _port: ["127.0.0.1"], "trust": lambda: for_us}

        right = hook(f"https://hooks.example.com:{receiver.port}/", clock, **options).send(a_message())
        wrong = hook(f"https://other.example.com:{receiver.port}/", clock, **options).send(a_message())
        stranger = hook(f"https://hooks.example.com:{receiver.port}/", clock, resolve=options["resolve"]).send(a_message())

    assert right.result is Result.SENT
    assert (wrong.result, wrong.reason) == (Result.TRY_AGAIN, "its certificate could not be trusted")
    assert stranger.reason == "its certificate could not be trusted"
    assert len(receiver.requests) == 1


def test_server_that_does_not_answer_is_given_up_in_time(receiver: HttpReceiver, clock: FixedClock) -> None:
    let_go = threading.Event()
    receiver.before_answer = lambda: let_go.wait(20)

    began = time.monotonic()
    outcome = hook(receiver.url, clock, all_seconds=0.3).send(a_message())

    assert (outcome.result, outcome.reason) == (Result.TRY_AGAIN, "did not answer within 0.3 s")
    assert time.monotonic() - began < 5
    let_go.set()


def test_server_that_trickles_its_answer_is_given_up_in_time(clock: FixedClock) -> None:
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def trickle() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not ended.wait(0.02):
                    connection.sendall(b"x")

        thread = threading.Thread(target=trickle)
        thread.start()
        outcome = hook(f"http://127.0.0.1:{listening.getsockname()[1]}/", clock, all_seconds=0.4).send(a_message())
        ended.set()
        thread.join()

    assert outcome.result is Result.TRY_AGAIN


def test_body_of_the_answer_is_not_read_however_large(clock: FixedClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        given: list[int] = []

        def flood() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
                try:
                    for _ in range(1000):
                        connection.sendall(b"x" * 100_000)
                        given.append(1)
                except OSError:
                    return

        thread = threading.Thread(target=flood)
        thread.start()
        outcome = hook(f"http://127.0.0.1:{listening.getsockname()[1]}/", clock).send(a_message())
        thread.join()

    assert outcome.result is Result.SENT
    assert len(given) < 1000


def test_target_that_is_gone_is_tried_again(clock: FixedClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    outcome = hook(f"http://127.0.0.1:{port}/", clock).send(a_message())

    assert (outcome.result, outcome.reason) == (Result.TRY_AGAIN, "could not be connected to")


def test_secrets_stand_in_no_log_and_no_reason(
    receiver: HttpReceiver, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("httpx", "httpcore"):  # as the server sets them when it starts
        logging.getLogger(name).setLevel(logging.WARNING)
    caplog.set_level(logging.DEBUG)
    receiver.answers += [(200, {}), (500, {})]
    target = hook(f"http://hush:hush@127.0.0.1:{receiver.port}/hush?hush=hush", clock)

    outcomes = [target.send(a_message()), target.send(a_message())]

    assert receiver.requests[0].headers["Authorization"].startswith("Basic ")
    assert "hush" not in caplog.text + repr(target) + repr(outcomes)
    assert SECRET not in caplog.text + repr(target)


def test_hostile_text_arrives_as_text_of_bearable_length(receiver: HttpReceiver, clock: FixedClock) -> None:
    outcome = hook(receiver.url, clock).send(a_message(subject="\ud800" + "N" * 100_000, reason="nul\x00 \u202e <b>"))

    assert outcome.result is Result.SENT
    body = orjson.loads(receiver.requests[0].body)
    assert len(body["subject"]) == 1000
    assert body["reason"] == "nul\x00 \u202e <b>"
