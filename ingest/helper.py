"""A second process that prepares pages while this one writes.

It is forked, so it begins at once with all that was read and imported, and touches neither files nor the database: records go to
it, prepared records come back, by memory that both share. A line between the two says only where they lie, so neither waits for
the other to take it. When this process ends, however it ends, so does that one; when that one does, what it had is prepared here.
"""

from __future__ import annotations

import marshal
import mmap
import multiprocessing
import os
import pickle
import signal
import sys
import warnings
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

from ingest.events import Problem, RawRecord, ThreadInput
from ingest.preparing import Prepared
from store.drafts import Draft

# How many pages it may have at a time: one whose answer waits here, one to work on, and the next. So it has something to do,
# however long this process is at work on a page of its own.
PAGES = 3
# A page of files has some 4 MB. One that is larger, or becomes so, is prepared here: memory stays bounded.
SHARED_BYTES = 32 * 1024 * 1024
# It takes a tenth of a second for a page. One that says nothing for so long hangs.
PATIENCE_SECONDS = 120.0

# Records and the name of their source, if they have one; with drafts wherever they can be made, or without any.
Prepare = Callable[[Sequence[RawRecord], str, bool], Sequence[Prepared]]


class HelperGoneError(Exception):
    """It does not answer: what it was asked for has to be done here, and nothing more need be asked."""


class Helper:
    """The process, as this one sees it. Answers come in the order of the questions."""

    def __init__(self, prepare: Prepare) -> None:
        self._shared = [mmap.mmap(-1, SHARED_BYTES) for _ in range(PAGES)]
        self._free = list(range(PAGES))
        self._asked: deque[int] = deque()
        context = multiprocessing.get_context("fork")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(prepare, self._shared, theirs, self._line), daemon=True)
        with warnings.catch_warnings():  # libraries' threads, which later Pythons warn of, do nothing of ours
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process.start()
        theirs.close()

    @staticmethod
    def is_worthwhile() -> bool:
        """Whether this machine has a second processor, and can fork safely."""
        return (os.cpu_count() or 1) > 1 and sys.platform == "linux"

    @property
    def has_room(self) -> bool:
        """Whether it can take another page."""
        return bool(self._free)

    def takes(self, records: Sequence[RawRecord], *, source: str, drafts: bool) -> bool:
        """Ask it to prepare these; False where they are too large."""
        if not self.has_room or sum(len(record.body) for record in records) > SHARED_BYTES // 2:
            return False
        bodies = [(item.origin, item.body, item.received_ms, item.unreadable) for item in records]
        question = marshal.dumps((bodies, source, drafts))
        if len(question) > SHARED_BYTES:
            return False
        number = self._free[-1]
        self._shared[number][: len(question)] = question
        try:
            self._line.send((number, len(question)))
        except OSError:
            return False  # it has gone, as the next answer will say
        self._asked.append(self._free.pop())
        return True

    def has_answered(self) -> bool:
        """Whether the oldest answer is there, or never will be."""
        return self._line.poll(0)

    def answer(self) -> list[Prepared] | None:
        """The oldest answer, in time; None where it cannot do this one. Raises HelperGoneError."""
        try:
            if not self._line.poll(PATIENCE_SECONDS):
                raise HelperGoneError("it does not answer")
            number, length = self._line.recv()
        except (EOFError, OSError) as error:
            raise HelperGoneError("it has ended") from error
        self._asked.popleft()
        self._free.append(number)
        return _unpacked(marshal.loads(memoryview(self._shared[number])[:length])) if length >= 0 else None  # noqa: S302 - our own

    def close(self) -> None:
        """Let it end at once: it has nothing that is not here too."""
        self._line.close()
        self._process.kill()
        self._process.join()
        for shared in self._shared:
            shared.close()


def _serve(prepare: Prepare, shared: Sequence[mmap.mmap], line: Connection, ours: Connection) -> None:
    """Answer until the other end of the line is closed, as it is when the process that asks ends."""
    ours.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is told to both; the other one ends this one
    while True:
        try:
            number, length = line.recv()
            line.send((number, _answer(prepare, shared[number], length)))
        except (EOFError, OSError):
            return


def _answer(prepare: Prepare, memory: mmap.mmap, length: int) -> int:
    """Put the answer where the question was; its length, or −1 where it cannot be made, or is too long."""
    try:
        bodies, source, drafts = marshal.loads(memory[:length])  # noqa: S302 - of the process that this one was forked from
        answer = marshal.dumps(_packed(prepare([RawRecord(*fields) for fields in bodies], source, drafts)))
    except Exception:
        return -1  # whoever asked does it again, and meets the same fault where it can be told
    if len(answer) > len(memory):
        return -1
    memory[: len(answer)] = answer
    return len(answer)


def _packed(prepared: Sequence[Prepared]) -> list[Any]:
    """Plain values: of these nothing is made but copies."""
    return [
        (
            record.origin,
            record.source,
            [thread.packed() if isinstance(thread, Draft) else pickle.dumps(thread) for thread in record.threads],
            [(problem.reason, problem.body, problem.place) for problem in record.problems],
        )
        for record in prepared
    ]


def _unpacked(values: Sequence[Any]) -> list[Prepared]:
    return [
        Prepared(origin, source, [_thread(thread) for thread in threads], [Problem(*problem) for problem in problems])
        for origin, source, threads, problems in values
    ]


def _thread(value: Any) -> ThreadInput | Draft:
    if isinstance(value, tuple):
        return Draft.unpacked(value)
    thread: ThreadInput = pickle.loads(value)  # noqa: S301 - of the process that was forked from this one
    return thread
