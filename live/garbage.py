"""When Python looks for garbage in a server: little and often, never at all that hundreds of sessions hold.

A collection stops everything. Python's own would look at every object of every session each few seconds: with 500 viewers that
takes 0.2 s and more, in which no stream is told anything.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

# Young objects are looked at when there are so many more, those that outlived it every tenth time; the old ones only here.
THRESHOLDS = (5_000, 10, 1_000_000)
# What has grown old since the last time is looked at after so many looks at the middle-aged, and then left in peace.
ENOUGH = 4
# What was left in peace may have become garbage since: a closed session's. This often all of it is looked at.
THOROUGH_SECONDS = 600.0


class Garbage:
    """Keeps Python's collector of this process. `tidy` is called every few seconds, by one thread."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._thorough_at = now()

    def begin(self) -> None:
        """Everything is imported: none of that is ever garbage."""
        gc.set_threshold(*THRESHOLDS)
        self._look(at_everything=False)
        self._thorough_at = self._now()

    def tidy(self) -> None:
        """Look at what has grown old, if there is enough of it; now and then at everything."""
        if self._now() - self._thorough_at >= THOROUGH_SECONDS:
            self._look(at_everything=True)
            self._thorough_at = self._now()
        elif gc.get_count()[2] >= ENOUGH:
            self._look(at_everything=False)

    @staticmethod
    def _look(*, at_everything: bool) -> None:
        if at_everything:
            gc.unfreeze()
        gc.collect()
        gc.freeze()
