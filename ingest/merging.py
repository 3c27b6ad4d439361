"""Merging what came with what is known: which activities are new, which are newer versions, which are duplicates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.events import ThreadInput
from store.engine import Connection
from store.reads import activities_called, activities_of_threads, activities_since, episode_at, threads_of_roots
from store.records import Activity, DerivedPart, Thread
from store.threads import ThreadId

IsEpisodic = Callable[[Sequence[Thread]], bool]
# Of a long thread so many activities at once are mostly known already, as when a file is loaded again: then only they are read.
MANY = 100
ActivityKey = tuple[int, int]  # thread_key, identity


@dataclass(slots=True)
class Root:
    """One conversation-to-be: its threads, and all their activities, known and new."""

    key: int
    threads: list[Thread] = field(default_factory=list)
    activities: dict[ActivityKey, Activity] = field(default_factory=dict)
    stored: dict[ActivityKey, DerivedPart] = field(default_factory=dict)  # what the rows say now of what deriving fills in
    fresh: list[Activity] = field(default_factory=list)  # new, or a winning version: their raw bodies are kept
    rewritten: set[ActivityKey] = field(default_factory=set)
    first_episode: int = 1  # the first whose activities are here: earlier ones are not touched
    is_new: bool = True
    is_touched: bool = False
    is_marked_anew: bool = False


@dataclass(slots=True)
class Merged:
    """A batch merged with the store: its roots, and (accepted, duplicates) per input."""

    roots: list[Root]
    counts: list[tuple[int, int]]


def merge_batch(
    connection: Connection, threads: Mapping[ThreadId, Thread], inputs: Sequence[ThreadInput], *, is_episodic: IsEpisodic
) -> Merged:
    """Read what is known of the roots of `threads`, and put in the new activities: `inputs`, of these threads.

    Of an episodic root only the episodes that the new activities can touch are read, so that its age costs nothing.
    """
    roots = _find_roots(connection, list(threads.values()))
    _read_activities(connection, roots, inputs, is_episodic)
    counts = [
        _put(roots[threads[item.source, item.external_id].root_key], threads[item.source, item.external_id], item)
        for item in inputs
    ]
    return Merged(list(roots.values()), counts)


def _find_roots(connection: Connection, threads: Sequence[Thread]) -> dict[int, Root]:
    mine = {thread.key: thread for thread in threads}
    roots = {thread.root_key: Root(thread.root_key) for thread in threads}
    # A thread made just now, alone under its root, has nothing to be read.
    known = {thread.root_key for thread in threads if thread.next_position > 0 or thread.root_key != thread.key}
    for thread in (*threads_of_roots(connection, known), *(t for t in threads if t.root_key not in known)):
        root, held = roots[thread.root_key], mine.get(thread.key, thread)
        root.threads.append(held)
        if held.marks != thread.marks:  # even those of a duplicate; and they hold for all of the root
            root.is_touched = root.is_marked_anew = True
    return roots


def _read_activities(
    connection: Connection, roots: dict[int, Root], inputs: Sequence[ThreadInput], is_episodic: IsEpisodic
) -> None:
    whole: dict[int, Root] = {}
    for root in roots.values():
        known = [thread for thread in root.threads if thread.next_position > 0]
        root.is_new = not known
        if len(root.threads) == 1 and known and not root.is_marked_anew:
            given = _given(known[0], inputs)
            if _read_if_all_known(connection, root, known[0], given):
                continue
            if is_episodic(known) and _read_episodes(connection, root, known[0], given):
                continue
        whole.update((thread.key, root) for thread in known)
    for item in activities_of_threads(connection, whole):
        _know(whole[item.thread_key], item)


def _given(thread: Thread, inputs: Sequence[ThreadInput]) -> list[Activity]:
    return [
        item
        for part in inputs
        if (part.source, part.external_id) == (thread.source, thread.external_id)
        for item in part.activities
    ]


def _read_if_all_known(connection: Connection, root: Root, thread: Thread, given: Sequence[Activity]) -> bool:
    """Read those that `given` are other versions of, where that is enough: all are known and none says anything new."""
    if len(given) < MANY or thread.next_position < 2 * len(given):
        return False
    found = {item.identity: item for item in activities_called(connection, thread.key, [item.identity for item in given])}
    if not all(item.identity in found and _is_duplicate(found[item.identity], item) for item in given):
        return False
    for item in found.values():
        _know(root, item)
    return True


def _read_episodes(connection: Connection, root: Root, thread: Thread, given: Sequence[Activity]) -> bool:
    """Read the episodes that `given` can touch: from the last that began before all of them. False: read everything."""
    episode = episode_at(connection, root.key, min(item.at_ms for item in given)) if given else None
    if episode is None:
        return False
    number, began_ms = episode
    found = activities_since(connection, thread.key, began_ms, {item.identity for item in given})
    if any(item.at_ms < began_ms for item in found):
        return False  # another version of something older
    root.first_episode = number
    for item in found:
        _know(root, item)
    return True


def _know(root: Root, item: Activity) -> None:
    root.activities[item.thread_key, item.identity] = item
    root.stored[item.thread_key, item.identity] = item.derived_part


def _put(root: Root, thread: Thread, given: ThreadInput) -> tuple[int, int]:
    accepted = duplicates = 0
    for item in given.activities:
        key = (thread.key, item.identity)
        known = root.activities.get(key)
        item.thread_key = thread.key
        if known is None:
            item.position = thread.next_position
            thread.next_position += 1
        elif not _supersede(root, key, known, item):
            duplicates += 1
            continue
        root.activities[key] = item
        root.rewritten.add(key)
        root.fresh.append(item)
        accepted += 1
    root.is_touched = root.is_touched or accepted > 0 or bool(root.rewritten)
    return accepted, duplicates


def _is_duplicate(known: Activity, given: Activity) -> bool:
    same = (known.at_ms, known.at_sub, known.time_known)
    return given.version <= known.version and _earliest(known, given) == same


def _supersede(root: Root, key: ActivityKey, known: Activity, given: Activity) -> bool:
    """Whether `given` is the greater version. Both keep the first position and the earliest known time, whichever came first."""
    earliest = _earliest(known, given)
    if given.version > known.version:
        given.position = known.position
        given.at_ms, given.at_sub, given.time_known = earliest
        return True
    if (known.at_ms, known.at_sub, known.time_known) != earliest:
        known.at_ms, known.at_sub, known.time_known = earliest
        root.rewritten.add(key)
    return False


def _earliest(known: Activity, given: Activity) -> tuple[int, int, bool]:
    if known.time_known != given.time_known:
        timed = known if known.time_known else given
        return (timed.at_ms, timed.at_sub, True)
    if not known.time_known:
        return (known.at_ms, known.at_sub, False)  # a place in an array is kept from the first one
    return (*min((known.at_ms, known.at_sub), (given.at_ms, given.at_sub)), True)


def written_rows(root: Root) -> list[Activity]:
    """The activities of `root`, derived, whose rows are new or differ from what the store holds."""
    return [item for key, item in root.activities.items() if key in root.rewritten or root.stored.get(key) != item.derived_part]
