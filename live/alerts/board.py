"""What every open page is told of alerts: those that stand, and those that ended within the last minutes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from live.board import Board
from live.watch import Moved

PATH = "/live/alerts"
ASK_PATH = "/live/alerts/ask"
# An alert that ended stays to be seen for so long.
ENDED_MS = 10 * 60_000
_COPIED = (
    "alert_id", "rule_id", "kind", "severity", "link", "queue", "state", "band", "worst", "since_ms", "fired_ms", "changed_ms",
    "told_ms", "reason", "ending", "acknowledged_by", "acknowledged_ms", "resolved_by", "resolved_ms", "is_simulated",
)  # fmt: skip


class AlertBoard:
    """The alerts as viewers have been told of them. Published from the engine's thread, watched on the event loop."""

    def __init__(self) -> None:
        self.board = Board()
        self.checked_ms = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()
        self._shown: dict[str, bytes] = {}  # belongs to the engine's thread, as does what follows
        self._states: dict[str, str] = {}  # "" once it has ended
        self._figures = b""

    def open(self) -> None:
        """Viewers wait on the running event loop."""
        self._loop = asyncio.get_running_loop()

    async def wait_for_news(self, number: int, timeout_seconds: float) -> bool:
        """Wait until the board is past `number`; False when the time is up before that."""
        if self.board.number > number:
            return True
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        return True

    def show(self, rows: Sequence[Mapping[str, Any]], *, now_ms: int) -> None:
        """These alerts are all there is to be seen now. Tells viewers what of it is new to them."""
        gone = self._shown.keys() - {str(row["alert_id"]) for row in rows}
        self._apply(rows, gone, now_ms)

    def change(self, rows: Sequence[Mapping[str, Any]], *, now_ms: int) -> None:
        """These alerts have changed, the others have not."""
        self._apply(rows, (), now_ms)

    def _apply(self, rows: Sequence[Mapping[str, Any]], gone: Iterable[str], now_ms: int) -> None:
        changed, removed = {}, [*gone]
        for row in rows:
            key, encoded = str(row["alert_id"]), orjson.dumps(row_payload(row))
            if row["resolved_ms"] is not None and row["resolved_ms"] <= now_ms - ENDED_MS:
                removed += [key] if key in self._shown else []
            elif self._shown.get(key) != encoded:
                self._shown[key] = changed[key] = encoded
                self._states[key] = "" if row["resolved_ms"] is not None else row["state"]
        for key in removed:
            self._shown.pop(key, None)
            self._states.pop(key, None)
        figures = orjson.dumps(figures_of(self._states.values()))
        tiles = None if figures == self._figures else figures
        self._figures = figures
        self._tell(Moved(changed, tuple(removed), tiles), now_ms)

    def _tell(self, moved: Moved, now_ms: int) -> None:
        if self._loop is None or self._loop.is_closed():
            self._publish(moved, now_ms)
        else:
            self._loop.call_soon_threadsafe(self._publish, moved, now_ms)

    def _publish(self, moved: Moved, now_ms: int) -> None:
        self.checked_ms = now_ms
        if moved:
            self.board.apply(moved)
            news, self._news = self._news, asyncio.Event()
            news.set()


def row_payload(row: Mapping[str, Any]) -> dict[str, Any]:
    """An alert as a browser is told of it: plain JSON, text only as text."""
    return {
        "key": str(row["alert_id"]),
        "rule": row["rule_name"],
        "subject": row["subject_text"],
        **{name: row[name] for name in _COPIED},
    }


def figures_of(states: Iterable[str]) -> dict[str, int]:
    """How many alerts stand, and how; "" is the state of those that have ended."""
    counts = Counter(state for state in states if state)
    return {
        "open": counts.total(),
        **{state: counts[state] for state in ("critical", "at_risk", "acknowledged", "no_data")},
        "unseen": counts.total() - counts["acknowledged"],
    }
