"""Push from end to end: a real server over a real store, killed, crowded, lied to and locked out."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.gather import Gatherer
from ingest.receiver import MOST_BYTES, routes
from store.engine import Store, open_store
from store.reads import count_rejected, find_conversation, rejected_records, transcript
from tests.conftest import FixedClock
from tests.forked import start_module
from tests.integration.push_server import pipeline

ADDRESS = "/ingest/activities"
JSON = {"Content-Type": "application/json"}


def message(number: int | str, *, conversation: str = "c", text: str = "hello", **more: Any) -> dict[str, Any]:
    minute, second = divmod(number if isinstance(number, int) else 0, 60)
    return {
        "type": "message",
        "id": str(number),
        "timestamp": f"2026-03-02T09:{minute % 60:02}:{second:02}.000Z",
        "channelId": "webchat",
        "conversation": {"id": conversation},
        "from": {"id": "ann", "role": "user"},
        "text": text,
        **more,
    }


def stored_ids(store: Store, conversation: str = "c") -> list[str]:
    with store.read() as connection:
        row = find_conversation(connection, conversation)
        if row is None:
            return []
        return [item.activity_id for item in transcript(connection, row["conversation_key"], row["root_key"])]


# -- in this process


@contextmanager
def app_over(store: Store, now: Callable[[], datetime] | None = None) -> Iterator[Any]:
    """Posts to the endpoint; the clock stands still unless `now` moves."""
    from starlette.applications import Starlette

    with Gatherer(pipeline(store).write) as gatherer:
        app = Starlette(routes=list(routes(gatherer.accept, token=None, now=now or FixedClock())))

        def post(**request: Any) -> httpx.Response:
            async def exchange() -> httpx.Response:
                transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
                async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
                    return await http.post(ADDRESS, **request)

            return asyncio.run(exchange())

        yield post


def test_what_is_new_known_and_unreadable_is_counted_apart(store: Store) -> None:
    with app_over(store) as post:
        first = post(json=[message(1), message(2), message(2), {"no": "type"}, 7])
        again = post(json=[message(2), message(3)])

    assert first.json() == {"accepted": 2, "duplicates": 1, "rejected": 2}
    assert again.json() == {"accepted": 1, "duplicates": 1, "rejected": 0}
    assert stored_ids(store) == ["1", "2", "3"]


def test_what_cannot_be_read_is_kept_with_its_reason_and_where_it_came_from(store: Store) -> None:
    with app_over(store) as post:
        answer = post(json={"hello": "world"})

    with store.read() as connection:
        [kept] = rejected_records(connection)
    assert answer.json() == {"accepted": 0, "duplicates": 0, "rejected": 1}
    assert kept["origin"] == "push from 127.0.0.1"
    assert kept["reason"]


def test_a_posted_activity_and_the_same_from_a_file_are_one(store: Store) -> None:
    from ingest.events import RawRecord
    from ingest.sources.push import PushSource

    [loaded] = pipeline(store).write([(PushSource(), RawRecord("a.transcript", json.dumps([message(1), message(2)]).encode()))])
    with app_over(store) as post:
        answer = post(json=message(1))

    assert loaded.activities == 2
    assert answer.json()["duplicates"] == 1


def test_an_activity_without_a_time_is_placed_at_its_receipt_and_repeating_it_moves_nothing(store: Store) -> None:
    untimed = {**message(1), "timestamp": None}
    nameless = {name: value for name, value in untimed.items() if name != "id"}
    clock = [FixedClock()()]

    with app_over(store, now=lambda: clock[0]) as post:
        first = post(json=[untimed, nameless])
        clock[0] += timedelta(minutes=10)
        again = [post(json=[nameless, untimed]), post(json=untimed), post(json=nameless)]

    with store.read() as connection:
        row = find_conversation(connection, "c")
        assert row is not None
        kept = transcript(connection, row["conversation_key"], row["root_key"])
    assert first.json() == {"accepted": 2, "duplicates": 0, "rejected": 0}
    assert [(answer.json()["accepted"], answer.json()["duplicates"]) for answer in again] == [(0, 2), (0, 1), (0, 1)]
    assert [(item.at_ms, item.time_known) for item in kept] == [(FixedClock().ms, False)] * 2


def test_what_names_no_conversation_is_rejected_and_kept_with_that_reason(store: Store) -> None:
    with app_over(store) as post:
        answer = post(json={"type": "message", "text": "hello"})

    with store.read() as connection:
        [kept] = rejected_records(connection, limit=10)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 0, "duplicates": 0, "rejected": 1})
    assert kept["reason"] == "it names no conversation (conversation.id)"


def test_no_kind_of_odd_json_is_a_fault_of_the_server(store: Store) -> None:
    odd: list[Any] = [
        None,
        True,
        1e308,
        -1,
        10**25,
        "",
        "\ud800",
        "\x00",
        [],
        {},
        [[[]]],
        {"id": None},
        {"": {"": ""}},
        "x" * 70_000,
    ]
    bodies = [
        {**message(1, conversation=f"odd-{number}-{key}"), key: value} for number, value in enumerate(odd) for key in message(1)
    ]
    wrong = []

    with app_over(store) as post:
        for body in bodies:
            answer = post(content=json.dumps(body), headers=JSON)
            if answer.status_code != 202 or sum(answer.json().values()) != 1:
                wrong.append((body, answer.status_code, answer.text))
        assert post(json=message(1)).json()["accepted"] == 1

    assert wrong == []


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/x.db")
    yield opened
    opened.close()


@pytest.mark.server
def test_while_another_holds_the_database_the_sender_is_asked_to_come_back(sqlite_store: Store) -> None:
    _set_pragma(sqlite_store, "PRAGMA busy_timeout = 50")

    with app_over(sqlite_store) as post, closing(sqlite3.connect(_file(sqlite_store), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        busy = post(json=message(1))
        other.execute("ROLLBACK")
        free = post(json=message(1))

    assert busy.status_code == 503
    assert int(busy.headers["retry-after"]) > 0
    assert free.json() == {"accepted": 1, "duplicates": 0, "rejected": 0}


def test_on_a_full_disk_the_sender_is_asked_to_come_back_and_nothing_is_half_kept(sqlite_store: Store) -> None:
    with app_over(sqlite_store) as post:
        post(json=message(1))
        _set_pragma(sqlite_store, "PRAGMA max_page_count = 1")  # SQLite answers as on a full disk from here on
        large = [message(number, text=os.urandom(3000).hex()) for number in range(2, 200)]
        full = post(json=large)
        _set_pragma(sqlite_store, "PRAGMA max_page_count = 1000000")
        emptied = post(json=large)

    assert full.status_code == 503
    assert emptied.json() == {"accepted": 198, "duplicates": 0, "rejected": 0}


def _set_pragma(store: Store, pragma: str) -> None:
    with store.writer.connect() as connection:  # the one connection of the pool
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.cursor().execute(pragma)


def _file(store: Store) -> str:
    return store.url.removeprefix("sqlite:///")


# -- a server of its own


@contextmanager
def server(url: str, **environment: str) -> Iterator[tuple[str, BaseProcess]]:
    """The address and process of a running server; killed at the end if it still runs."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = start_module("tests.integration.push_server", str(port), url, environment={**os.environ, **environment})
    try:
        base = f"http://127.0.0.1:{port}"
        for _ in range(600):
            assert process.is_alive(), "the push server did not start"
            try:
                httpx.get(base)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield base, process
    finally:
        process.kill()
        process.join(10)


