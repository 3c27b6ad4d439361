"""What the floor can be filtered by, in words and in the address, and what the page itself may choose."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from live.watch import OPEN_STATES, Choices
from metrics.channels import channel_label, channel_named
from metrics.levels import LEVELS

STATE_WORDS = {"with_bot": "With bot", "waiting": "Waiting", "with_agent": "With agent", "wrap_up": "Wrap-up"}
LISTS = ("channel", "queue", "bot", "workstream", "state")
# From the worst on; "neutral or worse" and what lies above would say nothing.
MOODS = {level: rank for rank, level in enumerate(LEVELS[:3])}
UNCLAIMED_HELP = "Only conversations of which nobody has said “I’m on it”."
MAX_TEXT = 200
MOST_NAMES = 100
MAX_SHOWN = 28
# Whether the browser says that it has little room: filters are then one line to be swiped, and the floor begins below it.
IS_NARROW = "live_is_narrow"
# Everything that could begin markup, Streamlit's own included.
_MARKS = re.compile(r"([!-/:-@\[-`{-~])")


def choose_filters(choices: Choices) -> dict[str, Any]:
    """Draw the filters; what is chosen, as the browser needs it."""
    wraps = not st.session_state.get(IS_NARROW, False)
    with st.container(horizontal=True, wrap=wraps, vertical_alignment="center", gap="xsmall", key="live_filters"):
        lists = {
            "channel": _choose_channel(choices.channels),
            "queue": _choose_among("Queue", "queue", choices.queues),
            "bot": _choose_among("Bot", "bot", choices.bots),
            "workstream": _choose_among("Workstream", "workstream", choices.workstreams),
            "state": _choose("State", "state", OPEN_STATES, STATE_WORDS.__getitem__),
        }
        mood = _choose_mood()
        unclaimed = st.toggle("Nobody is on it", key="unclaimed", bind="query-params", width="content", help=UNCLAIMED_HELP)
        text = st.text_input(
            "Text",
            key="text",
            bind="query-params",
            placeholder="Name, topic, reason …",
            max_chars=MAX_TEXT,
            label_visibility="collapsed",
            width=180,
        )
    felt = {"sentiment": mood or "", "rank": None if mood is None else MOODS[mood]}
    return {**lists, **felt, "unclaimed": bool(unclaimed), "text": text or ""}


def take_choices(asked: Any) -> None:
    """Choose what the browser asks for: filters it remembers, queues that were pressed. Called before the script runs."""
    if not isinstance(asked, Mapping):
        return
    is_whole = asked.get("is_whole") is True
    for name in LISTS:
        if name in asked or is_whole:
            st.session_state[name] = _names(asked.get(name), OPEN_STATES if name == "state" else None)
    if "sentiment" in asked or is_whole:
        mood = asked.get("sentiment")
        st.session_state["sentiment"] = mood if mood in MOODS else None
    if "unclaimed" in asked or is_whole:
        st.session_state["unclaimed"] = asked.get("unclaimed") is True
    if "text" in asked or is_whole:
        text = asked.get("text")
        st.session_state["text"] = text[:MAX_TEXT] if isinstance(text, str) else ""


def take_width(said: Any) -> None:
    """Remember whether the browser has little room."""
    st.session_state[IS_NARROW] = isinstance(said, Mapping) and said.get("is_narrow") is True


def _choose_channel(names: Sequence[str]) -> list[str]:
    # A link carries labels; that of a channel nothing open has stands for its name all the same.
    linked = [channel_named(label) for label in st.query_params.get_all("channel")]
    return _choose("Channel", "channel", with_chosen(names, "channel", linked), channel_label)


def _choose_among(label: str, key: str, names: Sequence[str]) -> list[str]:
    return _choose(label, key, with_chosen(names, key, st.query_params.get_all(key)))


def _choose(label: str, key: str, options: Sequence[str], words: Callable[[str], str] = str) -> list[str]:
    with _opened_by(label, key, words):
        return st.multiselect(label, options, key=key, bind="query-params", placeholder="All", format_func=words, width=260)


def _choose_mood() -> str | None:
    with _opened_by("Sentiment", "sentiment", _mood_words):
        return st.selectbox(
            "Sentiment at or below",
            list(MOODS),
            key="sentiment",
            index=None,
            bind="query-params",
            placeholder="Any",
            format_func=_mood_words,
            width=260,
        )


def _opened_by(label: str, key: str, words: Callable[[str], str]) -> Any:
    """A button that says what is chosen, and opens the choice."""
    chosen = _chosen_words(key, words)
    shown = chosen[0] if len(chosen) == 1 else str(len(chosen))
    said = f"{label}: **{literal(shown)}**" if chosen else label
    return st.popover(said, key=f"choose_{key}")


def _chosen_words(key: str, words: Callable[[str], str]) -> list[str]:
    """What is chosen as the script begins; on arriving by a link, what that says."""
    if key not in st.session_state:
        return st.query_params.get_all(key)
    chosen = st.session_state[key]
    return [words(name) for name in ([chosen] if isinstance(chosen, str) else chosen or [])]


def literal(text: str) -> str:
    """Text from outside for a label that reads markup: shown as it is, and short."""
    short = text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
    return _MARKS.sub(r"\\\1", " ".join(short.split()))


def with_chosen(names: Sequence[str], key: str, linked: Sequence[str]) -> list[str]:
    """These names and those the link or the person has chosen: a choice stays valid when its last conversation ends."""
    return sorted({*names, *(st.session_state.get(key) or linked)})


def _mood_words(level: str) -> str:
    return level.capitalize() if level == LEVELS[0] else f"{level.capitalize()} or worse"


def _names(value: Any, allowed: Sequence[str] | None) -> list[str]:
    if not isinstance(value, list | tuple):
        return []
    names = [name for name in value[:MOST_NAMES] if isinstance(name, str) and (allowed is None or name in allowed)]
    return list(dict.fromkeys(names))
