"""The stream of one conversation: who may listen, what is said first, what is said when it changes and when nothing does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from ingest.pipeline import Pipeline
from ingest.sources import detect
from live.conversation import PATH, routes
from live.stream import CLOSE_EXPIRED, CLOSE_REFUSED
from live.tokens import issue_token
from store.engine import Store, open_store
from tests.transcripts import deriver_of, ms, record, wire
from tests.unit.test_floor_stream import Session, wait_until

pytestmark = pytest.mark.server

NOW = ms("12:00:00")


class Desk:
    """A server with the stream of conversations, and who reports to it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now_ms = NOW
        self.app = Starlette(routes=routes(lambda: self.store, secret="s", now_ms=lambda: self.now_ms))

    def report(self, text: str, *, conversation: str = "c1", first: int = 1) -> None:
        items = wire(text, conversation=conversation)
        for number, item in enumerate(items, start=first):
            item["id"] = str(number)
        raw = record(items)
        Pipeline(self.store, deriver_of(), now_ms=lambda: self.now_ms).write([(detect.read(raw), raw)])

    def token(self, **changes: Any) -> str:
        given = {"secret": "s", "viewer": "ann", "role": "supervisor", "scope": "floor", "now_ms": self.now_ms} | changes
        return issue_token(**given)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(desk.app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=asyncio.run, args=(server.serve(),), daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    yield f"ws://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}{PATH}"
    server.should_exit = True
    thread.join(5)


@contextmanager
def listen(address: str, conversation: str, token: str, **hello: Any) -> Iterator[Session]:
    with connect(f"{address}?conversation={conversation}", proxy=None) as connection:
        session = Session(connection)
        session.send({"type": "hello", "token": token} | hello)
        yield session


def texts(message: dict[str, Any]) -> list[str]:
    """The messages among the lines, in their order."""
    lines = sorted(message["rows"], key=lambda line: line["place"])
    return [line["text"] for line in lines if line["shape"] == "message"]


def test_viewer_is_told_all_of_it_and_then_only_what_is_new(desk: Desk, address: str) -> None:
    desk.report("11:59:00 customer: 0.5\n11:59:01 bot: Hello")

    with listen(address, "c1", desk.token()) as session:
        snapshot = session.until("snapshot")
        desk.report("11:59:30 customer: -1", first=3)
        delta = session.until("delta")

    assert texts(snapshot) == ["0.5", "Hello"]
    assert (snapshot["tiles"]["id"], snapshot["tiles"]["num_scored"]) == ("c1", 1)
    assert texts(delta) == ["-1"]
    assert delta["tiles"]["num_scored"] == 2


def test_change_of_another_conversation_is_not_told(desk: Desk, address: str) -> None:
    desk.report("11:59:00 customer: Hello")

    with listen(address, "c1", desk.token()) as session:
        number = session.until("snapshot")["number"]
        desk.report("11:59:10 customer: Elsewhere", conversation="c2")
        desk.report("11:59:20 customer: Here", first=2)
        delta = session.until("delta")

    assert texts(delta) == ["Here"]
    assert delta["number"] == number + 1


def test_conversation_is_followed_when_another_one_is_joined_to_it(desk: Desk, address: str) -> None:
    desk.report("11:50:00 customer: Anybody?", conversation="w1")
    desk.report("11:58:00 customer: Hello")

    with listen(address, "c1", desk.token()) as session:
        session.until("snapshot")
        desk.report('11:59:00 system event startConversation {"msdyn_liveworkitemid": "w1"}', first=9)
        delta = session.until("delta")

    assert delta["tiles"]["id"] == "w1"
    assert "Anybody?" in texts(delta)


def test_conversation_that_is_not_there_is_nothing_until_it_comes(desk: Desk, address: str) -> None:
    with listen(address, "c1", desk.token()) as session:
        snapshot = session.until("snapshot")
        desk.report("11:59:00 customer: Hello")
        delta = session.until("delta")

    assert (snapshot["rows"], snapshot["tiles"]) == ([], None)
    assert texts(delta) == ["Hello"]


def test_viewers_of_one_conversation_share_one_reading(desk: Desk, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from live import conversation
    from metrics.story import tell_story

    reads: list[str] = []

    def counted(store: Store, conversation_id: str) -> Any:
        reads.append(conversation_id)
        return tell_story(store, conversation_id)

    monkeypatch.setattr(conversation, "tell_story", counted)
    desk.report("11:59:00 customer: Hello")
    with listen(address, "c1", desk.token()) as one, listen(address, "c1", desk.token()) as other:
        for session in (one, other):
            session.until("snapshot")
        before = len(reads)
        desk.report("11:59:20 customer: Here", first=2)
        for session in (one, other):
            assert texts(session.until("delta")) == ["Here"]

    assert (before, len(reads)) == (1, 2)


def test_database_that_is_changed_for_another_is_followed(desk: Desk, address: str, tmp_path: Any) -> None:
    desk.report("11:59:00 customer: Simulated")
    with listen(address, "c1", desk.token()) as session:
        session.until("snapshot")
        other, desk.store = desk.store, open_store(f"sqlite:///{tmp_path}/real.db")
        gone = session.until("delta")
        desk.report("11:59:00 customer: Real")
        come = session.until("delta")
        desk.store.close()
        desk.store = other

    assert gone["tiles"] is None
    assert texts(come) == ["Real"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"secret": "another"}, CLOSE_REFUSED), ({"scope": "export"}, CLOSE_REFUSED), ({"lifetime_ms": 0}, CLOSE_EXPIRED)],
)
def test_who_brings_no_good_token_is_told_nothing(desk: Desk, address: str, changes: dict[str, Any], code: int) -> None:
    desk.report("11:59:00 customer: Hello")

    with listen(address, "c1", desk.token(**changes)) as session:
        assert session.close_code() == code


def test_page_of_another_host_and_empty_ids_are_refused(desk: Desk, address: str) -> None:
    for query, headers in (("?conversation=c1", {"Origin": "https://elsewhere.example"}), ("", {}), ("?conversation=", {})):
        with pytest.raises(InvalidStatus), connect(f"{address}{query}", proxy=None, additional_headers=headers):
            pass
