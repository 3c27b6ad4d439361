"""An array of activities to threads: which conversation each belongs to, and where those without a time stand.

Whatever is wrong with one element is a problem of that element; the rest is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.errors import RecordError
from ingest.events import Normalised, Problem, ThreadInput
from ingest.sources.activity_schema import conversation_of, mark, read_activity, stamp_of
from ingest.sources.evidence import is_handoff_request, transcripts_in
from ingest.sources.identity import Hash, fingerprint, seed
from ingest.sources.times import Stamp
from ingest.sources.wire_json import canonical
from store.records import Activity, Marks

_DEEPEST = 3  # transcripts within transcripts: a handoff of a conversation that was handed off before


@dataclass(slots=True)
class _Element:
    """One activity of the array, while its conversation and time are being settled."""

    item: dict[str, Any]
    raw: bytes
    conversation: str
    stamp: Stamp | None  # its own
    at: Stamp | None  # where it stands
    unpacked: bool  # came within a handoff request's transcript
    place: int  # of the element that it is, or came within; 0 where there is only one


def read_array(
    items: Sequence[Any],
    *,
    source: str,
    default_conversation_id: str = "",
    marks: Marks | None = None,
    whole: bytes = b"",
    received_ms: int | None = None,
    is_pushed: bool = False,
) -> Normalised:
    """Threads per conversation id. `marks` hold what the record around the array says; `whole` is that record, for problems.

    A conversation that names no time at all stands at `received_ms`; without one it has no place in time. An array that names no
    conversation is one by itself; not where it `is_pushed`, since what belongs to it comes in other posts.
    """
    problems: list[Problem] = []
    elements: list[_Element] = []
    for place, item in enumerate(items, start=1):
        _take(item, elements, problems, place if len(items) > 1 else 0, whole=whole)
    if not elements:
        return Normalised(problems=problems)
    if received_ms is None and all(element.stamp is None for element in elements):
        return Normalised(problems=[Problem("no time anywhere in it", whole or _spelled(elements))])
    elements = _name_conversations(elements, default_conversation_id, problems, is_pushed=is_pushed)
    if any(element.at is None for element in elements):
        _settle_times(elements, lambda element: element.conversation)
        if received_ms is not None:
            _settle_at(elements, (received_ms, 0))
        _settle_times(elements, lambda element: "")
    return Normalised(threads=_threads(elements, source, marks, problems), problems=problems)


def join_threads(threads: Sequence[ThreadInput]) -> list[ThreadInput]:
    """One thread per source and external id, activities in the order they came in."""
    joined: dict[tuple[str, str], ThreadInput] = {}
    for thread in threads:
        key = (thread.source, thread.external_id)
        if key in joined:
            joined[key].activities.extend(thread.activities)
            joined[key].marks = joined[key].marks.merge(thread.marks)
        else:
            joined[key] = thread
    return list(joined.values())


def _take(
    item: Any,
    elements: list[_Element],
    problems: list[Problem],
    place: int,
    *,
    whole: bytes,
    carrier: str | None = None,
    depth: int = 0,
) -> None:
    """Append `item` to `elements`, what its transcript carries before it; or say what is wrong with it.

    `carrier` is the conversation of the request that carried it along: it belongs to that one, whatever it says itself.
    """
    raw = whole
    try:
        item, raw = canonical(item)
        if type(item) is not dict:
            raise RecordError("not an activity: not an object")
        wire_type = item.get("type")
        if type(wire_type) is not str or not wire_type:
            raise RecordError("not an activity: it has no type")
        stamp = stamp_of(item)
    except RecordError as error:
        problems.append(_problem(str(error), raw, place))
        return
    conversation = carrier or conversation_of(item)
    if "name" in item and depth < _DEEPEST and is_handoff_request(item):
        for earlier in transcripts_in(item):
            _take(earlier, elements, problems, place, whole=raw, carrier=conversation, depth=depth + 1)
    elements.append(_Element(item, raw, conversation, stamp, stamp, depth > 0, place))


def _name_conversations(elements: list[_Element], default: str, problems: list[Problem], *, is_pushed: bool) -> list[_Element]:
    """Those that name no conversation get the default, or the only one there is, or, where none is named, one made up."""
    named = {element.conversation for element in elements}
    if "" not in named:
        return elements
    named.discard("")
    if not default and (len(named) > 1 or (is_pushed and not named)):
        why = "it names no conversation" + (", and those around it name several" if named else " (conversation.id)")
        problems.extend(_problem(why, element.raw, element.place) for element in elements if not element.conversation)
        return [element for element in elements if element.conversation]
    inherited = default or (named.pop() if named else _made_up_name(elements))
    for element in elements:
        element.conversation = element.conversation or inherited
    return elements


def _made_up_name(elements: list[_Element]) -> str:
    timed = [(element.stamp, element.raw) for element in elements if element.stamp is not None]
    earliest = min(timed)[1] if timed else min(element.raw for element in elements)
    return f"unnamed-{fingerprint(earliest).hex()}"


def _settle_times(elements: list[_Element], group_of: Callable[[_Element], str]) -> None:
    """Those without a time take that of the one before them in their group, the first ones that of the first timed one."""
    last: dict[str, Stamp] = {}
    waiting: dict[str, list[_Element]] = {}
    for element in elements:
        group = group_of(element)
        if element.at is None:
            element.at = last.get(group)
            if element.at is None:
                waiting.setdefault(group, []).append(element)
            continue
        last[group] = element.at
        for earlier in waiting.pop(group, ()):
            earlier.at = element.at


def _settle_at(elements: list[_Element], at: Stamp) -> None:
    for element in elements:
        element.at = element.at or at


def _threads(elements: list[_Element], source: str, marks: Marks | None, problems: list[Problem]) -> list[ThreadInput]:
    threads: dict[str, ThreadInput] = {}
    seeds: dict[str, Hash] = {}
    unpacked: dict[str, set[int]] = {}
    for element in elements:
        name = element.conversation
        thread = threads.get(name)
        if thread is None:
            seeds[name] = seed(source, name)
            thread = threads[name] = ThreadInput(source, name, [], Marks() if marks is None else Marks().merge(marks))
        at = element.at or (0, 0)
        try:
            activity = read_activity(element.item, element.raw, conversation=seeds[name], at=at, own_stamp=element.stamp)
        except RecordError as error:
            problems.append(_problem(str(error), element.raw, element.place))
            continue
        thread.activities.append(activity)
        mark(thread.marks, element.item, at[0])
        if element.unpacked:
            unpacked.setdefault(name, set()).add(id(activity))
    for name, carried in unpacked.items():
        _drop_repeated(threads[name], carried)
    for thread in threads.values():
        thread.marks.channels = dict(sorted(thread.marks.channels.items()))
    return [thread for thread in threads.values() if thread.activities]


def _drop_repeated(thread: ThreadInput, unpacked: set[int]) -> None:
    """Leave out what a transcript repeats, to the letter, of the array itself or of another transcript in it."""
    copies = Counter((activity.identity, activity.version) for activity in thread.activities)
    kept: list[Activity] = []
    for activity in thread.activities:
        key = (activity.identity, activity.version)
        if id(activity) in unpacked and copies[key] > 1:
            copies[key] -= 1
        else:
            kept.append(activity)
    thread.activities = kept


def _problem(why: str, raw: bytes, place: int) -> Problem:
    return Problem(why, raw, f"element {place}" if place else "")


def _spelled(elements: list[_Element]) -> bytes:
    return b"[" + b",".join(element.raw for element in elements) + b"]"
