"""What differs between two ways of knowing one thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isclose
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is stored or reported as one thing and counted as another."""

    where: str
    what: str
    found: Any
    recounted: Any


def compare(where: str, found: Mapping[str, Any], recounted: Mapping[str, Any]) -> Iterator[Difference]:
    """Differences between two trees of figures; numbers with a fraction may differ in their last bits."""
    for key in sorted(found.keys() | recounted.keys()):
        one, two = found.get(key), recounted.get(key)
        if isinstance(one, Mapping) and isinstance(two, Mapping):
            yield from compare(f"{where}: {key}", one, two)
        elif one != two and not _nearly(one, two):
            yield Difference(where, key, one, two)


def _nearly(one: Any, two: Any) -> bool:
    # Where a share is 0 or 1 one end of its interval is so too, but for the last bits of the recount.
    return isinstance(one, float) and isinstance(two, float) and isclose(one, two, rel_tol=1e-9, abs_tol=1e-9)
