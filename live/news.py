"""News of a board: those who wait for it are woken by a change, and look up now and then by themselves."""

from __future__ import annotations

import asyncio

from live.board import Board

# A viewer that waits looks up this often, for a beat that is due or a grant that has ended. One timer serves all of them: a timer
# for each viewer and message cost as much as encoding the message.
LOOK_UP_SECONDS = 1.0


class News:
    """Belongs to the event loop on which it is waited for."""

    def __init__(self) -> None:
        self.sweep_seconds = 0.0  # how long the last telling of everybody took; may be read from any thread
        self._event = asyncio.Event()
        self._looking_up: asyncio.TimerHandle | None = None

    def ring(self) -> None:
        """Wake everybody who waits."""
        loop = asyncio.get_running_loop()
        woken, self._event = self._event, asyncio.Event()
        woken.set()
        # Those just woken run before this does, and most of them have sent what they had to send then.
        loop.call_soon(self._swept, loop.time())

    async def wait(self, board: Board, number: int, timeout_seconds: float) -> bool:
        """Wait until `board` is past `number`; False when the time is up before that, or soon after."""
        if board.number > number:
            return True
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_seconds
        while True:
            if self._looking_up is None:
                self._looking_up = loop.call_later(LOOK_UP_SECONDS, self._look_up)
            await self._event.wait()
            if board.number > number:
                return True
            if loop.time() >= deadline:
                return False

    def _look_up(self) -> None:
        self._looking_up = None
        woken, self._event = self._event, asyncio.Event()
        woken.set()

    def _swept(self, began: float) -> None:
        self.sweep_seconds = asyncio.get_running_loop().time() - began
