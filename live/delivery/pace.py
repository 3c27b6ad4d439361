"""When an attempt that failed is made again, and when not any more."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

FIRST_SECONDS = 2.0
MOST_SECONDS = 600.0
MAX_ATTEMPTS = 10
# An alert that nobody could be told for an hour is no news any more.
MAX_AGE_MS = 60 * 60 * 1000


@dataclass(slots=True)
class Pace:
    """Ever longer waits, each somewhat by chance, so that what failed together does not come back together."""

    chance: random.Random = field(default_factory=random.Random)

    def next_try_ms(self, *, attempts: int, created_ms: int, now_ms: int, retry_after_seconds: float | None) -> int | None:
        """When to try again after so many attempts; None: not any more."""
        if attempts >= MAX_ATTEMPTS:
            return None
        own = min(MOST_SECONDS, FIRST_SECONDS * 2.0 ** (attempts - 1)) * self.chance.uniform(0.75, 1.25)
        at_ms = now_ms + round(1000 * max(own, retry_after_seconds or 0.0))
        return None if is_too_old(created_ms, at_ms) else at_ms


def is_too_old(created_ms: int, at_ms: int) -> bool:
    """Whether a message would be no news any more."""
    return at_ms - created_ms > MAX_AGE_MS
