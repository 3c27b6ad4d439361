"""Processes of the load, each asked by one line of JSON and answering with one: several do not share one interpreter's lock."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Self

from tests.benchmarks.server import ROOT, clean_environment

Answer = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class Child:
    """One such process, seen from outside."""

    def __init__(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=ROOT, env=clean_environment(), stdin=pipe, stdout=pipe, text=True)
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def tell(self, do: str, **details: Any) -> None:
        """Ask for something; the answer has to be fetched."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **details}) + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """Wait for the answer to the oldest question."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a process of the load has ended: {self._process.args}")
        answered: dict[str, Any] = json.loads(line)
        return answered

    def ask(self, do: str, **details: Any) -> dict[str, Any]:
        """Ask and wait."""
        self.tell(do, **details)
        return self.answer()


async def answer_for_ever(answer: Answer) -> None:
    """The other side: answer what comes in by standard input, one after the other, until it ends."""
    loop, questions = asyncio.get_running_loop(), asyncio.Queue[str | None]()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(questions.put_nowait, line)
        loop.call_soon_threadsafe(questions.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    while (line := await questions.get()) is not None:
        print(json.dumps(await answer(json.loads(line))), flush=True)
