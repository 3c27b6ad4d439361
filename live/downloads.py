"""Handing over a file that the export desk has made: in pieces, to whoever holds a fresh token for that very file."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from live.export_desk import ExportDesk, State
from live.tokens import TokenExpiredError, TokenRefusedError, issue_token, read_token

PATH = "/downloads/{part}/{key}"
# The address of a download is logged and stays in the browser's list: it is of no use to anybody soon.
LIFETIME_MS = 5 * 60 * 1000
MEDIA = {".csv": "text/csv; charset=utf-8", ".parquet": "application/vnd.apache.parquet", ".json": "application/json"}
SAFE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def address(secret: str, key: str, *, part: str, viewer: str, now_ms: int) -> str:
    """Where a file (`part` "file", or "manifest") can be fetched from for some minutes, relative to any page."""
    token = issue_token(secret, viewer=viewer, role="supervisor", scope=_scope(key), now_ms=now_ms, lifetime_ms=LIFETIME_MS)
    return f"downloads/{part}/{key}?token={token}"


def routes(desk: ExportDesk, *, secret: str, now_ms: Callable[[], int]) -> list[BaseRoute]:
    """The route of finished files."""

    async def download(request: Request) -> Response:
        key, part = request.path_params["key"], request.path_params["part"]
        try:
            read_token(secret, request.query_params.get("token", ""), scope=_scope(key), now_ms=now_ms())
        except TokenExpiredError:
            return PlainTextResponse("This link is too old. Take a fresh one from the page.", 410, SAFE)
        except TokenRefusedError:
            return PlainTextResponse("This link is not valid.", 403, SAFE)
        job = desk.find(key)
        if job is None or job.state is not State.DONE or part not in ("file", "manifest"):
            return PlainTextResponse("This file is kept no longer. Make it again.", 404, SAFE)
        path = job.path if part == "file" else job.manifest
        return FileResponse(path, filename=path.name, media_type=MEDIA.get(path.suffix), headers=SAFE)

    return [Route(PATH, download)]


def _scope(key: str) -> str:
    return f"export:{key}"
