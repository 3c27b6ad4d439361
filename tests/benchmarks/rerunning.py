"""Rerunning: what one run of the Live page's script costs the server, asked for over Streamlit's own websocket protocol."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from tests.benchmarks.figures import Figure, Sheet, at_most, format_number, quantile
from tests.benchmarks.open_floor import OPEN_CONVERSATIONS, fill
from tests.benchmarks.server import FloorServer

RERUNS = 100
WARM_UP = 10
SESSIONS = 20
MOST_MEDIAN = 25.0
ANSWER_SECONDS = 30
PAUSE_SECONDS = 0.02  # nobody clicks back to back; what the server does after a run is not the next one's


class Session:
    """One session of the page, as a browser tab has it."""

    def __init__(self, server: FloorServer) -> None:
        self._url = f"ws://localhost:{server.port}/_stcore/stream"
        self._socket: ClientConnection | None = None

    def __enter__(self) -> Session:
        self._socket = connect(self._url, subprotocols=["streamlit"], max_size=None, proxy=None)  # type: ignore[list-item]
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.close()

    def run(self) -> float:
        """Have the script run; milliseconds until it has finished. Raises where it did not, or did not draw the floor."""
        request = BackMsg()
        request.rerun_script.query_string = ""
        message = request.SerializeToString()
        socket = self._socket
        if socket is None:
            raise RuntimeError("the session is not open")
        drawn = []
        began = time.perf_counter()
        socket.send(message)
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(socket.recv(ANSWER_SECONDS))  # type: ignore[arg-type]
            kind = answer.WhichOneof("type")
            if kind == "script_finished":
                took = 1000 * (time.perf_counter() - began)
                break
            if kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                drawn.append(answer.delta.new_element.WhichOneof("type"))
        if answer.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY or "exception" in drawn:
            raise RuntimeError(f"the page failed, it drew {drawn}")
        if "bidi_component" not in drawn:
            raise RuntimeError(f"the page is not the live floor, it drew {drawn}")
        return took


def measure(port: int) -> Sheet:
    """One warm session rerun over and over; new sessions one after the other."""
    with tempfile.TemporaryDirectory(prefix="floorwalker-bench-") as name, FloorServer(Path(name), port=port) as server:
        fill(server)
        with Session(server) as session:
            for _ in range(WARM_UP):
                session.run()
            reruns = []
            for _ in range(RERUNS):
                reruns.append(session.run())
                time.sleep(PAUSE_SECONDS)
        first = [_first_paint(server) for _ in range(SESSIONS)]
    return sheet(reruns, first)


def _first_paint(server: FloorServer) -> float:
    began = time.perf_counter()
    with Session(server) as session:
        session.run()
        return 1000 * (time.perf_counter() - began)


def sheet(reruns: list[float], first: list[float]) -> Sheet:
    """What the runs came to."""
    rows = [
        (
            name,
            *(format_number(value) for value in (statistics.median(values), quantile(values, 0.95), max(values))),
            str(len(values)),
        )
        for name, values in (("rerun, warm session", reruns), ("first run of a new session", first))
    ]
    figures = [
        Figure("rerun of the Live page, median", statistics.median(reruns), "ms", at_most(MOST_MEDIAN)),
        Figure("rerun of the Live page, 95 % within", quantile(reruns, 0.95), "ms"),
        Figure("first paint of a new session, median", statistics.median(first), "ms"),
    ]
    notes = [f"{OPEN_CONVERSATIONS} open conversations; from the request to script_finished, over the page's websocket"]
    return Sheet("Rerun of the Live page", figures, ("Milliseconds", "Median", "95 %", "Worst", "Runs"), rows, notes)
