"""The stream of one conversation: who may listen, what is said first, what is said when it changes and when nothing does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from ingest.pipeline import Pipeline
from ingest.sources import detect
from live import conversation as conversation_module
from live.claims import Claims
from live.conversation import ASK_PATH, PATH, routes
from live.presence import Presence
from live.stream import CLOSE_EXPIRED, CLOSE_REFUSED
from live.tokens import issue_token
from live.viewers import Viewer, badge_of
from metrics.need import Targets
from store.engine import Store, open_store
from tests.transcripts import deriver_of, ms, record, wire
from tests.unit.test_floor_stream import Session, wait_until

pytestmark = pytest.mark.server

NOW = ms("12:00:00")
# A line that is silent for two of these is dead. (Streamlit's own server asks every 30 s.)
PING_SECONDS = 0.5


class Desk:
    """A server with the stream of conversations, and who reports to it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now_ms = NOW
        self.presence = Presence()
        self.claims = Claims(store, lambda: self.now_ms)
        parts = {"presence": self.presence, "targets": Targets(), "now_ms": lambda: self.now_ms}
        self.app = Starlette(routes=routes(lambda: self.store, secret="s", **parts))

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
    pings = {"ws_ping_interval": PING_SECONDS, "ws_ping_timeout": PING_SECONDS, "ws": "websockets-sansio"}
    server = uvicorn.Server(uvicorn.Config(desk.app, host="127.0.0.1", port=0, log_level="error", **pings))
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


def ask(address: str, token: str, **query: Any) -> httpx.Response:
    """What a browser without a stream asks for."""
    url = address.replace("ws:", "http:").replace(PATH, ASK_PATH)
    return httpx.get(url, params=query, headers={"Authorization": f"Bearer {token}"}, trust_env=False)


def texts(message: dict[str, Any]) -> list[str]:
    """The messages among the lines, in their order."""
    lines = sorted(message["rows"], key=lambda line: line["place"])
    return [line["text"] for line in lines if line["shape"] == "message"]


