"""What the push endpoint answers, and what it hands on, with a fake in the place of the store."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from ingest import receiver
from ingest.events import RawRecord, Source
from ingest.gather import NotWrittenError
from ingest.receiver import MOST_ACTIVITIES, MOST_BYTES, routes
from ingest.sources.push import read_payload

NOON = datetime(2026, 3, 2, 12, 0, 0, 250_000, tzinfo=UTC)
HELLO = {"type": "message", "id": "1", "conversation": {"id": "c"}, "timestamp": "2026-03-02T09:30:00.000Z", "text": "hello"}
JSON = {"Content-Type": "application/json"}
ADDRESS = "/ingest/activities"


@dataclass
class Counted:
    activities: int = 0
    duplicates: int = 0
    rejected: int = 0


@dataclass
class FakeStore:
    """Takes everything, or fails as told; remembers what it was given."""

    failure: Exception | None = None
    taken: list[tuple[str, RawRecord, int]] = field(default_factory=list)

    async def accept(self, item: tuple[Source, RawRecord], *, num_activities: int, num_bytes: int) -> Counted:
        if self.failure:
            raise self.failure
        source, record = item
        assert num_bytes == len(record.body)
        self.taken.append((source.name, record, num_activities))
        return Counted(activities=num_activities)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(record.body) for _, record, _ in self.taken]


Send = Callable[..., httpx.Response]


def sender(store: FakeStore, *, token: str | None = None, client: str = "127.0.0.1", base: str = "http://localhost:8501") -> Send:
    app = Starlette(routes=list(routes(store.accept, token=token, now=lambda: NOON)))

    def send(method: str = "POST", address: str = ADDRESS, **request: Any) -> httpx.Response:
        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(app=app, client=(client, 40_000))
            async with httpx.AsyncClient(transport=transport, base_url=base) as http:
                return await http.request(method, address, **request)

        return asyncio.run(exchange())

    return send


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def send(store: FakeStore) -> Send:
    return sender(store)


# -- what is taken


def test_one_activity_is_accepted_and_counted(send: Send, store: FakeStore) -> None:
    answer = send(json=HELLO)

    assert answer.status_code == 202
    assert answer.json() == {"accepted": 1, "duplicates": 0, "rejected": 0}
    assert store.bodies == [HELLO]


def test_an_array_is_handed_on_whole_and_in_order(send: Send, store: FakeStore) -> None:
    activities = [{**HELLO, "id": str(number)} for number in range(5)]

    answer = send(json=activities)

    assert answer.json()["accepted"] == 5
    assert store.bodies == [activities]


def test_an_empty_array_is_nothing_wrong(send: Send) -> None:
    assert send(json=[]).status_code == 202


def test_what_is_no_activity_is_handed_on_to_be_kept_as_rejected(send: Send, store: FakeStore) -> None:
    answer = send(json=[1, None, "x", [], {}, HELLO])

    assert answer.status_code == 202
    assert len(store.bodies[0]) == 6


def test_the_source_is_bot_framework_or_what_the_address_says(send: Send, store: FakeStore) -> None:
    send(json=HELLO)
    send(address=f"{ADDRESS}?source=hr-bot_2", json=HELLO)

    assert [source for source, _, _ in store.taken] == ["bot_framework", "hr-bot_2"]


@pytest.mark.parametrize("name", ["", "a b", "../etc", "x" * 41, "ä", "a\n", "%00"])
def test_a_source_that_is_no_name_is_refused(send: Send, store: FakeStore, name: str) -> None:
    answer = send(params={"source": name}, json=HELLO)

    assert answer.status_code == 400
    assert "source" in answer.json()["error"]
    assert store.taken == []


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", 'application/json;charset="UTF-8"', "application/json; x=y"]
)
def test_json_by_any_spelling_of_its_type_is_taken(send: Send, kind: str) -> None:
    assert send(content=json.dumps(HELLO), headers={"Content-Type": kind}).status_code == 202


def test_activities_may_come_wrapped_as_in_a_file(send: Send, store: FakeStore) -> None:
    answer = send(json={"activities": [{"type": "message"}, {"type": "message"}]})

    assert answer.json()["accepted"] == 2
    assert store.bodies == [{"activities": [{"type": "message"}, {"type": "message"}]}]


def test_a_long_array_of_activities_that_stand_alone_is_written_in_parts_in_its_order(send: Send, store: FakeStore) -> None:
    activities = [{**HELLO, "id": str(number)} for number in range(450)]

    answer = send(json=activities)

    assert answer.json() == {"accepted": 450, "duplicates": 0, "rejected": 0}
    assert [len(body) for body in store.bodies] == [200, 200, 50]
    assert [item for body in store.bodies for item in body] == activities


@pytest.mark.parametrize("field", ["timestamp", "conversation"])
def test_a_long_array_whose_elements_need_each_other_is_written_whole(send: Send, store: FakeStore, field: str) -> None:
    activities = [{**HELLO, "id": str(number)} for number in range(450)]
    del activities[449][field]

    send(json=activities)

    assert store.bodies == [activities]


def test_a_large_body_is_read_beside_the_event_loop(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def noted(body: bytes) -> Any:
        threads.append(threading.current_thread())
        return read_payload(body)

    monkeypatch.setattr(receiver, "read_payload", noted)
    send(json=HELLO)
    send(json={**HELLO, "text": "x" * 100_000})

    assert [thread is threading.current_thread() for thread in threads] == [True, False]


def test_the_time_of_receipt_goes_beside_the_body_and_not_into_it(send: Send, store: FakeStore) -> None:
    untimed = {"type": "message", "id": "1", "conversation": {"id": "c"}, "timestamp": None}

    send(json=untimed)

    assert store.bodies == [untimed]
    assert [record.received_ms for _, record, _ in store.taken] == [1_772_452_800_250]


@pytest.mark.parametrize("name", ["timestamp", "timestampMs"])
def test_every_kind_of_time_stamp_counts_as_one(send: Send, store: FakeStore, name: str) -> None:
    activity = {"type": "message", "id": "1", "conversation": {"id": "c"}, name: 1_772_443_800}

    send(json=activity)

    assert store.bodies == [activity]


# -- who may


def test_the_right_token_opens_from_anywhere(store: FakeStore) -> None:
    send = sender(store, token="s3cret", client="203.0.113.9", base="https://floor.example")

    assert send(json=HELLO, headers={"Authorization": "Bearer s3cret"}).status_code == 202
    assert send(json=HELLO, headers={"Authorization": "bearer s3cret"}).status_code == 202


@pytest.mark.parametrize(
    "given", [None, "", "s3cret", "Bearer", "Bearer ", "Bearer S3cret", "Bearer s3cret2", "Basic s3cret", b"Bearer \xff"]
)
def test_a_wrong_or_missing_token_is_refused_even_from_this_machine(store: FakeStore, given: str | bytes | None) -> None:
    send = sender(store, token="s3cret")

    answer = send(json=HELLO, headers={} if given is None else {"Authorization": given})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "ingest_token" in answer.json()["error"]
    assert store.taken == []


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("base", ["http://localhost:8501", "http://127.0.0.1", "http://[::1]:8501"])
def test_without_a_token_this_machine_may(store: FakeStore, client: str, base: str) -> None:
    assert sender(store, client=client, base=base)(json=HELLO).status_code == 202


@pytest.mark.parametrize("client", ["203.0.113.9", "10.0.0.1", "::ffff:10.0.0.1", "fe80::1", "testclient", ""])
def test_without_a_token_no_other_machine_may_and_learns_what_to_set(store: FakeStore, client: str) -> None:
    answer = sender(store, client=client)(json=HELLO)

    assert answer.status_code == 403
    assert "FLOORWALKER_INGEST_TOKEN" in answer.json()["error"]
    assert store.taken == []


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_without_a_token_a_proxy_on_this_machine_opens_nothing(send: Send, store: FakeStore, header: str) -> None:
    assert send(json=HELLO, headers={header: "127.0.0.1"}).status_code == 403
    assert store.taken == []


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:127", "", "[", "[]"]
)
def test_without_a_token_a_name_that_is_made_to_point_here_opens_nothing(send: Send, store: FakeStore, host: str) -> None:
    assert send(json=HELLO, headers={"Host": host}).status_code == 403
    assert store.taken == []


# -- what is refused


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FROB"])
def test_only_post_is_served(send: Send, method: str) -> None:
    answer = send(method)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": ""},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=application/json"},
        {"Content-Type": "application/json-patch+json"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_what_is_not_announced_as_plain_json_is_refused(send: Send, store: FakeStore, headers: dict[str, str]) -> None:
    answer = send(content=json.dumps(HELLO), headers=headers)

    assert answer.status_code == 415
    assert answer.json()["error"]
    assert store.taken == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"{",
        b"[",
        b'{"a":1}x',
        b"NaN",
        b'{"a":NaN}',
        b"[1e999]",
        b"Infinity",
        b"'x'",
        b"\x00",
        b"\xff\xfe",
        b"9" * 5000,
    ]
    + [b"null", b"true", b"5", b'"text"']
    + [b"[" * 100_000, b"[" * 2000 + b"]" * 2000, b"[" * 400 + b"]" * 400, b'{"a":' * 300 + b"1" + b"}" * 300],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_not_json_of_an_activity_is_refused_with_400(send: Send, store: FakeStore, body: bytes) -> None:
    answer = send(content=body, headers=JSON)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert store.taken == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"message","text":"\\ud83d cut"}',
        b'{"type":"message","text":"a\\u0000b"}',
        b'{"type":"message","type":"event","text":"x","text":"y"}',
        b'{"type":"message","value":123456789012345678901234567890}',
        b'{"type":"message","value":-0.0,"__proto__":{"x":1}}',
        b'{"type":["message"],"conversation":"c","from":7,"timestamp":{}}',
        b'{"conversation":{"id":{"id":1}},"timestamp":"yesterday"}',
        b'\xef\xbb\xbf{"type":"message"}',
        b"[[[[]]]]",
    ],
    ids=lambda body: repr(body[:30]),
)
def test_odd_but_legal_json_is_handed_on_as_json_that_anyone_can_read(send: Send, store: FakeStore, body: bytes) -> None:
    answer = send(content=body, headers=JSON)

    assert answer.status_code == 202
    assert len(store.bodies) == 1
    store.taken[0][1].body.decode()


def test_a_body_of_four_megabytes_is_taken_and_one_byte_more_is_not(send: Send) -> None:
    envelope = len(json.dumps({**HELLO, "text": ""}))
    largest = json.dumps({**HELLO, "text": "x" * (MOST_BYTES - envelope)})

    assert len(largest) == 4 * 1024 * 1024
    assert send(content=largest, headers=JSON).status_code == 202
    assert send(content=largest + " ", headers=JSON).status_code == 413


def test_a_body_of_unannounced_length_is_read_no_further_than_the_limit(send: Send, store: FakeStore) -> None:
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        while True:
            given += 65_536
            yield b" " * 65_536

    answer = send(content=endless(), headers=JSON)

    assert answer.status_code == 413
    assert given <= MOST_BYTES + 2 * 65_536
    assert store.taken == []


def test_an_announced_length_beyond_the_limit_is_refused_without_reading(send: Send) -> None:
    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    answer = send(content=unread(), headers={**JSON, "Content-Length": str(MOST_BYTES + 1)})

    assert answer.status_code == 413


def test_a_post_of_countless_empty_things_is_refused(send: Send, store: FakeStore) -> None:
    answer = send(content=b"[" + b"0," * MOST_ACTIVITIES + b"0]", headers=JSON)

    assert answer.status_code == 413
    assert store.taken == []


def test_a_store_that_cannot_write_asks_to_come_back_later() -> None:
    send = sender(FakeStore(failure=NotWrittenError("the store cannot take it now")))

    answer = send(json=HELLO)

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "send it again" in answer.json()["error"]


def test_neither_text_nor_token_reaches_the_log(store: FakeStore, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="ingest")
    send = sender(store, token="s3cret")

    send(json={**HELLO, "text": "my card is 4111"}, headers={"Authorization": "Bearer s3cret"})
    send(content=b'{"text": "my card is 4111"', headers={**JSON, "Authorization": "Bearer s3cret"})
    send(json=HELLO, headers={"Authorization": "Bearer wrong-one"})

    logged = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("ingest"))
    assert "status=400" in logged
    assert "status=401" in logged
    assert not [word for word in ("4111", "s3cret", "wrong-one") if word in logged]
