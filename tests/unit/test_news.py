"""News: who waits is told at once, and looks up by itself; telling many slows the floor down, not the server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from live import floor as floor_module
from live import news as news_module
from live import stream as stream_module
from live.board import Board
from live.floor import GATHER_SECONDS, MOST_GATHER_SECONDS, Floor
from live.news import News
from live.stream import CLOSE_SLOW, Closing, Gate, Viewer
from live.tokens import issue_token
from live.watch import Moved
from store.engine import Store

NOW = 1_800_000_000_000
CHANGE = Moved(rows={"1": b"{}"}, removed=(), tiles=None)


def change(board: Board, news: News) -> None:
    board.apply(CHANGE)
    news.ring()


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def within() -> None:
        async with asyncio.timeout(5):
            await work()

    asyncio.run(within())


def test_everybody_who_waits_is_told_of_one_change() -> None:
    async def work() -> None:
        board, news = Board(), News()
        waiting = [asyncio.create_task(news.wait(board, 0, 60)) for _ in range(100)]
        await asyncio.sleep(0)

        change(board, news)

        assert await asyncio.gather(*waiting) == [True] * 100

    run(work)


def test_who_is_behind_does_not_wait() -> None:
    async def work() -> None:
        board, news = Board(), News()
        change(board, news)

        assert await news.wait(board, 0, 60)

    run(work)


def test_without_news_the_waiting_ends_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news_module, "LOOK_UP_SECONDS", 0.01)

    async def work() -> None:
        board, news = Board(), News()
        began = time.monotonic()

        assert not await news.wait(board, 0, 0.05)
        assert time.monotonic() - began >= 0.05

    run(work)


def test_nobody_waiting_leaves_no_timer_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news_module, "LOOK_UP_SECONDS", 0.01)

    async def work() -> None:
        news = News()
        await news.wait(Board(), 0, 0.02)
        await asyncio.sleep(0.03)

        assert news._looking_up is None

    run(work)


def test_how_long_telling_everybody_took_is_known() -> None:
    async def work() -> None:
        board, news = Board(), News()

        async def viewer() -> None:
            await news.wait(board, 0, 60)
            time.sleep(0.01)  # as sending does, it keeps the loop

        waiting = [asyncio.create_task(viewer()) for _ in range(5)]
        await asyncio.sleep(0)
        change(board, news)
        await asyncio.gather(*waiting)
        await asyncio.sleep(0)

        assert 0.05 <= news.sweep_seconds < 1

    run(work)


@pytest.mark.parametrize(
    ("sweep", "pause"),
    [(0.0, GATHER_SECONDS), (0.01, GATHER_SECONDS), (0.1, 0.1 / floor_module.MOST_SHARE), (5.0, MOST_GATHER_SECONDS)],
)
def test_the_longer_telling_everybody_takes_the_less_often_it_is_done(store: Store, sweep: float, pause: float) -> None:
    floor = Floor(store, now_ms=lambda: NOW)

    floor._news.sweep_seconds = sweep

    assert floor._pause() == pytest.approx(pause)


class StuckSocket:
    """Says hello, and takes no more once the floor is sent."""

    def __init__(self, token: str) -> None:
        self._said = [f'{{"type": "hello", "token": "{token}"}}']
        self.num_sent = 0

    async def receive_text(self) -> str:
        if not self._said:
            await asyncio.Event().wait()
        return self._said.pop()

    async def send_text(self, _text: str) -> None:
        self.num_sent += 1
        if self.num_sent > 1:
            await asyncio.Event().wait()


def test_browser_that_takes_nothing_for_long_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "SEND_SECONDS", 0.05)
    token = issue_token("s", viewer="ann", role="supervisor", scope="floor", now_ms=NOW)

    async def work() -> None:
        board, news = Board(), News()
        board.apply(CHANGE)
        floor: Any = SimpleNamespace(
            board=board, checked_ms=NOW, wait_for_news=lambda number, seconds: news.wait(board, number, seconds)
        )
        socket: Any = StuckSocket(token)

        with pytest.raises(Closing) as closing:
            await Viewer(socket, floor, Gate("s", lambda: NOW)).serve()

        assert closing.value.code == CLOSE_SLOW

    run(work)
