"""A recorded call as activities: what speech services tell of it, apart from how each spells it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.errors import RecordError
from ingest.events import ThreadInput
from ingest.sources.identity import Hash, fingerprint, identify, seed, version_of
from ingest.sources.phone_numbers import mask_spoken
from ingest.sources.speech_timing import Timing, speech_detail
from ingest.sources.times import LAST_MS, Stamp
from ingest.sources.wire_json import canonical
from store.records import Activity, EndCode, Kind, Marks, WireRole

VOICE = "voice"  # the channel
NO_TIME = "no time anywhere in it"


@dataclass(slots=True)
class Utterance:
    """One thing said. `is_heard`: it was recognised; what was not is kept, and is no message."""

    raw: bytes
    speaker_id: str  # "" where only a number tells the speakers of one call apart
    speaker: str  # what it is called
    role: WireRole
    text: str
    timing: Timing | None = None
    activity_id: str = ""
    locale: str = ""
    is_heard: bool = True
    wire_type: str = "phrase"


@dataclass(slots=True)
class Call:
    """A conversation that was recorded as a whole. `head` is what its record says beside the utterances."""

    conversation_id: str
    head: bytes
    utterances: list[Utterance] = field(default_factory=list)
    began: Stamp | None = None
    length_ms: int | None = None
    is_spoken: bool = True


def text_in(plain: dict[str, Any], forms: Sequence[str]) -> str:
    """What was said, in the first of these forms that has any of it."""
    return next((text.strip() for name in forms if isinstance(text := plain.get(name), str) and text.strip()), "")


def as_thread(call: Call, *, source: str, received_ms: int | None) -> ThreadInput:
    """The call's thread: its utterances in order, then its end. RecordError where nothing says when it was.

    Without a beginning it stands at `received_ms`; utterances without a place of their own stand where the one before them does.
    """
    base = call.began or (None if received_ms is None else (received_ms, 0))
    if base is None:
        raise RecordError(NO_TIME)
    conversation = seed(source, call.conversation_id)
    identifiers = _identifiers(call.utterances)
    activities: list[Activity] = []
    reached_ms = 0
    for said, (activity_id, content) in zip(call.utterances, identifiers, strict=True):
        offset_ms = said.timing.offset_ms if said.timing is not None else None
        reached_ms = reached_ms if offset_ms is None else offset_ms
        is_placed = call.began is not None and offset_ms is not None
        stamp = (min(base[0] + reached_ms, LAST_MS - 1), base[1])
        identity = identify(conversation, activity_id, content)
        activities.append(_activity(said, identity, stamp, is_placed=is_placed, is_spoken=call.is_spoken))
    ends = [call.length_ms or 0, *(said.timing.end_ms or 0 for said in call.utterances if said.timing is not None)]
    has_places = any(said.timing is not None and said.timing.offset_ms is not None for said in call.utterances)
    stamp = (min(base[0] + max(ends), LAST_MS - 1), base[1])
    activities.append(_end(call, conversation, stamp, f"end at {max(ends)}" if has_places else "end"))
    channels = {VOICE: base[0]} if call.is_spoken else {}
    return ThreadInput(source, call.conversation_id, activities, Marks(channels=channels, has_times=has_places))


def _identifiers(utterances: Sequence[Utterance]) -> list[tuple[str, bytes]]:
    """Of each utterance its id and what else it is known by.

    An id that stands for several utterances of a call names none of them. What has neither an id nor a place is told apart by how
    often it was said before: a second "Yes." is another one.
    """
    contents: dict[str, set[bytes]] = defaultdict(set)
    for said in utterances:
        if said.activity_id:
            contents[said.activity_id].add(said.raw)
    again: dict[bytes, int] = defaultdict(int)
    found = []
    for said in utterances:
        activity_id = said.activity_id if len(contents[said.activity_id]) == 1 else ""
        content = said.raw
        if not said.activity_id and (said.timing is None or said.timing.offset_ms is None):
            again[content] += 1
            content += b"#%d" % again[content] if again[content] > 1 else b""
        found.append((activity_id, content))
    return found


def _activity(said: Utterance, identity: int, stamp: Stamp, *, is_placed: bool, is_spoken: bool) -> Activity:
    text = mask_spoken(said.text) if is_spoken else said.text
    return Activity(
        identity=identity,
        activity_id=said.activity_id,
        version=version_of(said.raw, rank=0, stamp=None, later_wins=False),
        at_ms=stamp[0],
        at_sub=stamp[1],
        time_known=is_placed,
        kind=Kind.MESSAGE if said.is_heard else Kind.OTHER,
        wire_type=said.wire_type,
        sender_id=said.speaker_id,
        sender_name=said.speaker,
        wire_role=said.role,
        text=text if said.is_heard else "",
        locale=said.locale,
        private=False,
        detail=speech_detail(said.timing) if said.is_heard and is_spoken else None,
        raw=said.raw,
    )


def _end(call: Call, conversation: Hash, stamp: Stamp, activity_id: str) -> Activity:
    """A recording comes when the call is over; how it came to an end is not in it."""
    return Activity(
        identity=identify(conversation, activity_id, b""),
        activity_id=activity_id,
        version=version_of(call.head, rank=0, stamp=None, later_wins=False),
        at_ms=stamp[0],
        at_sub=stamp[1],
        time_known=call.began is not None,
        kind=Kind.END,
        wire_type="end of recording",
        sender_id="",
        sender_name="",
        wire_role=WireRole.SYSTEM,
        text="",
        locale="",
        private=False,
        detail={"code": EndCode.UNKNOWN},
        raw=call.head,
    )


def name_of_content(utterances: Sequence[Utterance]) -> str:
    """What a call is called that names itself nowhere."""
    content = b"\n".join(said.raw for said in utterances)
    return f"call-{fingerprint(content).hex()}"


def spelled(value: Any, otherwise: bytes) -> bytes:
    """The JSON of a part, to keep with what is wrong with it; where it has none, that of the whole."""
    try:
        return canonical(value)[1]
    except RecordError:
        return otherwise
