"""What those are told who follow the floor inside the process, such as alerts: each reading of it, in the floor's thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple, Protocol

from store.engine import Store


class Seen(NamedTuple):
    """One reading of the floor. Everything in it is the floor's own: to be read during the call, not kept and not changed."""

    open_rows: Mapping[int, Mapping[str, Any]]  # facts of every open conversation, by conversation key
    touched_keys: Set[int]  # what this reading looked at anew; those that are not in `open_rows` have just left it
    tiles: Mapping[str, Any]  # the figures above the table
    sources: Sequence[Mapping[str, Any]]  # name, last_event_ms, is_simulated, late_ms, lost_ms
    now_ms: int


class Observer(Protocol):
    """Follows the floor. Both are called in the floor's thread; while they work, no viewer is told anything new."""

    def begins(self, store: Store) -> None:
        """This database is followed from now on. Said before its first reading, at the start and after each change of it."""
        ...

    def saw(
        self,
        open_rows: Mapping[int, Mapping[str, Any]],
        touched_keys: Set[int],
        tiles: Mapping[str, Any],
        sources: Sequence[Mapping[str, Any]],
        now_ms: int,
    ) -> None:
        """A reading: after changes, and at least once a second, as time passes. The first touches every open conversation."""
        ...
