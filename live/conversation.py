"""One conversation as it is written: a stream of its own, read once for all who watch it, and only when it has changed.

It speaks as the floor's stream does: the rows of its board are the lines of the transcript, its tiles are the head.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from live.asking import admit, news_of
from live.presence import Presence
from live.stream import CLOSE_BAD_MESSAGE, CLOSE_REFUSED, Closing, Gate, Viewer, is_own_page
from live.talk import Talk
from live.tokens import Grant
from live.viewers import Viewer as Person
from metrics.need import Targets
from metrics.story.telling import Story, tell_story
from store.engine import Store
from store.errors import describe
from store.reads import changes_since, conversations_by_key

PATH = "/live/conversation"
ASK_PATH = "/live/conversation/ask"
PARAMETER = "conversation"
# Changes that come closer together than this are told together.
GATHER_SECONDS = 0.1
WAIT_SECONDS = 1.0
CHANGES_AT_ONCE = 5_000
MAX_ID = 1_000
# Who asks every three seconds instead of listening watches until nothing has been asked for so long.
ASKED_SECONDS = 12.0

_log = logging.getLogger(__name__)


class Talks:
    """The conversations that somebody watches now, and the one task that follows the change feed for all of them."""

    def __init__(self, store: Callable[[], Store], *, presence: Presence, targets: Targets, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._presence = presence
        self._targets = targets
        self._now_ms = now_ms
        presence.changed = self._look_again
        self._talks: dict[str, Talk] = {}
        self._askers: dict[tuple[str, str], asyncio.TimerHandle] = {}
        self._ready = asyncio.Event()
        self._following: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def watch(self, conversation_id: str, stream: object) -> AsyncIterator[Talk]:
        """The conversation that a stream shows, kept up to date as long as this is open."""
        talk = self._enter(conversation_id, stream)
        try:
            yield talk
        finally:
            self._leave(conversation_id, stream)

    def ask(self, conversation_id: str, viewer: Person) -> Talk:
        """The conversation that somebody asks for again and again, kept up to date until some time after the last question."""
        asker = (conversation_id, viewer.id)
        if asker in self._askers:
            self._askers[asker].cancel()
        talk = self._enter(conversation_id, asker)
        talk.enter(asker, viewer)
        self._askers[asker] = asyncio.get_running_loop().call_later(ASKED_SECONDS, self._forget, asker)
        return talk

    def _forget(self, asker: tuple[str, str]) -> None:
        del self._askers[asker]
        self._leave(asker[0], asker)

    def _enter(self, conversation_id: str, stream: object) -> Talk:
        if conversation_id not in self._talks:
            self._talks[conversation_id] = self._another_talk(conversation_id)
        talk = self._talks[conversation_id]
        talk.enter(stream)
        if self._following is None:
            self._following = asyncio.create_task(self._follow_for_ever())
        return talk

    def _leave(self, conversation_id: str, stream: object) -> None:
        talk = self._talks[conversation_id]
        talk.leave(stream)
        if not talk.is_watched:
            del self._talks[conversation_id]
        if not self._talks and self._following is not None:
            self._following.cancel()
            self._following = None
            self._ready.clear()

    def _another_talk(self, conversation_id: str) -> Talk:
        def read() -> Story | None:
            return tell_story(self._store(), conversation_id)

        return Talk(read, ready=self._ready, presence=self._presence, targets=self._targets, now_ms=self._now_ms)

    def _look_again(self, key: int) -> None:
        """Others watch this conversation than before."""
        for talk in self._talks.values():
            if talk.key == key:
                talk.look_again()

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
                talk.look_again()
            await asyncio.sleep(GATHER_SECONDS)

    @staticmethod
    async def _refresh(talks: Iterable[Talk]) -> None:
        await asyncio.gather(*(talk.refresh() for talk in [*talks]))


def routes(
    store: Callable[[], Store],
    *,
    secret: str,
    presence: Presence,
    targets: Targets,
    now_ms: Callable[[], int],
    allowed_origins: Collection[str] = (),
) -> list[BaseRoute]:
    """A conversation's stream, and where the same is asked for: `…?conversation=ID`. `store` says which database is shown now.

    Who watches is written into `presence`, which from here on tells these streams.
    """
    talks, gate = Talks(store, presence=presence, targets=targets, now_ms=now_ms), Gate(secret, now_ms)

    async def stream(websocket: WebSocket) -> None:
        conversation_id = websocket.query_params.get(PARAMETER, "")
        if not is_own_page(websocket.headers.get("origin"), websocket.headers.get("host", ""), allowed_origins):
            _log.warning("stream refused: page of another host")
            await websocket.close(CLOSE_REFUSED)
        elif not 0 < len(conversation_id) <= MAX_ID:
            await websocket.close(CLOSE_BAD_MESSAGE)
        else:
            await websocket.accept()
            async with talks.watch(conversation_id, websocket) as talk:
                await _serve(websocket, talk, gate)

    async def ask(request: Request) -> Response:
        grant, conversation_id = admit(gate, request), request.query_params.get(PARAMETER, "")
        if not isinstance(grant, Grant):
            return grant
        if not 0 < len(conversation_id) <= MAX_ID:
            return Response(status_code=400)
        talk = talks.ask(conversation_id, Person(grant.viewer, grant.name))
        await talk.begin()
        return news_of(talk, request, grant, now_ms=now_ms())

    return [WebSocketRoute(PATH, stream), Route(ASK_PATH, ask)]


async def _serve(websocket: WebSocket, talk: Talk, gate: Gate) -> None:
    """Tell one viewer, whom the floor's token admits, until one side has had enough."""

    def admitted(grant: Grant) -> None:
        talk.enter(websocket, Person(grant.viewer, grant.name))

    try:
        # A viewer asks of its floor only the board, when there is news, and how old it is; a talk has all three.
        await Viewer(websocket, talk, gate, on_grant=admitted).serve()
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
