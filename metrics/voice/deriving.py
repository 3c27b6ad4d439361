"""What was spoken in a call: from when to when by whom, and what of its time was talk, overlap, hold, wait or silence.

All of it is one sweep over the ends of intervals, in whole milliseconds. A moment belongs to one thing: somebody speaks; else it
is hold; else the customer waits for somebody; else it is silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from metrics.course import Course
from store.records import Activity, Conversation, Kind, Role
from store.voice.records import Speech

SPEAKERS = (Role.CUSTOMER, Role.BOT, Role.AGENT)
# Who joins a call to help speaks for the organisation's people.
_SPEAKS_AS = {Role.CUSTOMER: Role.CUSTOMER, Role.BOT: Role.BOT, Role.AGENT: Role.AGENT, Role.SUPERVISOR: Role.AGENT}
HOLD, WAIT = "hold", "wait"
Interval = tuple[int, int]  # half-open
Stay = tuple[int, int | None, int | None]  # in a queue: entered, accepted, left


@dataclass(frozen=True, slots=True)
class TalkSpan:
    """What one side says without stopping, in milliseconds since the epoch."""

    start_ms: int
    end_ms: int
    role: Role
    words: int


@dataclass(frozen=True, slots=True)
class CallTime:
    """What a call's time was; the span is that from the first word to the last."""

    span_ms: int
    spoken_ms: int
    by_role: dict[Role, int]
    overlap_ms: int
    silence_ms: int
    longest_silence_ms: int


def list_speech(activities: Sequence[Activity], course: Course, conversation: Conversation) -> list[Speech]:
    """The speech of a conversation, roles assigned: one row, or none where nothing says how long anything was spoken."""
    said = utterances(activities)
    if not said:
        return []
    until_ms = conversation.last_ms if conversation.ended_ms is None else conversation.ended_ms
    holds = merged(holds_of(activities, until_ms))
    stays = [(stay.entered_ms, stay.accepted_ms, stay.left_ms) for stay in course.stays.found]
    times = measure(said, holds, waits_of(activities, stays, course.accepted_ms, until_ms))
    # What has no id is only called so in this call: "Agent", "Speaker 2".
    agents = [
        stretch.session.name if stretch.session.handler_id else ""
        for stretch in course.stretches
        if stretch.session.handler is Role.AGENT
    ]
    words = {role: sum(each.words for each in said if each.role is role) for role in SPEAKERS}
    return [
        Speech(
            ended_ms=conversation.ended_ms,
            agent=agents[-1] if agents else "",
            queue=conversation.escalation_queue or conversation.queue,
            span_ms=times.span_ms,
            spoken_ms=times.spoken_ms,
            customer_ms=times.by_role[Role.CUSTOMER],
            bot_ms=times.by_role[Role.BOT],
            agent_ms=times.by_role[Role.AGENT],
            overlap_ms=times.overlap_ms,
            silence_ms=times.silence_ms,
            longest_silence_ms=times.longest_silence_ms,
            hold_ms=sum(end - start for start, end in holds),
            num_holds=len(holds),
            num_utterances=len(said),
            customer_words=words[Role.CUSTOMER],
            bot_words=words[Role.BOT],
            agent_words=words[Role.AGENT],
        )
    ]


def utterances(activities: Iterable[Activity]) -> list[TalkSpan]:
    """What was spoken for a known time. Of most conversations nothing was, and that is told quickly."""
    found = [item for item in activities if item.detail and "spoken_ms" in item.detail and item.kind is Kind.MESSAGE]
    heard = [item for item in found if item.role in _SPEAKS_AS and not item.private]
    began_ms = call_began_ms(heard)
    said = []
    for item in heard:
        start_ms, lasted_ms = _started_ms(item, began_ms), _whole(item, "spoken_ms")
        if lasted_ms > 0:
            said.append(TalkSpan(start_ms, start_ms + lasted_ms, _SPEAKS_AS[item.role], len(item.text.split())))
    return said


def call_began_ms(activities: Iterable[Activity]) -> int | None:
    """The moment that offsets count from: nothing is sent before it is spoken, so it is the earliest that any of them says."""
    return min(
        (item.at_ms - _whole(item, "offset_ms") for item in activities if item.detail and "offset_ms" in item.detail),
        default=None,
    )


