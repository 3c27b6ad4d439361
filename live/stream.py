"""The floor's stream: one WebSocket per open page. (Not server-sent events: a browser opens at most six of those to a host.)

The browser speaks first: `{"type": "hello", "token", "epoch"?, "number"?}`. The server answers `hello`, then a `snapshot`, or,
where the browser still knows a number of this epoch, the `delta` since; then deltas as things change and a `beat` when nothing
does. A `{"type": "token", "token"}` renews the grant of an open stream. Tokens travel in messages, not in the address, which is
logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from live.board import Board
from live.tokens import Grant, TokenExpiredError, TokenRefusedError, read_token

PATH = "/live/stream"
SCOPE = "floor"
PROTOCOL = 1
HELLO_SECONDS = 10.0
BEAT_SECONDS = 5.0
# A browser that takes nothing for this long is gone or asleep; it will come back by itself.
SEND_SECONDS = 20.0
MAX_MESSAGE = 8_192

CLOSE_BAD_MESSAGE = 4400
CLOSE_EXPIRED = 4401
CLOSE_REFUSED = 4403
CLOSE_SLOW = 4408

_log = logging.getLogger(__name__)


class Closing(Exception):
    """Ends one stream with a code the browser understands."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Gate:
    """What every stream of this route is checked by."""

    secret: str
    now_ms: Callable[[], int]

    def read(self, token: Any) -> Grant:
        try:
            return read_token(self.secret, str(token), scope=SCOPE, now_ms=self.now_ms())
        except TokenExpiredError as error:
            raise Closing(CLOSE_EXPIRED, "token expired") from error
        except TokenRefusedError as error:
            raise Closing(CLOSE_REFUSED, "token refused") from error


def routes(
    watched: Watched, *, path: str = PATH, secret: str, now_ms: Callable[[], int], allowed_origins: Collection[str] = ()
) -> list[BaseRoute]:
    """The route of the floor's stream, or of another that speaks as it does and is admitted to by the same token.

    `allowed_origins` are pages of other hosts that may listen, as "https://host".
    """
    gate = Gate(secret, now_ms)

    async def stream(websocket: WebSocket) -> None:
        if not is_own_page(websocket.headers.get("origin"), websocket.headers.get("host", ""), allowed_origins):
            _log.warning("stream refused: page of another host")
            await websocket.close(CLOSE_REFUSED)
            return
        await websocket.accept()
        try:
            await Viewer(websocket, watched, gate).serve()
        except Closing as closing:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await websocket.close(closing.code, closing.reason)
        except WebSocketDisconnect:
            return

    return [WebSocketRoute(path, stream)]


def is_own_page(origin: str | None, host: str, allowed_origins: Collection[str]) -> bool:
    """Whether a page of this origin may listen. Browsers always name one; who names none still needs a token."""
    if origin is None or origin in allowed_origins:
        return True
    try:
        return urlsplit(origin).netloc == host
    except ValueError:  # no address at all, such as "http://["
        return False


class Watched(Protocol):
    """What a stream tells of: a board that grows, and waiting for it to."""

    board: Board
    checked_ms: int

    async def wait_for_news(self, number: int, timeout_seconds: float) -> bool:
        """Wait until the board is past `number`; False when the time is up before that."""
        ...


class Viewer:
    """One open stream."""

    def __init__(
        self, websocket: WebSocket, floor: Watched, gate: Gate, *, on_grant: Callable[[Grant], None] = lambda _grant: None
    ) -> None:
        self._websocket = websocket
        self._floor = floor
        self._gate = gate
        self._on_grant = on_grant  # told who it is, and again when that is renewed
        self._grant: Grant | None = None
        self._sending_since: float | None = None

    async def serve(self) -> None:
        """From hello to the end. Raises Closing, or WebSocketDisconnect when the browser has left."""
        number = await self._greet()
        tasks = [asyncio.create_task(work) for work in (self._listen(), self._tell(number), self._mind_slowness())]
        done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in rest:
            task.cancel()
        # Of those that are done as well: where reading and writing end at once, nobody would ask for the end of the other.
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _greet(self) -> int | None:
        """Check the token; the number the browser stands at, None where it needs everything."""
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                hello = await self._receive()
        except TimeoutError as error:
            raise Closing(CLOSE_BAD_MESSAGE, "no hello") from error
        self._admit(hello)
        epoch, number = hello.get("epoch"), hello.get("number")
        can_resume = isinstance(epoch, str) and isinstance(number, int) and self._floor.board.can_resume(epoch, number)
        await self._send({"type": "hello", "protocol": PROTOCOL, "epoch": self._floor.board.epoch, **self._clock()})
        return number if can_resume else None

    def _admit(self, message: dict[str, Any]) -> None:
        self._grant = self._gate.read(message.get("token"))
        self._on_grant(self._grant)

    async def _listen(self) -> None:
        while True:
            message = await self._receive()
            if message.get("type") == "token":
                self._admit(message)

    async def _tell(self, number: int | None) -> None:
        beat_at = time.monotonic() + BEAT_SECONDS
        while True:
            has_news = await self._floor.wait_for_news(number or 0, self._patience(beat_at))
            if self._left_ms() <= 0:
                raise Closing(CLOSE_EXPIRED, "token expired")
            if has_news:
                answer, number = self._floor.board.since(number), self._floor.board.number
                await self._send_bytes(answer)
            if time.monotonic() >= beat_at:  # on a busy floor too: it carries the clock and how long the grant lasts
                await self._send({"type": "beat", **self._clock()})
                beat_at = time.monotonic() + BEAT_SECONDS

    def _clock(self) -> dict[str, Any]:
        return {"now_ms": self._gate.now_ms(), "checked_ms": self._floor.checked_ms, "expires_in_ms": self._left_ms()}

    def _left_ms(self) -> int:
        return self._grant.expires_ms - self._gate.now_ms() if self._grant is not None else 0

    def _patience(self, beat_at: float) -> float:
        """How long to wait for news before a beat, or before the grant ends."""
        return max(min(beat_at - time.monotonic(), self._left_ms() / 1000), 0.0)

    async def _receive(self) -> dict[str, Any]:
        try:
            text = await self._websocket.receive_text()
            message = orjson.loads(text) if len(text) <= MAX_MESSAGE else None
        except (KeyError, orjson.JSONDecodeError):  # a binary frame has no text
            message = None
        if not isinstance(message, dict):
            raise Closing(CLOSE_BAD_MESSAGE, "not understood")
        return message

    async def _send(self, message: dict[str, Any]) -> None:
        await self._send_bytes(orjson.dumps(message))

    async def _send_bytes(self, message: bytes) -> None:
        self._sending_since = time.monotonic()
        await self._websocket.send_text(message.decode())
        self._sending_since = None

    async def _mind_slowness(self) -> None:
        """End the stream when the browser has taken nothing for long. Looked at now and then: a timer for each send is dear."""
        while True:
            await asyncio.sleep(SEND_SECONDS / 4)
            if self._sending_since is not None and time.monotonic() - self._sending_since > SEND_SECONDS:
                raise Closing(CLOSE_SLOW, "too slow")
