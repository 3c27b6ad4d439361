"""The vocabulary between a source and the pipeline: raw records, and what a normaliser makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from store.records import Activity, Marks


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One thing as received: a file, a row, a posted body. `origin` says where from, for people; it is never part of identity.

    `received_ms` is when, where that may stand in for a time that is missing: it places activities and is no part of them.
    `unreadable` says why there is no body.
    """

    origin: str
    body: bytes
    received_ms: int | None = None
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A record, or a part of one, that could not be read. It is kept with its reason, and with its place in what it came in."""

    reason: str
    body: bytes
    place: str = ""

    def within(self, place: str) -> Problem:
        """The same, of a part of what stands at `place`."""
        return replace(self, place=f"{place}, {self.place}" if self.place else place)


@dataclass(slots=True)
class ThreadInput:
    """The activities of one external conversation id, in the order of the array they came in."""

    source: str
    external_id: str
    activities: list[Activity]
    marks: Marks


@dataclass(slots=True)
class Normalised:
    """What became of one raw record."""

    threads: list[ThreadInput] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """Raw records, and the cursor that follows them (None: there is nothing to remember)."""

    records: tuple[RawRecord, ...]
    cursor: str | None


class Source(Protocol):
    """Where records come from. `normalise` is pure: no clock, no network."""

    @property
    def name(self) -> str:
        """What the source is called in the store."""
        ...

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Pages after `cursor` (None: from the beginning)."""
        ...

    def normalise(self, record: RawRecord) -> Normalised:
        """What `record` says, in the field's own words; what cannot be read becomes a problem."""
        ...