def holds_of(activities: Iterable[Activity], until_ms: int) -> Iterator[Interval]:
    """When the customer was on hold, as far as the source says so; the last one may not have been ended."""
    began_ms: int | None = None
    for item in activities:
        if item.kind is Kind.HOLD:
            is_begin = (item.detail or {}).get("state") == "began"
            if is_begin and began_ms is None:
                began_ms = item.at_ms
            elif not is_begin and began_ms is not None:
                yield began_ms, item.at_ms
                began_ms = None
    if began_ms is not None:
        yield began_ms, until_ms


def waits_of(activities: Iterable[Activity], stays: Iterable[Stay], accepted_ms: int | None, until_ms: int) -> Iterator[Interval]:
    """When the customer waited for somebody: in queues, and from the first request for a human to the acceptance."""
    for entered_ms, *ends in stays:
        yield entered_ms, min((each for each in ends if each is not None), default=until_ms)
    asked_ms = next((item.at_ms for item in activities if item.kind is Kind.HANDOFF_REQUEST), None)
    if asked_ms is not None and accepted_ms is not None:
        yield asked_ms, accepted_ms


def measure(said: Sequence[TalkSpan], holds: Iterable[Interval], waits: Iterable[Interval]) -> CallTime:
    """One sweep from the first word to the last."""
    first_ms, last_ms = min(each.start_ms for each in said), max(each.end_ms for each in said)
    steps: dict[int, list[tuple[Role | str, int]]] = {first_ms: [], last_ms: []}
    spoken = ((each.start_ms, each.end_ms, each.role) for each in said)
    quiet = ((start, end, what) for what, spans in ((HOLD, holds), (WAIT, waits)) for start, end in spans)
    for start_ms, end_ms, what in (*spoken, *quiet):
        start_ms, end_ms = max(start_ms, first_ms), min(end_ms, last_ms)
        if start_ms < end_ms:
            steps.setdefault(start_ms, []).append((what, 1))
            steps.setdefault(end_ms, []).append((what, -1))
    return _swept(steps)


def _swept(steps: dict[int, list[tuple[Role | str, int]]]) -> CallTime:
    moments = sorted(steps)
    now: dict[Role | str, int] = dict.fromkeys((*SPEAKERS, HOLD, WAIT), 0)
    by_role = dict.fromkeys(SPEAKERS, 0)
    spoken_ms = overlap_ms = silence_ms = longest_ms = run_ms = 0
    for start_ms, end_ms in zip(moments, moments[1:], strict=False):
        for what, change in steps[start_ms]:
            now[what] += change
        lasted_ms = end_ms - start_ms
        speaking = [role for role in SPEAKERS if now[role]]
        for role in speaking:
            by_role[role] += lasted_ms
        if not speaking and not now[HOLD] and not now[WAIT]:
            silence_ms, run_ms = silence_ms + lasted_ms, run_ms + lasted_ms
            longest_ms = max(longest_ms, run_ms)
            continue
        run_ms = 0
        spoken_ms += lasted_ms * bool(speaking)
        overlap_ms += lasted_ms * (len(speaking) > 1)
    return CallTime(moments[-1] - moments[0], spoken_ms, by_role, overlap_ms, silence_ms, longest_ms)


def merged(spans: Iterable[Interval], *, within: int = 0) -> list[Interval]:
    """Spans that overlap, or lie so close together, as one; those of no length are none."""
    found: list[Interval] = []
    for start_ms, end_ms in sorted(spans):
        if end_ms <= start_ms:
            continue
        if found and start_ms <= found[-1][1] + within:
            found[-1] = (found[-1][0], max(found[-1][1], end_ms))
        else:
            found.append((start_ms, end_ms))
    return found


def _started_ms(item: Activity, began_ms: int | None) -> int:
    """By its offset where it has one; else when it was sent."""
    if began_ms is None or not item.detail or "offset_ms" not in item.detail:
        return item.at_ms
    return began_ms + _whole(item, "offset_ms")


def _whole(item: Activity, name: str) -> int:
    value = (item.detail or {}).get(name)
    return value if isinstance(value, int) else 0
