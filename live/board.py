"""What every viewer of the floor may be told: the rows as they are, and what changed since any moment a viewer remembers.

Nothing is queued per viewer. A viewer asks "what is new since n" when it is ready for more; one that was slow gets the sum of
what it missed, each row once. Answers are encoded once and shared by all who ask for the same. Belongs to the event loop.
"""

from __future__ import annotations

import secrets
from typing import Any

import orjson

from live.watch import Choices, Moved

# How many rows that went are remembered. Who missed more than that gets the whole floor again.
MAX_REMOVED = 20_000


class Board:
    """The floor at one number; each change raises the number by one."""

    def __init__(self) -> None:
        self.epoch = secrets.token_hex(8)  # numbers of another process mean nothing here
        self.number = 0  # 0: nothing has been read yet
        self.choices = Choices()
        self._rows: dict[str, tuple[int, bytes]] = {}  # in order of their last change
        self._removed: dict[str, int] = {}  # likewise
        self._complete_from = 0  # removals after this number are all remembered
        self._tiles = b"{}"
        self._tiles_number = 0
        self._parts: dict[str, tuple[int, bytes]] = {}
        self._answers: dict[int, bytes] = {}

    @property
    def num_rows(self) -> int:
        """How many conversations are open."""
        return len(self._rows)

    def apply(self, moved: Moved) -> None:
        """Take in what moved."""
        self.number += 1
        self._answers.clear()
        if moved.is_whole:
            for key in [key for key in self._rows if key not in moved.rows]:
                self._remove(key)
        for key in moved.removed:
            self._remove(key)
        for key, encoded in moved.rows.items():
            self._rows.pop(key, None)
            self._removed.pop(key, None)
            self._rows[key] = (self.number, encoded)
        if moved.tiles is not None:
            self._tiles, self._tiles_number = moved.tiles, self.number
        for name, encoded in moved.parts.items():
            self._parts[name] = (self.number, encoded)
        if moved.choices is not None:
            self.choices = moved.choices
        while len(self._removed) > MAX_REMOVED:
            oldest = next(iter(self._removed))
            self._complete_from = self._removed.pop(oldest)

    def queues(self) -> list[dict[str, Any]]:
        """How each queue stands that has open conversations (`live.figures.queue_figures`). May be asked from any thread."""
        parts = [encoded for name, (_, encoded) in list(self._parts.items()) if name.startswith("queue:")]
        return [figures for encoded in parts if (figures := orjson.loads(encoded))]

    def can_resume(self, epoch: str, number: int) -> bool:
        """Whether what changed since `number` of `epoch` is still known."""
        return epoch == self.epoch and self._complete_from <= number <= self.number

    def since(self, number: int | None) -> bytes:
        """What a viewer that stands at `number` has to be told; None: everything."""
        wanted = -1 if number is None or number < self._complete_from else number
        if wanted not in self._answers:
            self._answers[wanted] = self._encode(wanted)
        return self._answers[wanted]

    def _encode(self, number: int) -> bytes:
        rows = []
        for changed, encoded in reversed(self._rows.values()):
            if changed <= number:
                break
            rows.append(orjson.Fragment(encoded))
        removed = []
        if number >= 0:
            for key, went in reversed(self._removed.items()):
                if went <= number:
                    break
                removed.append(key)
        kind = "snapshot" if number < 0 else "delta"
        answer: dict[str, Any] = {"type": kind, "number": self.number, "rows": rows, "removed": removed}
        if self._tiles_number > number:
            answer["tiles"] = orjson.Fragment(self._tiles)
        parts = {name: orjson.Fragment(encoded) for name, (changed, encoded) in self._parts.items() if changed > number}
        if parts:
            answer["parts"] = parts
        return orjson.dumps(answer)

    def _remove(self, key: str) -> None:
        if self._rows.pop(key, None) is not None:
            self._removed.pop(key, None)
            self._removed[key] = self.number
