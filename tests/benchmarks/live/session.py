"""One Streamlit session over its own websocket, as a browser tab holds it: runs of the script, the floor's token, returning."""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

# Streamlit's client, version 1.67: after a break it waits, asks whether the server is there, waits longer and longer, connects.
FIRST_WAIT_SECONDS = 0.25
MOST_WAIT_SECONDS = 4.0
PROBES = ("/_stcore/health", "/_stcore/host-config")
RUN_SECONDS = 120.0


class ScriptFailedError(Exception):
    """The page drew an exception, or did not draw what was expected."""


@dataclass(slots=True)
class Page:
    """What the last run of the script has drawn, as far as a viewer needs it."""

    streams: dict[str, tuple[str, str]] = field(default_factory=dict)  # by component: path and token
    text_input: str = ""  # the id of the first text field: what a clicking viewer changes
    fragment: str = ""  # the fragment that asks to be run again by itself, and how often
    fragment_seconds: float = 0.0
    texts: list[str] = field(default_factory=list)


class Session:
    """One tab. Its websocket is read all the time; when it ends, `lost` is set, and `come_back` opens it anew."""

    def __init__(self, http: aiohttp.ClientSession, host: str) -> None:
        self.page = Page()
        self.lost = asyncio.Event()
        self._http = http
        self._host = host
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None
        self._finished: asyncio.Future[None] | None = None
        self._turn = asyncio.Lock()
        self._session_id = ""
        self._num_typed = 0

    async def connect(self) -> None:
        """Open the websocket, as the tab of the session that there was before if there was one."""
        named = [self._session_id] if self._session_id else []
        protocols = ("streamlit", "PLACEHOLDER_AUTH_TOKEN", *named)
        self._socket = await self._http.ws_connect(f"ws://{self._host}/_stcore/stream", protocols=protocols, max_msg_size=0)
        self.lost.clear()
        self._reading = asyncio.create_task(self._read(self._socket))

    async def come_back(self) -> None:
        """Connect again as Streamlit's client does: after a wait by chance, and once the server says that it is well."""
        attempt = 0
        while True:
            attempt += 1
            most = min(MOST_WAIT_SECONDS, 0.5 * 2 ** (attempt - 1))
            await asyncio.sleep(random.uniform(FIRST_WAIT_SECONDS if attempt == 1 else most / 2, most))
            try:
                for probe in PROBES:
                    async with self._http.get(f"http://{self._host}{probe}") as answer:
                        answer.raise_for_status()
                await self.connect()
            except (aiohttp.ClientError, OSError, TimeoutError):
                continue
            return

    async def run(self, *, types: bool = False, fragment: str = "") -> float:
        """Have the script run, with something typed into its text field if it `types`; seconds until it has finished."""
        async with self._turn:
            socket, self._finished = self._socket, asyncio.get_running_loop().create_future()
            if socket is None or self.lost.is_set():
                raise ConnectionError("the session has no websocket")
            began = time.perf_counter()
            await socket.send_bytes(self._request(types, fragment))
            async with asyncio.timeout(RUN_SECONDS):
                await self._finished
            return time.perf_counter() - began

    async def close(self) -> None:
        """Close the tab."""
        if self._reading is not None:
            self._reading.cancel()
        if self._socket is not None:
            await self._socket.close()

    def _request(self, types: bool, fragment: str) -> bytes:
        request = BackMsg()
        request.rerun_script.query_string = ""
        if fragment:
            request.rerun_script.fragment_id = fragment
            request.rerun_script.is_auto_rerun = True
        if types:
            self._num_typed += 1
            typed = WidgetState(id=self.page.text_input, string_value=f"Customer {self._num_typed % 7}")
            request.rerun_script.widget_states.widgets.append(typed)
        return request.SerializeToString()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        failure: Exception = ConnectionError("the websocket ended during a run")
        try:
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.BINARY:
                    break
                answer = ForwardMsg()
                answer.ParseFromString(message.data)
                self._take(answer)
        except (ScriptFailedError, aiohttp.ClientError, OSError) as error:
            failure = error
        self.lost.set()
        if self._finished is not None and not self._finished.done():
            self._finished.set_exception(failure)

    def _take(self, answer: Any) -> None:
        kind = answer.WhichOneof("type")
        if kind == "new_session":
            self._session_id = answer.new_session.initialize.session_id or self._session_id
            self.page.texts = []
        elif kind == "auto_rerun":
            self.page.fragment, self.page.fragment_seconds = answer.auto_rerun.fragment_id, answer.auto_rerun.interval
        elif kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
            self._take_element(answer.delta.new_element)
        elif kind == "script_finished" and self._finished is not None and not self._finished.done():
            self._finished.set_result(None)

    def _take_element(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise ScriptFailedError(f"the page failed: {element.exception.type}")
        if kind == "text_input":
            self.page.text_input = self.page.text_input or element.text_input.id
        elif kind == "text":
            self.page.texts.append(element.text.body)
        elif kind == "bidi_component":
            self._take_component(element.bidi_component)

    def _take_component(self, component: Any) -> None:
        """Some components follow a stream, which they are given with a token: the floor, and what stands on every page."""
        which = component.WhichOneof("data")
        data = component.mixed.json if which == "mixed" else component.json if which == "json" else ""
        given = json.loads(data) if data else None
        if isinstance(given, dict) and given.keys() >= {"stream", "token"}:
            self.page.streams[component.component_name] = given["stream"], given["token"]
