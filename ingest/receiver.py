"""The push endpoint, `POST /ingest/activities`: bots report Bot Framework activities as they talk.

It checks who calls and what the request is, and answers when everything is on disk. Writing is the business of `accept`, which
the composition root hands in; docs/bots.md is the page for those who call.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ingest.errors import RecordError
from ingest.events import RawRecord, Source
from ingest.gather import NotWrittenError
from ingest.sources.bot_framework import NAME
from ingest.sources.push import ORIGIN, PushSource, activities_in, bodies, read_payload

log = logging.getLogger(__name__)

PATH = "/ingest/activities"
MOST_BYTES = 4 * 1024 * 1024
# The smallest activities that say anything have some 100 bytes; more than this in 4 MB is not a transcript.
MOST_ACTIVITIES = 50_000
# A caller who dribbles a body for longer holds a connection for nothing.
BODY_SECONDS = 60
RETRY_AFTER_SECONDS = 2
# Reading more than this takes longer than other callers, and the live floor, should wait for the loop: a thread does it.
MOST_BYTES_IN_THE_LOOP = 100_000

SOURCE_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
# Any of these says that somebody else's request is passed on, so the address we see is not the caller's.
PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")


class Counts(Protocol):
    """What became of one record's activities."""

    @property
    def activities(self) -> int: ...
    @property
    def duplicates(self) -> int: ...
    @property
    def rejected(self) -> int: ...


class Accept(Protocol):
    """Writes one record and returns when it is on disk. Raises NotWrittenError."""

    def __call__(self, item: tuple[Source, RawRecord], *, num_activities: int, num_bytes: int) -> Awaitable[Counts]: ...


class _Refused(Exception):
    """The request is answered with `status` and a sentence that says what to do."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def routes(accept: Accept, *, token: str | None, now: Callable[[], datetime]) -> list[Route]:
    """The routes of the push endpoint. Without a `token` only callers on this machine are served."""
    # An ASGI app instead of a function: it sees every method, and so words its own refusal of all but POST.
    return [Route(PATH, _Receiver(accept, token, now), name="ingest_activities")]


@dataclass(frozen=True, slots=True)
class _Receiver:
    accept: Accept
    token: str | None
    now: Callable[[], datetime]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = _answer(202, await self._take(request))
        except _Refused as refusal:
            log.info("push refused status=%d", refusal.status)
            response = _answer(refusal.status, {"error": refusal.message}, refusal.headers)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _take(self, request: Request) -> dict[str, int]:
        if request.method != "POST":
            raise _Refused(405, "post activities to this address", Allow="POST")
        _check_caller(request, self.token)
        source = request.query_params.get("source", NAME)
        if not SOURCE_NAME.fullmatch(source):
            raise _Refused(400, "source is a name of letters, digits, _ and -, at most 40 of them")
        _check_content(request)
        body = await _read_body(request)
        received_ms = _milliseconds(self.now())
        read = _bodies(body) if len(body) <= MOST_BYTES_IN_THE_LOOP else await asyncio.to_thread(_bodies, body)
        origin = f"{ORIGIN} {request.client.host if request.client else 'an unknown address'}"
        total = {"accepted": 0, "duplicates": 0, "rejected": 0}
        try:
            for part, num_activities in read:
                item = (PushSource(source), RawRecord(origin, part, received_ms))
                counts = await self.accept(item, num_activities=num_activities, num_bytes=len(part))
                total["accepted"] += counts.activities
                total["duplicates"] += counts.duplicates
                total["rejected"] += counts.rejected
        except NotWrittenError as error:
            raise _Refused(503, f"not all is taken: {error}; send it again", Retry_After=str(RETRY_AFTER_SECONDS)) from error
        return total


def _milliseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _bodies(body: bytes) -> list[tuple[bytes, int]]:
    try:
        payload = read_payload(body)
        if len(activities_in(payload)) > MOST_ACTIVITIES:
            raise _Refused(413, f"at most {MOST_ACTIVITIES} activities in one post; send them in parts")
        return bodies(payload)
    except RecordError as error:
        raise _Refused(400, f"the body is {error}") from error


def _answer(status: int, content: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(
        orjson.dumps(content),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **(headers or {})},
    )


def _check_caller(request: Request, token: str | None) -> None:
    if token is not None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        # Header text is latin-1 on the wire; comparing bytes in constant time tells nothing about how much was right.
        is_right = hmac.compare_digest(given.strip().encode("latin-1", "replace"), token.encode())
        if scheme.lower() != "bearer" or not is_right:
            message = "send the header Authorization: Bearer with the setting ingest_token"
            raise _Refused(401, message, WWW_Authenticate="Bearer")
    elif not _is_local(request):
        message = "without a token only callers on this machine may push; set ingest_token, or FLOORWALKER_INGEST_TOKEN"
        raise _Refused(403, message)


def _is_local(request: Request) -> bool:
    """Whether caller, connection and address are all this machine's own.

    The Host header is looked at too: a web page can have its own name resolve to 127.0.0.1, and its posts then come from here.
    """
    if request.client is None or any(name in request.headers for name in PROXY_HEADERS):
        return False
    host = request.headers.get("host", "").lower()
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return _is_loopback(request.client.host) and (name == "localhost" or _is_loopback(name))


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _check_content(request: Request) -> None:
    """Only JSON, which no form on a foreign web page can send."""
    media_type, *parameters = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    charset = next((part.partition("=")[2].strip('" ') for part in parameters if part.startswith("charset")), "utf-8")
    if media_type != "application/json" or charset not in ("utf-8", "utf8", "us-ascii"):
        raise _Refused(415, "send JSON in UTF-8 with the header Content-Type: application/json")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise _Refused(415, "send the body as it is, without a Content-Encoding")


async def _read_body(request: Request) -> bytes:
    # The connection stays open: closed while the caller still sends, it would take the answer with it.
    too_large = _Refused(413, f"a body has at most {MOST_BYTES} bytes; send the activities in parts")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MOST_BYTES:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise too_large
    except TimeoutError as error:
        raise _Refused(408, "the body did not arrive in time", Connection="close") from error
    return bytes(body)
