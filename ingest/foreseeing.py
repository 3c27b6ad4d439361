"""What a batch comes to: merged with what is known of its conversations, and derived. Within the transaction, or ahead of it.

Reading a long conversation and deriving it anew takes longer than others should wait. So it is done before the transaction, from
what is known then, and stands in it if nothing of that conversation has changed since, which the change feed says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.batches import Part
from ingest.merging import Root, merge_batch, written_rows
from ingest.preparing import Deriver
from store.changes import newest_change, roots_changed_since
from store.engine import Connection, Store
from store.records import Derived, Thread
from store.threads import ThreadId, find_threads
from store.writes import Row, activity_row, compress_raw


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that is to be written of one root that is touched."""

    key: int
    threads: Sequence[Thread]
    rows: Sequence[Row]  # of table `activity`
    raw: Mapping[int, bytes]  # by thread
    derived: Derived
    first_episode: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Seen:
    """A root as it was: the parts that were merged with it, with their counts, and what comes of it, if it is touched."""

    parts: Mapping[ThreadId, tuple[int, int]]
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What was made of a batch ahead of its transaction."""

    change: int  # the newest there was
    roots: Mapping[int, _Seen]

    def standing(
        self, connection: Connection, parts: Sequence[Part], threads: Mapping[ThreadId, Thread]
    ) -> tuple[list[Outcome], list[Part]]:
        """Of these parts, what comes of those whose roots are as they were seen; and the others."""
        touched = roots_changed_since(connection, self.change)
        members: dict[int, set[ThreadId]] = {}
        for thread_id, thread in threads.items():
            members.setdefault(thread.root_key, set()).add(thread_id)
        stands = {key for key, seen in self.roots.items() if key not in touched and members.get(key) == set(seen.parts)}
        rest: list[Part] = []
        for part in parts:
            key = threads[part.thread_id].root_key
            if key in stands:
                part.accepted, part.duplicates = self.roots[key].parts[part.thread_id]
            else:
                rest.append(part)
        return [outcome for key in stands if (outcome := self.roots[key].outcome) is not None], rest


def foresee(store: Store, batch: Sequence[Part], deriver: Deriver, *, now_ms: int) -> Foreseen:
    """Merge and derive what `batch` brings of known threads, each of which comes once in it and joins no other by that."""
    own: dict[ThreadId, Part] = {}
    for part in batch:
        own[part.thread_id] = part
    with store.read() as connection:
        change = newest_change(connection)
        threads = _known(connection, own, batch)
        parts = [own[thread_id] for thread_id in threads]
        merged = _merge(connection, parts, threads, deriver)
    counts = {part.thread_id: (part.accepted, part.duplicates) for part in parts}
    roots = {
        root.key: _Seen(
            {thread_id: counts[thread_id] for thread_id, thread in threads.items() if thread.root_key == root.key},
            _outcome(root, deriver, now_ms) if root.is_touched else None,
        )
        for root in merged
    }
    return Foreseen(change, roots)


def merge_parts(
    connection: Connection, parts: Sequence[Part], threads: Mapping[ThreadId, Thread], deriver: Deriver, *, now_ms: int
) -> list[Outcome]:
    """What comes of the roots that these parts touch; each part is told what of it is new."""
    own = {part.thread_id: threads[part.thread_id] for part in parts}
    return [_outcome(root, deriver, now_ms) for root in _merge(connection, parts, own, deriver) if root.is_touched]


def _known(connection: Connection, own: Mapping[ThreadId, Part], batch: Sequence[Part]) -> dict[ThreadId, Thread]:
    num_parts = {thread_id: 0 for thread_id in own}
    for part in batch:
        num_parts[part.thread_id] += 1
    found = find_threads(connection, own)
    for thread_id, thread in list(found.items()):
        merged = thread.marks.merge(own[thread_id].brought.marks)
        if num_parts[thread_id] > 1 or merged.work_items != thread.marks.work_items:
            del found[thread_id]
        thread.marks = merged
    return found


def _merge(connection: Connection, parts: Sequence[Part], own: Mapping[ThreadId, Thread], deriver: Deriver) -> list[Root]:
    merged = merge_batch(connection, own, [part.as_input() for part in parts], is_episodic=deriver.is_episodic)
    for part, (accepted, duplicates) in zip(parts, merged.counts, strict=True):
        part.accepted, part.duplicates = accepted, duplicates
    return merged.roots


def _outcome(root: Root, deriver: Deriver, now_ms: int) -> Outcome:
    derived = deriver.derive(list(root.activities.values()), root.threads, now_ms=now_ms, first_episode=root.first_episode)
    bodies: dict[int, list[bytes]] = {}
    for item in root.fresh:
        bodies.setdefault(item.thread_key, []).append(item.raw)
    return Outcome(
        root.key,
        root.threads,
        [activity_row(item) for item in written_rows(root)],
        {key: compress_raw(lines) for key, lines in bodies.items()},
        derived,
        root.first_episode,
        root.is_new,
    )
