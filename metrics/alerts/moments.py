"""Moments within a reason that is stored: kept as numbers, so that everybody reads them by a clock of their own."""

from __future__ import annotations

import re
from collections.abc import Callable

_MARK = re.compile(r"\{(\d{12,14})\}")


def mark(at_ms: int) -> str:
    """A moment as it stands in a stored reason."""
    return f"{{{at_ms}}}"


def read_moments(reason: str, say: Callable[[int], str]) -> str:
    """The reason with its moments said."""
    return _MARK.sub(lambda found: say(int(found[1])), reason)


def begun_ms(reason: str) -> int | None:
    """Since when that goes on which the reason is about; None where it is about no span of time."""
    found = _MARK.search(reason)
    return None if found is None else int(found[1])
