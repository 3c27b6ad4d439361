"""The stream: who may listen, what is said first, and how it goes on after a break."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.websockets import WebSocketDisconnect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from live import floor as floor_module
from live import stream as stream_module
from live.floor import Floor
from live.stream import CLOSE_BAD_MESSAGE, CLOSE_EXPIRED, CLOSE_REFUSED, PATH, is_own_page, routes
from live.tokens import issue_token
from store.engine import Store
from tests.unit.floor_rows import NOW, facts, save

pytestmark = pytest.mark.server


class Desk:
    """A server with a floor, its clock, and tokens for it."""

    def __init__(self, store: Store) -> None:
        self.now_ms = NOW
        self.settled: list[int] = []
        self.floor = Floor(store, now_ms=lambda: self.now_ms, settle=lambda: self.settled.append(self.now_ms))

        @asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            await self.floor.start()
            yield
            await self.floor.stop()

        self.app = Starlette(routes=routes(self.floor, secret="s", now_ms=lambda: self.now_ms), lifespan=lifespan)

    def token(self, **changes: Any) -> str:
        given = {"secret": "s", "viewer": "ann", "role": "supervisor", "scope": "floor", "now_ms": self.now_ms} | changes
        return issue_token(**given)

    def hello(self, **changes: Any) -> dict[str, Any]:
        return {"type": "hello", "token": self.token()} | changes


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


class Client:
    """Opens streams on a server that runs beside the test."""

    def __init__(self, port: int) -> None:
        self.address = f"ws://127.0.0.1:{port}{PATH}"

    @contextmanager
    def listen(self, hello: Any, **options: Any) -> Iterator[Session]:
        """A stream that has said hello."""
        with connect(self.address, proxy=None, **options) as connection:
            session = Session(connection)
            session.send(hello)
            yield session


class Session:
    """One open stream."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def send(self, message: Any) -> None:
        """As JSON, or as it is if it is bytes."""
        self.connection.send(message if isinstance(message, bytes) else json.dumps(message))

    def next(self) -> dict[str, Any]:
        """The next message."""
        return json.loads(self.connection.recv(timeout=5))

    def until(self, kind: str) -> dict[str, Any]:
        """The next message of this type; beats may come between."""
        while True:
            message = self.next()
            if message["type"] == kind:
                return message

    def close_code(self) -> int | None:
        """The code the server closes with."""
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                self.next()
        return closed.value.rcvd.code if closed.value.rcvd else None


