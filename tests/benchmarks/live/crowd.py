"""A crowd of viewers, spread over several processes."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.benchmarks.live.children import Child
from tests.benchmarks.live.sightings import Sightings

MODULE = "tests.benchmarks.live.crowd_process"
# Tabs that are opened at the same time, in all processes together: a person opens one, a floor not five hundred at once.
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Seen:
    """What a crowd has seen of some events."""

    sightings: Sightings
    num_frames: int
    faults: list[str]


class Crowd:
    """Open it, add viewers, have them watch, ask what they saw."""

    def __init__(self, host: str, *, processes: int) -> None:
        self._host = host
        self._num_processes = processes
        self._children: list[Child] = []
        self._stack = ExitStack()
        self.num_viewers = 0

    def __enter__(self) -> Self:
        self._children = [self._stack.enter_context(Child(MODULE, self._host)) for _ in range(self._num_processes)]
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def pids(self) -> list[int]:
        """Of its processes."""
        return [child.pid for child in self._children]

    def open(self, count: int, *, at_once: int = AT_ONCE) -> list[float]:
        """So many viewers more; how long each waited for the first paint, in seconds."""
        each = max(1, at_once // len(self._children))
        shares = self._shares(count)
        self.num_viewers += count
        for child, share in zip(self._children, shares, strict=True):
            child.tell("open", count=share, at_once=each)
        return [seconds for child in self._children for seconds in child.answer()["first_paints"]]

    def watch(self) -> None:
        """Count from now on."""
        self._ask("watch")

    def click(self, count: int, *, every_seconds: float) -> None:
        """So many of the viewers use the filter, each so often, until `rest`."""
        for child, share in zip(self._children, self._shares(count), strict=True):
            child.ask("click", count=share, every=every_seconds)

    def rest(self) -> list[float]:
        """No more clicking; the seconds each click took."""
        return [seconds for answer in self._ask("rest") for seconds in answer["clicks"]]

    def seen(self, events: Path) -> Seen:
        """What all viewers have seen of the events in that file."""
        found, frames, faults = Sightings(), 0, []
        for answer in self._ask("sightings", events=str(events)):
            delays = Counter({delay: count for delay, count in answer["delays"]})
            found.add(Sightings(delays, answer["each_viewers_p95"], answer["num_unseen"]))
            frames += answer["frames"]
            faults += answer["faults"]
        return Seen(found, frames, faults)

    def returned(self, *, since_ns: int, patience_seconds: float) -> list[dict[str, Any]]:
        """How each process's viewers came back after a break."""
        return self._ask("returned", since_ns=since_ns, patience=patience_seconds)

    def _ask(self, do: str, **details: Any) -> list[dict[str, Any]]:
        for child in self._children:
            child.tell(do, **details)
        return [child.answer() for child in self._children]

    def _shares(self, count: int) -> list[int]:
        each, more = divmod(count, len(self._children))
        return [each + (at < more) for at in range(len(self._children))]
