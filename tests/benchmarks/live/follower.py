"""The stream of the floor, followed as pages/components/browser/stream.js does: resumed after a break, by the token it has."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from live.stream import CLOSE_EXPIRED, CLOSE_REFUSED

# As in stream.js.
FIRST_RETRY_SECONDS = 0.4
MOST_RETRY_SECONDS = 4.0
# A viewer that stands at another number gets another frame; those it could still be given again are few.
FRAMES_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as every viewer that was sent it has read it."""

    is_snapshot: bool
    rows: tuple[tuple[str, int], ...]  # conversation, time of its newest activity
    removed: tuple[str, ...]  # conversations


@dataclass(slots=True)
class Frames:
    """Reads each frame once, however many viewers of this process receive it: what is measured is the server."""

    is_floor: bool = True  # of other streams nothing is looked at
    names: dict[str, str] = field(default_factory=dict)  # a row's key → its conversation
    _known: dict[str, tuple[dict[str, Any], Frame | None]] = field(default_factory=dict)

    def read(self, text: str) -> tuple[dict[str, Any], Frame | None]:
        """The message without its rows, and the rows as a frame; None where it has none."""
        known = self._known.get(text)
        if known is None:
            known = self._read(text)
            if known[1] is not None:
                self._known[text] = known
                if len(self._known) > FRAMES_REMEMBERED:
                    del self._known[next(iter(self._known))]
        return known

    def _read(self, text: str) -> tuple[dict[str, Any], Frame | None]:
        message = orjson.loads(text)
        if message["type"] not in ("snapshot", "delta"):
            return message, None
        if not self.is_floor:
            return {"type": message["type"], "number": message["number"]}, Frame(message["type"] == "snapshot", (), ())
        for row in message["rows"]:
            self.names[row["key"]] = row["id"]
        rows = tuple((row["id"], row["last_ms"]) for row in message["rows"])
        removed = tuple(self.names.get(key, key) for key in message["removed"])
        return {"type": message["type"], "number": message["number"]}, Frame(message["type"] == "snapshot", rows, removed)


@dataclass(slots=True)
class Break:
    """A time without the server: when the last word came before it, and when the first came after."""

    from_ns: int
    until_ns: int
    resumed_by: str = ""  # "delta" or "snapshot"


class Follower:
    """One open stream. What it receives is in `seen`, by this machine's monotonic clock."""

    def __init__(self, http: aiohttp.ClientSession, host: str, frames: Frames) -> None:
        self.seen: list[tuple[int, Frame]] = []
        self.breaks: list[Break] = []
        self.heard_ns = 0
        self.longest_silence_ns = 0
        self.painted = asyncio.Event()
        self.refused = asyncio.Event()  # wants a new token
        self.expires_in_ms = 0
        self._http = http
        self._url = f"ws://{host}"
        self._frames = frames
        self._epoch: str | None = None
        self._number: int | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._token = ""
        self._path = ""
        self._attempt = 0

    async def use(self, path: str, token: str) -> None:
        """Take over a token, as each run of the page brings one."""
        self._path, self._token = path, token
        self.refused.clear()
        if self._socket is not None and not self._socket.closed:
            await self._socket.send_str(orjson.dumps({"type": "token", "token": token}).decode())

    async def follow_for_ever(self) -> None:
        """Receive; come back when the stream is lost."""
        while True:
            try:
                code = await self._follow_once()
            except (aiohttp.ClientError, OSError, TimeoutError):
                code = 0
            self._socket = None
            if code in (CLOSE_EXPIRED, CLOSE_REFUSED):
                self.refused.set()
            most = min(MOST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2**self._attempt)
            self._attempt += 1
            await asyncio.sleep(most * random.uniform(0.5, 1.0))

    async def _follow_once(self) -> int:
        """Until this socket ends; its close code."""
        token = self._token
        socket = await self._http.ws_connect(f"{self._url}/{self._path.lstrip('/')}", max_msg_size=0)
        was_heard, self._socket = self.heard_ns, socket
        hello = {"type": "hello", "token": token, "epoch": self._epoch, "number": self._number}
        await socket.send_str(orjson.dumps(hello).decode())
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            kind = self._take(message.data)
            if was_heard and kind in ("delta", "snapshot"):
                self.breaks.append(Break(was_heard, self.heard_ns, kind))
                was_heard = 0
        return socket.close_code or 0

    def _take(self, text: str) -> str:
        now_ns = time.monotonic_ns()
        message, frame = self._frames.read(text)
        if self.heard_ns:
            self.longest_silence_ns = max(self.longest_silence_ns, now_ns - self.heard_ns)
        self.heard_ns = now_ns
        if message["type"] == "hello" and message["epoch"] != self._epoch:
            self._number = None
        self._number = message.get("number", self._number)
        self.expires_in_ms = message.get("expires_in_ms", self.expires_in_ms)
        if message["type"] == "hello":
            self._epoch = message["epoch"]
        if frame is not None:
            self._attempt = 0
            self.seen.append((now_ns, frame))
            self.painted.set()
        return str(message["type"])