@pytest.mark.server
def test_what_was_acknowledged_survives_kill_9_and_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    acknowledged: list[str] = []

    for life in range(3):
        with server(url) as (base, process), httpx.Client(base_url=base, timeout=60) as http:
            for number in range(life * 100, life * 100 + 5 + life):
                assert http.post(ADDRESS, json=message(number)).status_code == 202
                acknowledged.append(str(number))
            process.kill()
            process.join(10)

    store = open_store(url)
    assert stored_ids(store) == acknowledged
    store.close()


@pytest.mark.server
def test_killed_in_a_storm_nothing_acknowledged_is_missing_and_sending_all_again_counts_nothing_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    sent = [message(number) for number in range(300)]
    acknowledged: list[str] = []

    with server(url) as (base, process), httpx.Client(base_url=base, timeout=60) as http, ThreadPoolExecutor(8) as pool:

        def post(activity: dict[str, Any]) -> None:
            try:
                if http.post(ADDRESS, json=activity).status_code == 202:
                    acknowledged.append(activity["id"])
            except httpx.TransportError:
                return
            if len(acknowledged) >= 100:
                process.kill()

        list(pool.map(post, sent))

    store = open_store(url)
    survived = stored_ids(store)
    store.close()
    assert len(acknowledged) >= 100
    assert set(acknowledged) <= set(survived)

    with server(url) as (base, _):
        counts = httpx.post(base + ADDRESS, json=sent, timeout=60).json()
    assert counts == {"accepted": 300 - len(survived), "duplicates": len(survived), "rejected": 0}


