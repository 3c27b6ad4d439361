"""What is asked for in single requests: a board, where no stream can be opened, and the last lines of one conversation.

All are admitted by the floor's token, in the header `Authorization: Bearer …`, not in the address, which is logged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from live.floor import Floor
from live.stream import CLOSE_EXPIRED, Closing, Gate, Watched
from live.tokens import Grant
from metrics.story.lines import Line
from metrics.story.telling import tell_story
from store.engine import Store

FLOOR_PATH = "/live/ask"
LINES_PATH = "/live/lines"
NUM_LINES = 4
MAX_LINE = 600
MAX_ID = 1_000


def routes(floor: Floor, store: Callable[[], Store], *, secret: str, now_ms: Callable[[], int]) -> list[BaseRoute]:
    """`/live/ask?epoch=…&number=…` and `/live/lines?conversation=ID`. `store` says which database is shown now."""
    gate = Gate(secret, now_ms)

    async def lines(request: Request) -> Response:
        refused = admit(gate, request)
        if not isinstance(refused, Grant):
            return refused
        asked = request.query_params.get("conversation", "")
        if not 0 < len(asked) <= MAX_ID:
            return Response(status_code=400)
        found = await asyncio.to_thread(_last_lines, store(), asked)
        return Response(status_code=404) if found is None else _json({"lines": found})

    return [news_route(floor, path=FLOOR_PATH, secret=secret, now_ms=now_ms), Route(LINES_PATH, lines)]


def news_route(watched: Watched, *, path: str, secret: str, now_ms: Callable[[], int]) -> BaseRoute:
    """Where the same is asked for that a stream of this board would tell; the floor's token admits to it."""
    gate = Gate(secret, now_ms)

    async def ask(request: Request) -> Response:
        grant = admit(gate, request)
        return news_of(watched, request, grant, now_ms=now_ms()) if isinstance(grant, Grant) else grant

    return Route(path, ask)


def admit(gate: Gate, request: Request) -> Grant | Response:
    """Who asks, or the answer to somebody who may not."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        return gate.read(token if kind.lower() == "bearer" else "")
    except Closing as closing:
        return Response(status_code=401 if closing.code == CLOSE_EXPIRED else 403)


def news_of(watched: Watched, request: Request, grant: Grant, *, now_ms: int) -> Response:
    """What its stream would tell a browser that stands at `?epoch=…&number=…`, and the clock."""
    board = watched.board
    epoch, number = request.query_params.get("epoch", ""), request.query_params.get("number", "")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None
    if at is not None and not board.can_resume(epoch, at):
        at = None
    has_news = board.number > (at or 0)
    message = orjson.Fragment(board.since(at)) if has_news else None
    clock = {"now_ms": now_ms, "checked_ms": watched.checked_ms, "expires_in_ms": grant.expires_ms - now_ms}
    return _json({"epoch": board.epoch, "message": message, **clock})


def _last_lines(store: Store, conversation_id: str) -> Sequence[dict[str, Any]] | None:
    story = tell_story(store, conversation_id)
    if story is None:
        return None
    said = [line for line in story.lines if line.shape == "message" and line.text and not line.hidden and not line.deleted]
    return [_payload(line) for line in said[-NUM_LINES:]]


def _payload(line: Line) -> dict[str, Any]:
    text = line.text if len(line.text) <= MAX_LINE else line.text[: MAX_LINE - 1] + "…"
    return {"at_ms": line.at_ms, "role": line.role, "name": line.name, "text": text}


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), media_type="application/json", headers={"Cache-Control": "no-store"})