def head(session: Session, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first head for which this holds, out of what is told from now on."""
    while True:
        message = session.next()
        if message.get("tiles") is not None and holds(message["tiles"]):
            found: dict[str, Any] = message["tiles"]
            return found


def watching(facts: dict[str, Any]) -> list[str]:
    return [each["name"] for each in facts["watching"]]


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
    from metrics.story.telling import tell_story

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


def test_viewers_see_each_other_come_be_renamed_and_go(desk: Desk, address: str) -> None:
    desk.report("11:59:00 customer: Hello")
    dana, max_ = desk.token(viewer="guest:d", name="Dana"), desk.token(viewer="guest:m", name="Max")

    with listen(address, "c1", dana) as one:
        alone = head(one, lambda facts: bool(facts["watching"]))
        # By another of its names: it is the same conversation.
        with listen(address, "bot_framework:c1", max_) as other:
            head(other, lambda facts: watching(facts) == ["Dana", "Max"])
            both = head(one, lambda facts: len(facts["watching"]) == 2)
            other.send({"type": "token", "token": desk.token(viewer="guest:m", name="Max P.")})
            head(one, lambda facts: watching(facts) == ["Dana", "Max P."])
        head(one, lambda facts: watching(facts) == ["Dana"])

    assert alone["watching"] == [{"badge": badge_of("guest:d"), "name": "Dana"}]
    assert watching(both) == ["Dana", "Max"]
    wait_until(lambda: desk.presence.counts == {})


def test_tabs_of_one_viewer_are_one(desk: Desk, address: str) -> None:
    desk.report("11:59:00 customer: Hello")
    dana = desk.token(viewer="guest:d", name="Dana")

    with listen(address, "c1", dana) as one, listen(address, "c1", dana) as other:
        for session in (one, other):
            assert watching(head(session, lambda facts: bool(facts["watching"]))) == ["Dana"]
        assert list(desk.presence.counts.values()) == [1]


def test_line_that_died_without_a_word_is_gone_in_bounded_time(desk: Desk, address: str) -> None:
    desk.report("11:59:00 customer: Hello")
    with connect(f"{address}?conversation=c1", proxy=None, ping_interval=None) as connection:
        session = Session(connection)
        session.send({"type": "hello", "token": desk.token(viewer="guest:d", name="Dana")})
        wait_until(lambda: list(desk.presence.counts.values()) == [1])

        # Like a notebook whose lid was shut: nothing is read any more, so nothing is answered, and nothing is closed either.
        connection.protocol.receive_data = lambda _data: None  # type: ignore[method-assign]

        wait_until(lambda: desk.presence.counts == {})


def test_who_takes_it_on_is_in_the_head_and_in_the_story_at_once(desk: Desk, address: str) -> None:
    desk.report("11:59:00 customer: Hello")
    with listen(address, "c1", desk.token()) as session:
        session.until("snapshot")
        desk.claims.take("c1", Viewer("guest:m", "Max"))
        message = session.until("delta")
        while not message["rows"]:
            message = session.until("delta")

    assert message["tiles"]["holders"] == [{"badge": badge_of("guest:m"), "name": "Max", "since_ms": NOW}]
    assert [line["title"] for line in message["rows"]] == ["Max took it on"]
    assert "guest:m" not in str(message)


def test_need_is_that_of_the_floor_and_grows_while_nothing_happens(desk: Desk, address: str) -> None:
    desk.report('11:59:00 customer: A human, please\n11:59:30 bot event handoff.initiate {"Topic": "cards"}')
    with listen(address, "c1", desk.token()) as session:
        before = head(session, lambda facts: True)
        desk.now_ms += 120_000
        after = head(session, lambda facts: facts["need"] > before["need"])

    assert (before["state"], before["target_s"], before["since_ms"]) == ("waiting", 60, NOW - 30_000)
    assert (before["band"], after["band"]) == ("normal", "critical")
    assert "waiting after escalation, over the target of 1 min" in after["reasons"]


def test_conversation_that_is_over_has_no_need(desk: Desk, address: str) -> None:
    desk.report("11:59:00 customer: Bye\n11:59:10 bot end completedSuccessfully")
    with listen(address, "c1", desk.token()) as session:
        assert "need" not in session.until("snapshot")["tiles"]


def test_who_has_no_stream_asks_for_all_of_it_and_then_for_what_is_new(desk: Desk, address: str) -> None:
    desk.report("11:59:00 customer: 0.5\n11:59:01 bot: Hello")
    first = ask(address, desk.token(), conversation="c1").json()
    at = {"conversation": "c1", "epoch": first["epoch"], "number": first["message"]["number"]}

    desk.report("11:59:30 customer: -1", first=3)
    wait_until(lambda: ask(address, desk.token(), **at).json()["message"] is not None)
    then = ask(address, desk.token(), **at).json()

    assert (first["message"]["type"], texts(first["message"])) == ("snapshot", ["0.5", "Hello"])
    assert (then["message"]["type"], texts(then["message"])) == ("delta", ["-1"])
    assert (then["checked_ms"], then["now_ms"]) == (NOW, NOW)


def test_who_asks_is_seen_watching_until_they_ask_no_more(desk: Desk, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation_module, "ASKED_SECONDS", 0.4)
    desk.report("11:59:00 customer: Hello")

    for _ in range(2):
        answer = ask(address, desk.token(viewer="guest:d", name="Dana"), conversation="c1").json()

    assert watching(answer["message"]["tiles"]) == ["Dana"]
    wait_until(lambda: desk.presence.counts == {})


def test_only_a_good_token_and_an_id_are_answered(desk: Desk, address: str) -> None:
    assert ask(address, desk.token(scope="export"), conversation="c1").status_code == 403
    assert ask(address, desk.token(lifetime_ms=0), conversation="c1").status_code == 401
    assert [ask(address, desk.token(), conversation=name).status_code for name in ("", "x" * 1001)] == [400, 400]
