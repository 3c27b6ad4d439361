"""Who may have a page drawn for the first time now: a few at a time. After a restart every open tab comes at once."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Event, Lock

import streamlit as st

# Python runs one script at a time, so more than a few gain nothing: they only keep the streams and those who click waiting.
AT_ONCE = 3
# A page that asks history for long does not hold up the others for longer than this.
MOST_SECONDS = 1.0


class Turns:
    """Lets in as many at once as it is told, in the order they came. One who takes long is no longer counted."""

    def __init__(self, *, at_once: int, most_seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._at_once = at_once
        self._most_seconds = most_seconds
        self._now = now
        self._lock = Lock()
        self._waiting: deque[Event] = deque()
        self._inside: dict[Event, float] = {}  # since when

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for it, in the thread of whoever asks."""
        mine = Event()
        with self._lock:
            self._waiting.append(mine)
        while (patience := self._enter(mine)) is not None:
            mine.wait(patience)
        try:
            yield
        finally:
            with self._lock:
                self._inside.pop(mine, None)
                self._wake_first()

    def _enter(self, mine: Event) -> float | None:
        """Go in if it is time to; else how long to wait before asking again: who is not the first to wait is woken."""
        with self._lock:
            mine.clear()
            if self._waiting[0] is not mine:
                return 3600.0
            now = self._now()
            self._inside = {event: since for event, since in self._inside.items() if now - since < self._most_seconds}
            if len(self._inside) >= self._at_once:
                return min(self._inside.values()) + self._most_seconds - now
            self._waiting.popleft()
            self._inside[mine] = now
            self._wake_first()
            return None

    def _wake_first(self) -> None:
        if self._waiting:
            self._waiting[0].set()


_turns = Turns(at_once=AT_ONCE, most_seconds=MOST_SECONDS)


def newcomers_turn() -> AbstractContextManager[None]:
    """The turn of a session whose first run this is. Who is here already, and clicks, does not wait."""
    if "is_here" in st.session_state:
        return nullcontext()
    st.session_state["is_here"] = True
    return _turns.turn()