@pytest.fixture
def client(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setattr(floor_module, "TICK_SECONDS", 0.05)
    server = uvicorn.Server(uvicorn.Config(desk.app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=asyncio.run, args=(server.serve(),), daemon=True)
    thread.start()
    wait_until(lambda: server.started)
    yield Client(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    thread.join(5)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline, "it did not happen within 5 s"
        time.sleep(0.01)


def test_viewer_is_greeted_and_told_the_whole_floor_then_each_change(store: Store, desk: Desk, client: Client) -> None:
    save(store, facts(1), facts(2))
    wait_until(lambda: desk.floor.board.num_rows == 2)

    with client.listen(desk.hello()) as session:
        hello, snapshot = session.next(), session.until("snapshot")
        save(store, facts(2, handler_name="Max"))
        delta = session.until("delta")

    assert (hello["type"], hello["protocol"], hello["now_ms"], hello["expires_in_ms"]) == ("hello", 1, NOW, 15 * 60 * 1000)
    assert {row["key"] for row in snapshot["rows"]} == {"1", "2"}
    assert [(row["key"], row["handler"]) for row in delta["rows"]] == [("2", "Max")]


def test_viewer_that_comes_back_is_told_only_what_it_missed(store: Store, desk: Desk, client: Client) -> None:
    save(store, facts(1), facts(2))
    wait_until(lambda: desk.floor.board.num_rows == 2)
    with client.listen(desk.hello()) as session:
        epoch, number = session.next()["epoch"], session.until("snapshot")["number"]
    save(store, facts(3), gone=(1,))
    wait_until(lambda: desk.floor.board.number > number)

    with client.listen(desk.hello(epoch=epoch, number=number)) as session:
        told = session.until("delta")

    assert ([row["key"] for row in told["rows"]], told["removed"]) == (["3"], ["1"])


def test_viewer_of_a_server_that_is_gone_is_told_everything(store: Store, desk: Desk, client: Client) -> None:
    with client.listen(desk.hello(epoch="before the restart", number=1)) as session:
        assert session.until("snapshot")["rows"] == []


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        ({"type": "hello"}, CLOSE_REFUSED),
        ({"type": "hello", "token": "nonsense"}, CLOSE_REFUSED),
        ({"type": "hello", "token": ["not", "text"]}, CLOSE_REFUSED),
        ("not an object", CLOSE_BAD_MESSAGE),
    ],
)
def test_who_brings_no_good_token_is_closed_with_a_code_that_says_so(desk: Desk, client: Client, hello: Any, code: int) -> None:
    with client.listen(hello) as session:
        assert session.close_code() == code


def test_binary_frames_and_long_messages_are_not_understood(desk: Desk, client: Client) -> None:
    with client.listen(b"\x00") as session:
        assert session.close_code() == CLOSE_BAD_MESSAGE
    with client.listen(desk.hello(padding="x" * 10_000)) as session:
        assert session.close_code() == CLOSE_BAD_MESSAGE


def test_token_for_something_else_and_expired_token_have_codes_of_their_own(desk: Desk, client: Client) -> None:
    with client.listen(desk.hello(token=desk.token(scope="conversation"))) as session:
        assert session.close_code() == CLOSE_REFUSED
    with client.listen(desk.hello(token=desk.token(lifetime_ms=0))) as session:
        assert session.close_code() == CLOSE_EXPIRED


def test_open_stream_ends_with_its_token(monkeypatch: pytest.MonkeyPatch, desk: Desk, client: Client) -> None:
    monkeypatch.setattr(stream_module, "BEAT_SECONDS", 0.05)
    with client.listen(desk.hello()) as session:
        session.until("beat")
        desk.now_ms += 15 * 60 * 1000

        assert session.close_code() == CLOSE_EXPIRED


def test_new_token_keeps_an_open_stream_open(monkeypatch: pytest.MonkeyPatch, desk: Desk, client: Client) -> None:
    monkeypatch.setattr(stream_module, "BEAT_SECONDS", 0.05)
    with client.listen(desk.hello()) as session:
        session.until("snapshot")
        session.send({"type": "token", "token": desk.token(lifetime_ms=10**9)})
        while session.until("beat")["expires_in_ms"] != 10**9:
            pass
        desk.now_ms += 15 * 60 * 1000

        assert session.until("beat")["expires_in_ms"] == 10**9 - 15 * 60 * 1000


def test_beat_says_when_the_database_was_last_looked_at(monkeypatch: pytest.MonkeyPatch, desk: Desk, client: Client) -> None:
    monkeypatch.setattr(stream_module, "BEAT_SECONDS", 0.05)
    with client.listen(desk.hello()) as session:
        assert session.until("beat")["checked_ms"] == NOW


def test_page_of_another_host_may_not_listen(client: Client) -> None:
    with pytest.raises(InvalidStatus) as refused, client.listen({}, origin="https://elsewhere.example"):
        pass

    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    ("origin", "is_own"),
    [
        ("http://desk:8501", True),
        ("https://desk:8501", True),
        ("https://ours.example", True),
        ("https://desk", False),
        ("https://desk:8501.evil.example", False),
        ("null", False),
        ("http://[", False),
        ("", False),
        (None, True),
    ],
)
def test_own_page_is_one_of_the_same_host_or_of_an_allowed_one(origin: str | None, is_own: bool) -> None:
    assert is_own_page(origin, "desk:8501", {"https://ours.example"}) is is_own


def test_floor_settles_when_an_open_conversation_is_due(store: Store, desk: Desk, client: Client) -> None:
    save(store, facts(1, due_ms=NOW + 1000))
    wait_until(lambda: desk.floor.board.num_rows == 1)
    assert desk.settled == []
    desk.now_ms += 1000

    wait_until(lambda: bool(desk.settled))


def test_floor_comes_back_after_the_database_could_not_be_read(
    monkeypatch: pytest.MonkeyPatch, store: Store, desk: Desk, client: Client
) -> None:
    wait_until(lambda: desk.floor.board.number == 1)
    watch, follow = desk.floor._watch, desk.floor._watch.follow
    failed: list[bool] = []

    def fails_once() -> Any:
        if failed:
            return follow()
        failed.append(True)
        raise OSError("disk gone")

    monkeypatch.setattr(watch, "follow", fails_once)
    save(store, facts(1))

    wait_until(lambda: desk.floor.board.num_rows == 1)
    assert failed


class Gone:
    """A browser that said hello and left: whoever reads or writes finds that out at once."""

    def __init__(self, hello: dict[str, Any]) -> None:
        self._texts = [json.dumps(hello)]
        self._left = asyncio.Event()

    async def receive_text(self) -> str:
        if self._texts:
            return self._texts.pop()
        await self._left.wait()
        raise WebSocketDisconnect(1006)

    async def send_text(self, text: str) -> None:
        if json.loads(text)["type"] == "hello":
            return
        self._left.set()
        raise WebSocketDisconnect(1006)


def test_browser_that_leaves_while_it_is_written_to_leaves_no_error_behind(desk: Desk) -> None:
    errors: list[dict[str, Any]] = []

    async def serve() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, error: errors.append(error))
        gone: Any = Gone(desk.hello())
        await desk.floor.start()
        with pytest.raises(WebSocketDisconnect):
            await stream_module.Viewer(gone, desk.floor, stream_module.Gate("s", lambda: desk.now_ms)).serve()
        await desk.floor.stop()
        gc.collect()

    asyncio.run(serve())

    assert errors == []
