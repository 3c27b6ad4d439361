"""Writing one batch, within its transaction: drafts of new threads as they are, everything else merged with what is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ingest.batches import Part
from ingest.merging import Root, merge_batch, written_rows
from ingest.preparing import Deriver
from store.drafts import Draft, save_drafts
from store.engine import Connection
from store.records import Marks, Thread
from store.threads import ThreadId, claim_threads, save_threads
from store.writes import DerivedRows, SourceCount, count_source, save_activities, save_derived, save_raw

Threads = dict[ThreadId, Thread]


def write_batch(connection: Connection, batch: Sequence[Part], deriver: Deriver, *, now_ms: int, is_simulated: bool) -> None:
    """Write what the batch brings, and what is derived of it."""
    threads = _claim(connection, batch, now_ms)
    drafts, others = _parted(batch, threads)
    derived = DerivedRows()
    roots = _merge(connection, others, threads, deriver) if others else []
    for root in roots:
        derived.add(deriver.derive(list(root.activities.values()), root.threads, now_ms=now_ms, first_episode=root.first_episode))
    _save_roots(connection, roots)
    save_drafts(connection, [(threads[draft.source, draft.external_id].key, draft) for draft in drafts], derived)
    count_source(connection, _source_counts(batch, is_simulated), now_ms=now_ms)
    if derived.conversations:
        known = {root.key: root.first_episode for root in roots if not root.is_new}
        save_derived(connection, derived, now_ms=now_ms, instead_of=known)


def _claim(connection: Connection, batch: Sequence[Part], now_ms: int) -> Threads:
    marks: dict[ThreadId, Marks] = {}
    for part in batch:
        told = part.brought.marks
        marks[part.thread_id] = marks[part.thread_id].merge(told) if part.thread_id in marks else told
    sizes = {part.thread_id: part.size for part in batch if isinstance(part.brought, Draft)}
    return claim_threads(connection, marks, now_ms=now_ms, sizes=sizes)


def _parted(batch: Sequence[Part], threads: Threads) -> tuple[list[Draft], list[Part]]:
    """The drafts that can be written as they are: of threads that are new, are no part of another conversation, and come once."""
    drafts: list[Draft] = []
    others: list[Part] = []
    parts = Counter(part.thread_id for part in batch)
    members = Counter(thread.root_key for thread in threads.values())
    for part in batch:
        thread = threads[part.thread_id]
        is_alone = thread.root_key == thread.key and members[thread.key] == 1 and parts[part.thread_id] == 1
        if isinstance(part.brought, Draft) and thread.next_position == 0 and is_alone:
            drafts.append(part.brought)
            part.accepted = part.size
        else:
            others.append(part)
    return drafts, others


def _merge(connection: Connection, parts: Sequence[Part], threads: Threads, deriver: Deriver) -> list[Root]:
    """The roots that these parts touch."""
    own = {part.thread_id: threads[part.thread_id] for part in parts}
    merged = merge_batch(connection, own, [part.as_input() for part in parts], is_episodic=deriver.is_episodic)
    for part, (accepted, duplicates) in zip(parts, merged.counts, strict=True):
        part.accepted, part.duplicates = accepted, duplicates
    return [root for root in merged.roots if root.is_touched]


def _save_roots(connection: Connection, roots: Sequence[Root]) -> None:
    if not roots:
        return
    save_threads(connection, [thread for root in roots for thread in root.threads])
    save_activities(connection, [item for root in roots for item in written_rows(root)])
    bodies: dict[int, list[bytes]] = {}
    for root in roots:
        for item in root.fresh:
            bodies.setdefault(item.thread_key, []).append(item.raw)
    save_raw(connection, bodies)


def _source_counts(batch: Sequence[Part], is_simulated: bool) -> list[SourceCount]:
    totals: dict[str, list[int]] = {}
    for part in batch:
        total = totals.setdefault(part.brought.source, [0, 0, 0])
        total[0] += part.accepted
        total[1] += part.duplicates
        total[2] = max(total[2], part.newest_ms)
    return [
        SourceCount(name, accepted, duplicates, newest_ms or None, is_simulated)
        for name, (accepted, duplicates, newest_ms) in totals.items()
    ]
