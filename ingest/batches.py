"""What records brought, part by part, gathered into batches that are written at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from ingest.events import Problem, ThreadInput
from store.drafts import Draft
from store.threads import ThreadId

MOST_IN_A_BATCH = 1_500


@dataclass(slots=True)
class Counts:
    """What became of one raw record. `activities` are newly stored or changed; `duplicates` were known."""

    activities: int = 0
    duplicates: int = 0
    rejected: int = 0
    conversations: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, other: Counts) -> None:
        """Sum up; the problems themselves are not gathered."""
        self.activities += other.activities
        self.duplicates += other.duplicates
        self.rejected += other.rejected
        self.conversations += other.conversations


@dataclass(slots=True)
class Part:
    """What one record brought of one thread, and where it is counted."""

    brought: ThreadInput | Draft
    counts: Counts
    accepted: int = 0
    duplicates: int = 0

    @property
    def thread_id(self) -> ThreadId:
        """Which thread it is of."""
        return self.brought.source, self.brought.external_id

    @property
    def size(self) -> int:
        """How many activities it has."""
        return len(self.brought.activities)

    @property
    def newest_ms(self) -> int:
        """When the latest of its activities happened; 0 where there is none."""
        if isinstance(self.brought, Draft):
            return self.brought.newest_ms
        return max((item.at_ms for item in self.brought.activities), default=0)

    def count(self) -> None:
        """Tell its record what became of it."""
        self.counts.activities += self.accepted
        self.counts.duplicates += self.duplicates

    def as_input(self) -> ThreadInput:
        """Its activities, also where it is a draft."""
        if isinstance(self.brought, Draft):
            return ThreadInput(*self.thread_id, self.brought.read_again(), self.brought.marks)
        return self.brought


def gather_batches(parts: Iterable[Part], most: Callable[[], int]) -> Iterator[list[Part]]:
    """Parts in their order, gathered to the size that `most` says at the time; what is too long for any batch is cut."""
    batch: list[Part] = []
    size = 0
    for part in parts:
        for piece in _cut(part, MOST_IN_A_BATCH):
            if batch and size + piece.size > most():
                yield batch
                batch, size = [], 0
            batch.append(piece)
            size += piece.size
    if batch:
        yield batch


def _cut(part: Part, size: int) -> Iterator[Part]:
    whole = part.brought
    if part.size <= size:
        yield part
    elif isinstance(whole, Draft):
        yield from (Part(piece, part.counts) for piece in whole.pieces())
    else:
        for at in range(0, part.size, size):
            piece = ThreadInput(whole.source, whole.external_id, whole.activities[at : at + size], whole.marks)
            yield Part(piece, part.counts)
