"""Preparing: what can be done for records before anything is written, and without looking at the database."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ingest.batches import MOST_IN_A_BATCH
from ingest.events import Problem, RawRecord, Source, ThreadInput
from ingest.sources import detect
from store.drafts import Draft
from store.records import Activity, Derived, Thread
from store.threads import ThreadId


@dataclass(frozen=True, slots=True)
class Prepared:
    """One record, read: the threads it brings, as they came or drafted, and what of it cannot be read."""

    origin: str
    source: str
    threads: Sequence[ThreadInput | Draft]
    problems: list[Problem]


class Deriver(Protocol):
    """What makes facts of activities. The composition root hands it over; ingest knows no definitions."""

    def prepare(self, activities: Sequence[Activity]) -> None:
        """What can be done before the transaction."""
        ...

    def is_episodic(self, threads: Sequence[Thread]) -> bool:
        """Whether a long silence on these threads begins a new conversation, which older activities have no part in."""
        ...

    def derive(
        self, activities: Sequence[Activity], threads: Sequence[Thread], *, now_ms: int, first_episode: int = 1
    ) -> Derived:
        """The facts of one root, from all its activities; of an episodic one, from those of `first_episode` on."""
        ...


def normalise(records: Iterable[tuple[Source, RawRecord]]) -> list[Prepared]:
    """Records as their sources read them."""
    found = []
    for source, record in records:
        normalised = source.normalise(record)
        found.append(Prepared(record.origin, source.name, normalised.threads, normalised.problems))
    return found


def read(records: Iterable[RawRecord], *, source: str = "", kind: str = "") -> list[Prepared]:
    """Records in the format that each shows, or that is named."""
    return normalise((detect.read(record, source=source, kind=kind), record) for record in records)


def drafted(
    prepared: Iterable[Prepared], deriver: Deriver, *, now_ms: int, only: Container[ThreadId] | None = None
) -> list[Prepared]:
    """The same, with drafts in place of threads: of those in `only`, or of all."""
    return [
        replace(
            record,
            threads=[
                _drafted(thread, deriver, now_ms) if only is None or (thread.source, thread.external_id) in only else thread
                for thread in record.threads
            ],
        )
        for record in prepared
    ]


def prepare_anywhere(
    deriver: Deriver, now_ms: Callable[[], int], records: Iterable[RawRecord], source: str, drafts: bool
) -> list[Prepared]:
    """Records in the format that each shows, drafted or not, where there is no database to ask what is known."""
    found = read(records, source=source)
    return drafted(found, deriver, now_ms=now_ms()) if drafts else found


def _drafted(given: ThreadInput | Draft, deriver: Deriver, now_ms: int) -> ThreadInput | Draft:
    """What says one thing twice is left to be merged activity by activity."""
    if isinstance(given, Draft):
        return given
    activities = given.activities
    if not activities or len({item.identity for item in activities}) < len(activities):
        return given
    for position, item in enumerate(activities):
        item.position = position
    thread = Thread(0, 0, given.source, given.external_id, given.marks, len(activities))
    derived = deriver.derive(activities, [thread], now_ms=now_ms)
    return Draft.of(given.source, given.external_id, given.marks, activities, derived, at_once=MOST_IN_A_BATCH)
