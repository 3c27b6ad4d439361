"""The document that a browser loads first is told where its server is.

Streamlit's looks for it at every level of its own address, so that each page but the first asked for two addresses that are not
there, twice a start, and the browser's console filled with them.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Where its scripts are, there is its server: they are named relative to the document, too.
_TOLD = b'<script>window.__streamlit = { ...window.__streamlit, BACKEND_BASE_URL: new URL("./", location.href).href }</script>'
_HEAD = b"<head>"


class FirstPage:
    """Middleware that adds this to documents, and leaves everything else as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            return await self._app(scope, receive, send)
        plain = [header for header in scope["headers"] if header[0] != b"accept-encoding"]  # it is a few kB
        return await self._app({**scope, "headers": plain}, receive, _Telling(send))


class _Telling:
    """Sends an answer on; that of a document when all of it is there, since its head names its length."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and Headers(raw=message["headers"]).get("content-type", "").startswith(
            "text/html"
        ):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        body = self._body.replace(_HEAD, _HEAD + _TOLD, 1)
        headers = MutableHeaders(raw=list(start["headers"]))
        if "content-length" in headers and self._body:  # an answer to HEAD has none
            headers["content-length"] = str(len(body))
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})
