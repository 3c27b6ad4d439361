"""Whose suggestions are looked at: a bot's, or those to one agent. Both stand in the link, and lead to their conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from metrics.assist.catalogue import BEHIND
from pages.components.assist import loading
from pages.components.choose import EVERYBODY, choose_one_or_all
from pages.components.drill import Choices, Lead
from pages.components.period import WITHOUT, Asked


def choose_whose(asked: Asked) -> Asked:
    """Ask for a bot and an agent; what is asked, narrowed to them."""
    known = loading.names(asked.filters, asked.as_of)
    with st.container(horizontal=True, vertical_alignment="bottom", key="whose"):
        bot = choose_one_or_all("Suggested by", "All bots", known["adviser"], name="by_bot")
        agent = choose_one_or_all("Shown to", "All agents", known["agent"], name="to_agent")
    return replace(asked, filters=replace(asked.filters, suggested_by=bot, suggested_to=agent))


def lead_to(kind: str, asked: Asked, more: Choices | None = None) -> Lead:
    """To the conversations behind a number: a kind of `store.assist.reads.Suggested`, as the page is narrowed, and `more`."""
    narrowed: dict[str, str | Sequence[str]] = {"suggested": kind}
    for name in ("suggested_by", "suggested_to"):
        words: tuple[str, ...] = getattr(asked.filters, name)
        narrowed |= {name: words[0] or WITHOUT} if words else {}
    return EVERYBODY, {**narrowed, **(more or {})}


def lead_of(figure: str, asked: Asked, more: Choices | None = None) -> Lead:
    """The same of a figure, by its key."""
    return lead_to(BEHIND[figure], asked, more)


def narrowed_to(by: str, word: str) -> Choices:
    """What narrows conversations to one row of a table that tells suggestions apart by agent, bot, queue, channel or topic."""
    return {_NARROWS[by]: word or WITHOUT}


_NARROWS = {
    **{"agent": "suggested_to", "bot": "suggested_by", "queue": "suggested_in"},
    **{"channel": "channel", "topic": "topic"},
}
