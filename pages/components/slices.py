"""A slice of what the filters leave, opened from a number: one day of a trend, one hour of the week, so many messages.

Each stands in the link under its own name, is named above the list that it narrows, and can be taken away there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from metrics.annotations import LAST_MS
from metrics.filters import Filters
from metrics.releases import EVER_MS
from metrics.surveys.meant import parse_surveyed
from metrics.week import HOURS, WEEKDAYS
from metrics.windows import Window, window_of_bucket
from pages.components import loaders
from pages.components.formats import as_label, moment, one_bucket, several, span
from pages.components.period import WITHOUT, Asked
from pages.components.surveys.words import surveyed_name


@dataclass(frozen=True, slots=True)
class Slice:
    """One kind: how it narrows the filters (ValueError: what a link says is none), and what it is called."""

    narrow: Callable[[Asked, str], Filters]
    name: Callable[[str], str]


def narrowed(asked: Asked) -> Asked:
    """What is asked, within the slices of the link; a slice that is none counts as not asked for."""
    for key, value in _in_link().items():
        try:
            asked = replace(asked, filters=SLICES[key].narrow(asked, value))
        except (ValueError, OverflowError):
            continue
    return asked


def show_slices() -> None:
    """Name the slices, each with the way out of it."""
    for key, value in _in_link().items():
        try:
            label = SLICES[key].name(value)
        except (ValueError, OverflowError):
            continue
        st.button(
            f"Only {label}",
            icon=":material/close:",
            key=f"leave_{key}",
            on_click=leave_slice,
            args=(key,),
            help="Show all again.",
        )


def leave_slice(key: str) -> None:
    """Take one away (a callback)."""
    st.query_params.pop(key, None)


def _in_link() -> dict[str, str]:
    return {key: st.query_params[key] for key in SLICES if key in st.query_params}


def _turns(asked: Asked, value: str) -> Filters:
    return replace(asked.filters, ranges=(*asked.filters.ranges, ("bot_turns", None, int(value) + 1)))


def _seconds(asked: Asked, value: str) -> Filters:
    return replace(asked.filters, ranges=(*asked.filters.ranges, ("bot_ms", None, int(value) * 1000 + 1)))


def _bucket(asked: Asked, value: str) -> Filters:
    filters = asked.filters
    return replace(filters, window=filters.window.within(window_of_bucket(value, filters.tz)))


def _said(asked: Asked, value: str) -> Filters:
    return loaders.within_words(asked.filters, value, asked.as_of)


def _misunderstood(asked: Asked, value: str) -> Filters:
    if value != "yes":
        raise ValueError(value)
    return loaders.within_turns(asked.filters, asked.as_of)


def _word(field: str) -> Callable[[Asked, str], Filters]:
    def narrow(asked: Asked, value: str) -> Filters:
        changed: dict[str, Any] = {field: ("" if value == WITHOUT else value,)}
        return replace(asked.filters, **changed)

    return narrow


def _surveyed(asked: Asked, value: str) -> Filters:
    parse_surveyed(value)
    return replace(asked.filters, surveyed=(value,))


def _spoke(asked: Asked, value: str) -> Filters:
    if value != "people":
        raise ValueError(value)
    return replace(asked.filters, people_only=True)


def _called(what: str) -> Callable[[str], str]:
    return lambda value: f"{what} \u201c{as_label(value)}\u201d"


def _between(asked: Asked, value: str) -> Filters:
    (start, end), filters = _parsed_span(value), asked.filters
    window = Window(start if start > -EVER_MS else None, end if end < EVER_MS else None)
    # Of these none is open: what has not ended has not ended then.
    return replace(filters, window=filters.window.within(window), spans=filters.spans or ((start, end),))


def _suggested(asked: Asked, value: str) -> Filters:
    _suggested_name(value)
    return replace(asked.filters, suggested=(value,))


def _suggested_name(value: str) -> str:
    if value not in SUGGESTED:
        raise ValueError(value)
    return SUGGESTED[value]


def _parsed_span(value: str) -> tuple[int, int]:
    start, _, end = value.partition("..")
    span = int(start), int(end)
    is_open = span[0] == -EVER_MS, span[1] == EVER_MS
    if span[0] >= span[1] or not all(each or 0 <= at_ms < LAST_MS for each, at_ms in zip(is_open, span, strict=True)):
        raise ValueError(value)
    return span


def _between_name(value: str) -> str:
    """Of an open end nothing is said."""
    start, end = _parsed_span(value)
    tz = str(st.query_params.get("tz") or "UTC")
    words = ["what ended"]
    words += [f"from {moment(start, tz)}"] if start > -EVER_MS else []
    words += [f"until {moment(end, tz)}"] if end < EVER_MS else []
    return " ".join(words)


def _slot(asked: Asked, value: str) -> Filters:
    return loaders.within_slot(asked.filters, _parsed_slot(value), asked.as_of)


def _parsed_slot(value: str) -> tuple[int, int]:
    weekday, _, hour = value.partition("-")
    if not (0 <= int(weekday) < len(WEEKDAYS) and 0 <= int(hour) < HOURS):
        raise ValueError(value)
    return int(weekday), int(hour)


def _slot_name(value: str) -> str:
    weekday, hour = _parsed_slot(value)
    return f"{WEEKDAYS[weekday]} {hour:02}:00\u2013{(hour + 1) % HOURS:02}:00"


# Kinds of suggestions to agents, and of conversations with and without any (store.assist.reads.Suggested).
SUGGESTED = {
    "shown": "those with a suggestion to the agent",
    "used": "those with a suggestion that was used",
    "event": "those with a suggestion that an event calls used",
    "words": "those with a used suggestion that the agent repeated",
    "event_only": "those with a suggestion that only an event calls used",
    "words_only": "those with a suggestion of whose use only the words tell",
    "event_and_words": "those with a suggestion of whose use event and words tell",
    "exact": "those with a used suggestion repeated word for word",
    "near": "those with a used suggestion nearly repeated",
    "timed": "those with a suggestion used after a known time",
    "dismissed": "those with a suggestion that was dismissed",
    "ignored": "those with a suggestion that was ignored",
    "served": "those that a person served",
    "with": "those that a person served with suggestions",
    "without": "those that a person served without suggestions",
    "with_time": "those served with suggestions, for a known time",
    "without_time": "those served without suggestions, for a known time",
    "with_score": "those served with suggestions, and a score with the agent",
    "without_score": "those served without suggestions, and a score with the agent",
}
# In the order in which they narrow: what was looked at of a period is so before it is told apart by bot or topic.
SLICES: dict[str, Slice] = {
    "misunderstood": Slice(_misunderstood, lambda value: "those that the bot once did not understand"),
    "said": Slice(_said, lambda value: "one group of messages that the bot did not understand"),
    "of_topic": Slice(_word("topics"), _called("topic")),
    "of_bot": Slice(_word("bots"), _called("bot")),
    "bucket": Slice(_bucket, lambda value: f"what ended in {one_bucket(value)}"),
    "slot": Slice(_slot, _slot_name),
    "between": Slice(_between, _between_name),
    "call_agent": Slice(_word("call_agents"), _called("calls of agent")),
    "call_queue": Slice(_word("call_queues"), _called("calls for queue")),
    "suggested": Slice(_suggested, _suggested_name),
    "suggested_by": Slice(_word("suggested_by"), _called("suggestions by")),
    "suggested_to": Slice(_word("suggested_to"), _called("suggestions to, or served first by,")),
    "suggested_in": Slice(_word("suggested_in"), _called("suggestions, or served first, in queue")),
    "stayed_in": Slice(_word("stayed_in"), _called("a stay in queue")),
    "surveyed": Slice(_surveyed, surveyed_name),
    "spoke": Slice(_spoke, lambda value: "conversations in which only people spoke"),
    "turns": Slice(_turns, lambda value: f"within {several(int(value), 'message')}"),
    "within": Slice(_seconds, lambda value: f"within {span(int(value))}"),
}
