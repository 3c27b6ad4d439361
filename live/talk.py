"""One watched conversation: its board, whose rows are the lines of the transcript and whose tiles are the head."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import orjson

from live.board import Board
from live.news import News
from live.presence import Presence
from live.rows import needs_payload
from live.viewers import Viewer, badge_of
from live.watch import Moved
from metrics.need import Targets
from metrics.story.telling import Story


class Talk:
    """Kept up to date as long as somebody watches it. Belongs to the event loop."""

    def __init__(
        self,
        read: Callable[[], Story | None],
        *,
        ready: asyncio.Event,
        presence: Presence,
        targets: Targets,
        now_ms: Callable[[], int],
    ) -> None:
        self.board = Board()
        self.checked_ms = 0  # when it was last known to be as shown
        self.key: int | None = None  # of the conversation it was read from; None: there is none
        self._read = read
        self._ready = ready
        self._presence = presence
        self._targets = targets
        self._now_ms = now_ms
        self._story: Story | None = None
        self._shown: dict[str, bytes] = {}
        self._head = b""
        self._streams: dict[object, Viewer | None] = {}  # None: has not said yet who it is
        self._reading = asyncio.Lock()
        self._news = News()

    @property
    def is_watched(self) -> bool:
        """Whether any stream shows it."""
        return bool(self._streams)

    def enter(self, stream: object, viewer: Viewer | None = None) -> None:
        """A stream shows it from now on; and again with its viewer, once it is known who that is."""
        self._streams[stream] = viewer
        if viewer is not None:
            self._presence.put(stream, self.key, viewer)

    def leave(self, stream: object) -> None:
        """A stream has ended."""
        self._streams.pop(stream, None)
        self._presence.drop(stream)

    async def wait_for_news(self, number: int, timeout_seconds: float) -> bool:
        """Wait until the board is past `number`; False when the time is up before that. The first who waits has it read."""
        await self.begin()
        return await self._news.wait(self.board, number, timeout_seconds)

    async def begin(self) -> None:
        """Have it read, where nobody has yet."""
        if self.board.number == 0:
            await self._ready.wait()  # changes are followed from here on: none falls between reading and following
            await self.refresh(only_first=True)

    async def refresh(self, *, only_first: bool = False) -> None:
        """Read it anew and tell what is different."""
        async with self._reading:
            if only_first and self.board.number > 0:
                return
            self._story = await asyncio.to_thread(self._read)
            self._stand_under(None if self._story is None else self._story.key)
            lines = {} if self._story is None else {line.key: orjson.dumps(line) for line in self._story.lines}
            rows = {key: line for key, line in lines.items() if self._shown.get(key) != line}
            removed = tuple(key for key in self._shown if key not in lines)
            self._shown = lines
            self._tell(Moved(rows, removed, self._changed_head()))

    def look_again(self) -> None:
        """Time has passed, or others watch: tell what that changes in the head."""
        if self.board.number > 0:
            self._tell(Moved({}, (), self._changed_head()))

    def _stand_under(self, key: int | None) -> None:
        """The key may have become another one: conversations are joined, and split anew."""
        if key == self.key:
            return
        self.key = key
        for stream, viewer in self._streams.items():
            if viewer is not None:
                self._presence.put(stream, key, viewer)

    def _tell(self, moved: Moved) -> None:
        if moved:
            self.board.apply(moved)
            self._news.ring()

    def _changed_head(self) -> bytes | None:
        head = orjson.dumps(None if self._story is None else self._facts(self._story))
        if head == self._head:
            return None
        self._head = head
        return head

    def _facts(self, story: Story) -> dict[str, Any]:
        """The head, with what only the present says of it: need, who is on it, who watches."""
        return {
            **asdict(story.head),
            **needs_payload(story.row, now_ms=self._now_ms(), targets=self._targets),
            "holders": [
                {"badge": badge_of(holder.viewer_id), "name": holder.name, "since_ms": holder.since_ms}
                for holder in story.holders
            ],
            "watching": [{"badge": viewer.badge, "name": viewer.name} for viewer in self._presence.watchers(self.key)],
        }
