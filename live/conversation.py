"""One conversation as it is written: a stream of its own, read once for all who watch it, and only when it has changed.

It speaks as the floor's stream does: the rows of its board are the lines of the transcript, its tiles are the head.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager

import orjson
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from live.board import Board
from live.stream import CLOSE_BAD_MESSAGE, CLOSE_REFUSED, Closing, Gate, Viewer, is_own_page
from live.watch import Moved
from metrics.story import Story, tell_story
from store.engine import Store
from store.errors import describe
from store.reads import changes_since, conversations_by_key

PATH = "/live/conversation"
PARAMETER = "conversation"
# Changes that come closer together than this are told together.
GATHER_SECONDS = 0.1
WAIT_SECONDS = 1.0
CHANGES_AT_ONCE = 5_000
MAX_ID = 1_000

_log = logging.getLogger(__name__)


class Talk:
    """One watched conversation. Belongs to the event loop."""

    def __init__(self, conversation_id: str, read: Callable[[str], Story | None], ready: asyncio.Event) -> None:
        self.board = Board()
        self.checked_ms = 0  # when it was last known to be as shown
        self.key: int | None = None  # of the conversation it was read from; None: there is none
        self.num_viewers = 0
        self._id = conversation_id
        self._read = read
        self._ready = ready
        self._shown: dict[str, bytes] = {}
        self._head = b""
        self._reading = asyncio.Lock()
        self._news = asyncio.Event()

    async def wait_for_news(self, number: int, timeout_seconds: float) -> bool:
        """Wait until the board is past `number`; False when the time is up before that. The first who waits has it read."""
        if self.board.number == 0:
            await self._ready.wait()  # changes are followed from here on: none falls between reading and following
            await self.refresh(only_first=True)
        if self.board.number > number:
            return True
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        return True

    async def refresh(self, *, only_first: bool = False) -> None:
        """Read it anew and tell what is different."""
        async with self._reading:
            if only_first and self.board.number > 0:
                return
            story = await asyncio.to_thread(self._read, self._id)
            self.key = None if story is None else story.key
            moved = self._moved(story)
            if not moved:
                return
            self.board.apply(moved)
            news, self._news = self._news, asyncio.Event()
            news.set()

    def _moved(self, story: Story | None) -> Moved:
        """What of a story is not shown already; a conversation that is not there is shown as nothing."""
        lines = {} if story is None else {line.key: orjson.dumps(line) for line in story.lines}
        head = orjson.dumps(None if story is None else story.head)
        rows = {key: line for key, line in lines.items() if self._shown.get(key) != line}
        removed = tuple(key for key in self._shown if key not in lines)
        tiles = None if head == self._head else head
        self._shown, self._head = lines, head
        return Moved(rows, removed, tiles)


class Talks:
    """The conversations that somebody watches now, and the one task that follows the change feed for all of them."""

    def __init__(self, store: Callable[[], Store], *, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._now_ms = now_ms
        self._talks: dict[str, Talk] = {}
        self._ready = asyncio.Event()
        self._following: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def watch(self, conversation_id: str) -> AsyncIterator[Talk]:
        """The conversation, kept up to date as long as this is open."""
        talk = self._talks.get(conversation_id)
        if talk is None:
            talk = self._talks[conversation_id] = Talk(conversation_id, self._read, self._ready)
        talk.num_viewers += 1
        if self._following is None:
            self._following = asyncio.create_task(self._follow_for_ever())
        try:
            yield talk
        finally:
            talk.num_viewers -= 1
            if talk.num_viewers == 0:
                del self._talks[conversation_id]
            if not self._talks and self._following is not None:
                self._following.cancel()
                self._following = None
                self._ready.clear()

    def _read(self, conversation_id: str) -> Story | None:
        return tell_story(self._store(), conversation_id)

    async def _follow_for_ever(self) -> None:
        while True:
            try:
                await self._follow()
            except Exception as error:  # whatever it is, the transcript must come back by itself, and viewers see how old it is
                _log.error("conversations could not be followed, trying again: error=%s", describe(error))
                await asyncio.sleep(WAIT_SECONDS)

    async def _follow(self) -> None:
        """Follow the database that is shown now, until another one is."""
        store = self._store()
        number = await asyncio.to_thread(store.changes.latest)
        self._ready.set()
        await self._refresh(talk for talk in self._talks.values() if talk.board.number > 0)
        while store is self._store():
            newest = await asyncio.to_thread(store.changes.wait, number, WAIT_SECONDS)
            if newest > number:
                number, touched = await asyncio.to_thread(_touched, store, number, [*self._talks.values()])
                await self._refresh(touched)
            for talk in self._talks.values():
                talk.checked_ms = self._now_ms()
            await asyncio.sleep(GATHER_SECONDS)

    @staticmethod
    async def _refresh(talks: Iterable[Talk]) -> None:
        await asyncio.gather(*(talk.refresh() for talk in [*talks]))


def routes(
    store: Callable[[], Store], *, secret: str, now_ms: Callable[[], int], allowed_origins: Collection[str] = ()
) -> list[BaseRoute]:
    """The route of a conversation's stream: `…?conversation=ID`. `store` says which database is shown now."""
    talks, gate = Talks(store, now_ms=now_ms), Gate(secret, now_ms)

    async def stream(websocket: WebSocket) -> None:
        conversation_id = websocket.query_params.get(PARAMETER, "")
        if not is_own_page(websocket.headers.get("origin"), websocket.headers.get("host", ""), allowed_origins):
            _log.warning("stream refused: page of another host")
            await websocket.close(CLOSE_REFUSED)
        elif not 0 < len(conversation_id) <= MAX_ID:
            await websocket.close(CLOSE_BAD_MESSAGE)
        else:
            await websocket.accept()
            async with talks.watch(conversation_id) as talk:
                await _serve(websocket, talk, gate)

    return [WebSocketRoute(PATH, stream)]


async def _serve(websocket: WebSocket, talk: Talk, gate: Gate) -> None:
    """Tell one viewer, whom the floor's token admits, until one side has had enough."""
    try:
        # A viewer asks of its floor only the board, when there is news, and how old it is; a talk has all three.
        await Viewer(websocket, talk, gate).serve()
    except Closing as closing:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close(closing.code, closing.reason)
    except WebSocketDisconnect:
        return


def _touched(store: Store, number: int, talks: list[Talk]) -> tuple[int, list[Talk]]:
    """The talks that changes after `number` are about, and the number of the newest of these changes."""
    with store.read() as connection:
        changes = changes_since(connection, number, limit=CHANGES_AT_ONCE)
        known = [talk.key for talk in talks if talk.key is not None]
        # A conversation that was joined to another one, or split anew, no longer stands under its key.
        there = {row["conversation_key"] for row in conversations_by_key(connection, known)}
    changed = {change["conversation_key"] for change in changes}
    newest = changes[-1]["number"] if changes else number
    return newest, [talk for talk in talks if talk.key is None or talk.key in changed or talk.key not in there]
