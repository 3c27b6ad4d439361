"""Real servers of this machine that tests have alerts delivered to: one for webhooks, one for mail; and messages to send."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from live.delivery.message import Message

Answer = tuple[int, Mapping[str, str]]


def a_message(**fields: Any) -> Message:
    """A message about a conversation, at noon."""
    made: dict[str, Any] = {
        "key": "0123456789abcdef",
        "event": "fired",
        "rule": "Waiting too long",
        "subject": "Ann",
        "severity": "warning",
        "state": "critical",
        "band": "critical",
        "reason": "waits 5 min for an agent, target 1 min",
        "since_ms": 1_772_452_800_000,
        "at_ms": 1_772_453_100_000,
        "conversation": "web-bot:c 1",
        "public_url": "https://floor.example.com",
    }
    return Message(**(made | fields))


@dataclass(slots=True)
class Received:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class HttpReceiver:
    """Takes requests and answers with what it is told to: 200, until `answers` says otherwise."""

    port: int = 0
    requests: list[Received] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)
    before_answer: Callable[[], object] = lambda: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def wait_for(self, count: int, *, seconds: float = 10) -> list[Received]:
        """The requests so far, once there are so many."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.requests) >= count, seconds), f"{len(self.requests)} of {count} came"
            return list(self.requests)


@contextmanager
def http_receiver(*, tls: ssl.SSLContext | None = None, at: tuple[str, int] = ("127.0.0.1", 0)) -> Iterator[HttpReceiver]:
    """A running receiver."""
    receiver = HttpReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with receiver.came:
                receiver.requests.append(Received(self.path, dict(self.headers.items()), body))
                status, headers = receiver.answers.pop(0) if receiver.answers else (200, {})
                receiver.came.notify_all()
            receiver.before_answer()
            try:
                self.send_response(status)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
            except OSError:
                return  # whoever asked has gone

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name the library calls it by
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a caller who did not like the certificate

    server = Server(at, Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    with _serving(server):
        yield receiver


@dataclass(slots=True)
class MailServer:
    """Takes mail; `refuse` maps a command such as "DATA" to the line it is answered with."""

    port: int = 0
    mails: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    hang_up_after_data: bool = False


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A running mail server, as much of one as a client needs."""
    mails = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                command = line.split()[0].upper()
                if command in mails.refuse:
                    self.say(mails.refuse[command])
                elif command == "DATA":
                    self.say("354 go on")
                    mails.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                    if mails.hang_up_after_data:
                        return
                    self.say("250 taken")
                else:
                    self.say("221 bye" if command == "QUIT" else "250 ok")

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    mails.port = server.server_address[1]
    with _serving(server):
        yield mails


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
