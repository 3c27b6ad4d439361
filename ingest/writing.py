"""Writing one batch, within its transaction: drafts of new threads as they are, everything else merged with what is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ingest.batches import Part
from ingest.foreseeing import Foreseen, Outcome, merge_parts
from ingest.preparing import Deriver
from store.changes import writes_alone
from store.drafts import Draft, save_drafts
from store.engine import Connection
from store.reads import latest_size
from store.records import Marks, Thread
from store.threads import ThreadId, claim_threads, save_threads
from store.unfinished import is_derived
from store.writes import DerivedRows, SourceCount, count_source, save_activities, save_derived, save_raw

Threads = dict[ThreadId, Thread]
# So many activities that are known may be read, and derived from anew, within a transaction: some milliseconds.
MOST_READ = 500


class TooLongError(Exception):
    """What is known of these conversations is too much to be read while others wait."""


def write_batch(
    connection: Connection,
    batch: Sequence[Part],
    deriver: Deriver,
    *,
    now_ms: int,
    is_simulated: bool,
    foreseen: Foreseen | None = None,
) -> None:
    """Write what the batch brings, and what is derived of it.

    Raises TooLongError, having written nothing that stays, where much has to be read for that and nothing is `foreseen`.
    """
    threads = _claim(connection, batch, now_ms)
    drafts, others = _parted(connection, batch, threads)
    outcomes: list[Outcome] = []
    if foreseen is None:
        _refuse_what_is_long(connection, others, threads, deriver)
    else:
        outcomes, others = foreseen.standing(connection, others, threads)
    if others:
        outcomes += merge_parts(connection, others, threads, deriver, now_ms=now_ms)
    derived = DerivedRows()
    for outcome in outcomes:
        derived.add(outcome.derived)
    _save(connection, outcomes)
    save_drafts(connection, [(threads[draft.source, draft.external_id].key, draft) for draft in drafts], derived)
    save_threads(connection, _gone_on(drafts, threads))
    count_source(connection, _source_counts(batch, is_simulated), now_ms=now_ms)
    if derived.conversations:
        known = {outcome.key: outcome.first_episode for outcome in outcomes if not outcome.is_new}
        save_derived(connection, derived, now_ms=now_ms, instead_of=known)


def _refuse_what_is_long(connection: Connection, parts: Sequence[Part], threads: Threads, deriver: Deriver) -> None:
    """Where others wait: what is known and would have to be read. Of what comes in episodes that is the latest, as a rule."""
    if not writes_alone(connection):
        return
    size = 0
    for thread in {part.thread_id: threads[part.thread_id] for part in parts}.values():
        in_part = thread.next_position > MOST_READ and deriver.is_episodic([thread])
        size += latest_size(connection, thread.root_key) if in_part else thread.next_position
    if size > MOST_READ:
        raise TooLongError


def _claim(connection: Connection, batch: Sequence[Part], now_ms: int) -> Threads:
    marks: dict[ThreadId, Marks] = {}
    for part in batch:
        told = part.brought.marks
        marks[part.thread_id] = marks[part.thread_id].merge(told) if part.thread_id in marks else told
    sizes = {part.thread_id: part.size for part in batch if isinstance(part.brought, Draft)}
    return claim_threads(connection, marks, now_ms=now_ms, sizes=sizes)


def _parted(connection: Connection, batch: Sequence[Part], threads: Threads) -> tuple[list[Draft], list[Part]]:
    """The drafts that can be written as they are: of threads that are new, are no part of another conversation, and come once.

    A piece goes on where the one before it ended, if nobody has brought anything of the thread, or derived it, since.
    """
    drafts: list[Draft] = []
    others: list[Part] = []
    parts = Counter(part.thread_id for part in batch)
    members = Counter(thread.root_key for thread in threads.values())
    for part in batch:
        thread = threads[part.thread_id]
        draft = part.brought
        is_alone = thread.root_key == thread.key and members[thread.key] == 1 and parts[part.thread_id] == 1
        if (
            isinstance(draft, Draft)
            and is_alone
            and thread.next_position == draft.begins
            and not (draft.begins and is_derived(connection, thread.key))
        ):
            drafts.append(draft)
            part.accepted = part.size
        else:
            others.append(part)
    return drafts, others


def _gone_on(drafts: Sequence[Draft], threads: Threads) -> list[Thread]:
    """The threads of pieces that are not the first, as they are now."""
    found = []
    for draft in drafts:
        if draft.begins:
            thread = threads[draft.source, draft.external_id]
            thread.next_position = draft.begins + len(draft.activities)
            found.append(thread)
    return found


def _save(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    save_threads(connection, [thread for outcome in outcomes for thread in outcome.threads])
    save_activities(connection, [row for outcome in outcomes for row in outcome.rows])
    save_raw(connection, {key: body for outcome in outcomes for key, body in outcome.raw.items()})


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