@pytest.mark.server
def test_two_hundred_posts_at_once_count_each_activity_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    # 100 bodies, each sent twice at the same moment, each with an activity of its own, one that all share, and one of no type.
    bodies = [[message(number), message("shared"), {"id": f"broken-{number}"}] for number in range(100)] * 2

    async def all_at_once(base: str) -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=base, timeout=60, limits=httpx.Limits(max_connections=200)) as http:
            return await asyncio.gather(*(http.post(ADDRESS, json=body) for body in bodies))

    with server(url) as (base, _):
        answers = asyncio.run(all_at_once(base))

    counts = [answer.json() for answer in answers]
    assert {answer.status_code for answer in answers} == {202}
    assert all(sum(count.values()) == 3 for count in counts)
    assert sum(count["accepted"] for count in counts) == 101
    assert sum(count["duplicates"] for count in counts) == 299
    store = open_store(url)
    assert sorted(stored_ids(store)) == sorted([*(str(number) for number in range(100)), "shared"])
    with store.read() as connection:
        assert count_rejected(connection) == 100
    store.close()


@pytest.mark.server
def test_too_large_a_body_is_refused_in_words_that_reach_the_sender(tmp_path: Path) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(10 * MOST_BYTES // 65_536):
            yield b" " * 65_536

    async def post(base: str) -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=base, timeout=60) as http:
            announced = await http.post(ADDRESS, content=b" " * (MOST_BYTES + 1), headers=JSON)
            in_chunks = await http.post(ADDRESS, content=chunks(), headers=JSON)
            return [announced, in_chunks, await http.post(ADDRESS, json=message(1))]

    with server(f"sqlite:///{tmp_path}/x.db") as (base, _):
        answers = asyncio.run(post(base))

    assert [answer.status_code for answer in answers] == [413, 413, 202]


@pytest.mark.server
def test_a_server_with_a_token_serves_only_those_who_show_it(tmp_path: Path) -> None:
    with server(f"sqlite:///{tmp_path}/x.db", PUSH_TOKEN="s3cret") as (base, _):
        without = httpx.post(base + ADDRESS, timeout=60, json=message(1))
        wrong = httpx.post(base + ADDRESS, timeout=60, json=message(1), headers={"Authorization": "Bearer other"})
        right = httpx.post(base + ADDRESS, timeout=60, json=message(1), headers={"Authorization": "Bearer s3cret"})

    assert [answer.status_code for answer in (without, wrong, right)] == [401, 401, 202]


@pytest.mark.server
def test_stopping_the_server_answers_what_it_has_taken(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"

    with server(url) as (base, process), httpx.Client(base_url=base, timeout=30) as http, ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(http.post, ADDRESS, json=[message(number * 50 + n) for n in range(50)]) for number in range(4)]
        time.sleep(0.05)
        process.terminate()
        codes = []
        for answer in answers:
            try:
                codes.append(answer.result().status_code)
            except httpx.TransportError:
                codes.append(0)
        process.join(15)
        assert process.exitcode in (0, -signal.SIGTERM)

    store = open_store(url)
    assert len(stored_ids(store)) >= 50 * codes.count(202)
    store.close()
