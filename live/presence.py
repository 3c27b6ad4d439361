"""Who watches which conversation now. The open streams are the truth: nothing is stored, and what has no stream is gone.

One for a process. It belongs to the event loop; `counts` alone may be read from any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from live.viewers import Viewer

Key = int | None  # of a conversation; None while there is none


class Presence:
    """Streams by conversation. `changed` is told the key of each conversation that others watch than before."""

    def __init__(self, changed: Callable[[int], None] = lambda _key: None) -> None:
        self.counts: Mapping[int, int] = {}  # replaced as a whole, never changed
        self.changed = changed
        self._streams: dict[object, tuple[int, Viewer]] = {}

    def put(self, stream: object, key: Key, viewer: Viewer) -> None:
        """This stream shows the conversation `key` to `viewer`: from now on, instead of another one, or under another name."""
        before = self._streams.get(stream)
        if key is None or not viewer.name:
            self.drop(stream)
            return
        if before == (key, viewer):
            return
        self._streams.pop(stream, None)  # to the end: of several tabs, the name given last counts
        self._streams[stream] = (key, viewer)
        if before is not None and before[0] != key:
            self._tell(before[0])
        self._tell(key)

    def drop(self, stream: object) -> None:
        """This stream is no more."""
        before = self._streams.pop(stream, None)
        if before is not None:
            self._tell(before[0])

    def watchers(self, key: Key) -> tuple[Viewer, ...]:
        """Who watches, each once, by the name that their tabs were given last."""
        found: dict[str, Viewer] = {}
        for watched, viewer in self._streams.values():
            if watched == key:
                found[viewer.id] = viewer
        return tuple(found.values())

    def _tell(self, key: int) -> None:
        num_watching = len(self.watchers(key))
        others = {each: count for each, count in self.counts.items() if each != key}
        self.counts = others | {key: num_watching} if num_watching else others
        self.changed(key)
