"""How the floor stands now, kept as rows come and go: a change costs what it changes, however many conversations are open."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from live.rows import since_ms
from metrics.need import Targets
from metrics.places import queue_of
from store.records import State


class Counted(NamedTuple):
    """What one open conversation has added, so that it can be taken away again."""

    queue: str
    state: str
    sentiment_micro: int | None
    is_low: bool
    since_ms: int | None  # of a customer who waits


@dataclass(slots=True)
class Sums:
    """Open conversations of one queue, or of the floor."""

    states: Counter[str] = field(default_factory=Counter)
    sentiment_micro: int = 0
    num_scored: int = 0
    num_low: int = 0
    waits: list[int] = field(default_factory=list)  # since when each waits, longest first

    @property
    def num_open(self) -> int:
        return self.states.total()

    @property
    def mean_micro(self) -> int | None:
        """The mean live sentiment; None where none is scored."""
        return round(self.sentiment_micro / self.num_scored) if self.num_scored else None

    def num_waiting_since(self, moment_ms: float) -> int:
        """How many have waited since then or longer."""
        return bisect_right(self.waits, moment_ms)

    def move(self, item: Counted, step: int) -> None:
        """Add one conversation (1), or take it away (−1)."""
        self.states[item.state] += step
        self.num_low += step * item.is_low
        if item.sentiment_micro is not None:
            self.sentiment_micro += step * item.sentiment_micro
            self.num_scored += step
        if item.since_ms is not None and step > 0:
            insort(self.waits, item.since_ms)
        elif item.since_ms is not None:
            del self.waits[bisect_left(self.waits, item.since_ms)]


class Tally:
    """The open conversations in sums: of the floor, and of each queue that has any."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._items: dict[int, Counted] = {}
        self.floor = Sums()
        self.queues: dict[str, Sums] = {}

    def put(self, key: int, row: Mapping[str, Any]) -> None:
        """Count a conversation as it is now."""
        self.drop(key)
        queue, micro = queue_of(row), row["sentiment_micro"]
        item = Counted(
            queue=queue,
            state=str(row["state"]),
            sentiment_micro=micro,
            is_low=micro is not None and self._targets.is_low(queue, micro),
            since_ms=since_ms(row) if row["state"] == State.WAITING else None,
        )
        self._items[key] = item
        self.floor.move(item, 1)
        self.queues.setdefault(queue, Sums()).move(item, 1)

    def drop(self, key: int) -> None:
        """Count a conversation no more."""
        item = self._items.pop(key, None)
        if item is None:
            return
        self.floor.move(item, -1)
        self.queues[item.queue].move(item, -1)
        if self.queues[item.queue].num_open == 0:
            del self.queues[item.queue]


class Names:
    """The names among the open conversations, each with how many have it."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._of: dict[int, str] = {}

    def put(self, key: int, name: str) -> bool:
        """Take the name of a conversation; whether that changes which names there are."""
        if self._of.get(key, "") == name:
            return False
        gone = self.drop(key)
        if not name:
            return gone
        self._of[key] = name
        self._counts[name] += 1
        return self._counts[name] == 1 or gone

    def drop(self, key: int) -> bool:
        """Forget a conversation; whether that changes which names there are."""
        name = self._of.pop(key, "")
        if not name:
            return False
        self._counts[name] -= 1
        if self._counts[name] > 0:
            return False
        del self._counts[name]
        return True

    def sorted(self) -> tuple[str, ...]:
        return tuple(sorted(self._counts))


class Soonest:
    """The least of many moments, one per key. Asking again costs nothing until the one that was least moves or goes."""

    def __init__(self) -> None:
        self._moments: dict[int, int] = {}
        self._least: int | None = None
        self._least_key: int | None = None

    def put(self, key: int, moment_ms: int) -> None:
        self._moments[key] = moment_ms
        if key == self._least_key:
            self._least_key = None
        elif self._least_key is not None and self._least is not None and moment_ms < self._least:
            self._least, self._least_key = moment_ms, key

    def drop(self, key: int) -> None:
        self._moments.pop(key, None)
        if key == self._least_key:
            self._least_key = None

    def least(self) -> int | None:
        """The least moment; None where there is none."""
        if self._least_key is None and self._moments:
            self._least_key = min(self._moments, key=self._moments.__getitem__)
            self._least = self._moments[self._least_key]
        return self._least if self._moments else None
