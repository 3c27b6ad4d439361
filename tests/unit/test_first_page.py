"""The first document of a browser is told where its server is; every other answer passes as it is."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from live.first_page import FirstPage

DOCUMENT = "<!DOCTYPE html><html><head><title>x</title></head><body>é</body></html>"
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


async def document(_request: Any) -> Response:
    return HTMLResponse(DOCUMENT)


async def in_parts(_request: Any) -> Response:
    half = len(DOCUMENT) // 2
    return StreamingResponse(iter([DOCUMENT[:half], DOCUMENT[half:]]), media_type="text/html")


async def rows(_request: Any) -> Response:
    return JSONResponse({"head": "<head>"})


async def packed(_request: Any) -> Response:
    return Response(gzip.compress(b"<head>"), media_type="application/octet-stream")


ROUTES = [Route("/", document), Route("/parts", in_parts), Route("/rows", rows), Route("/packed", packed)]
APP = Starlette(routes=ROUTES, middleware=[Middleware(FirstPage), Middleware(GZipMiddleware, minimum_size=1)])


def get(path: str, headers: dict[str, str]) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="http://here") as client:
            return await client.get(path, headers=headers)

    return asyncio.run(ask())


@pytest.mark.parametrize("path", ["/", "/parts"])
def test_document_is_told_where_its_server_is_before_its_first_script(path: str) -> None:
    answer = get(path, BROWSER)

    before, told, after = answer.text.partition(
        '<script>window.__streamlit = { ...window.__streamlit, BACKEND_BASE_URL: new URL("./"'
    )
    assert (before, bool(told)) == ("<!DOCTYPE html><html><head>", True)
    assert after.endswith("<title>x</title></head><body>é</body></html>")
    assert int(answer.headers.get("content-length", len(answer.content))) == len(answer.content)


def test_other_answers_pass_as_they_are() -> None:
    assert get("/rows", BROWSER).json() == {"head": "<head>"}
    assert gzip.decompress(get("/packed", BROWSER).content) == b"<head>"


def test_who_asks_for_no_document_is_told_nothing() -> None:
    answer = get("/", {"Accept": "*/*"})

    assert answer.text == DOCUMENT
    assert answer.headers["content-encoding"] == "gzip"
