"""The conversations of a month: those that count as bot sessions and those that do not, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from metrics.bot_sessions.lists import cut_of
from metrics.bot_sessions.questions import Month
from metrics.bot_sessions.words import NOT_USES
from metrics.channels import channel_label
from pages.components.bot_sessions import loading
from pages.components.bot_sessions.asking import (
    OF_COUNTED,
    OF_UNCOUNTED,
    SLICES,
    UNCOUNTED,
    AskedMonth,
    listing,
    word_from,
)
from pages.components.formats import number
from pages.components.own_lists import say_leaf
from pages.components.paging import PAGE_ROWS, leaf, trail_of
from pages.components.tables import conversations, moments, show_table, text


def show_counted(asked: AskedMonth) -> None:
    """Those that count, as far as the link narrows them."""
    chosen = SLICES.chosen(OF_COUNTED)
    cut = cut_of(
        asked.month,
        asked.zone,
        day=chosen.get("of_day", ""),
        bot=word_from(chosen.get("of_bot")),
        channel=word_from(chosen.get("of_channel")),
        use=chosen.get("use", ""),
    )
    trail = trail_of(("counted", asked.month, tuple(chosen.items())))
    page = loading.counted(cut, trail[-1], asked.as_of, limit=PAGE_ROWS)
    SLICES.show(chosen)
    if not page.rows:
        st.info("No conversation counts here.", icon=":material/filter_alt_off:")
        return
    _table(page.rows, asked.zone, "Why it counts", key="counted_rows", is_counted=True)
    count, _ = loading.how_many(cut, asked.as_of)
    leaf(trail, page.next, say_leaf(len(trail), len(page.rows), count))


def show_uncounted(found: Month, asked: AskedMonth) -> None:
    """Those that began in the month and do not count in it: why not, and which."""
    if not found.not_counted:
        st.success(
            "Every conversation that began in this month counts in it.",
            icon=":material/check_circle:",
        )
        return
    _reasons(found.not_counted)
    chosen = SLICES.chosen(OF_UNCOUNTED)
    cut = cut_of(asked.month, asked.zone, why=chosen.get("why_not", ""))
    trail = trail_of(("uncounted", asked.month, tuple(chosen.items())))
    page = loading.uncounted(cut, asked.zone, trail[-1], asked.as_of, limit=PAGE_ROWS)
    SLICES.show(chosen)
    if not page.rows:
        st.info("No conversation here.", icon=":material/filter_alt_off:")
        return
    _table(page.rows, asked.zone, "Why it does not count", key="uncounted_rows", is_counted=False)
    _, count = loading.how_many(cut, asked.as_of)
    leaf(trail, page.next, say_leaf(len(trail), len(page.rows), count))


def _reasons(counts: Mapping[str, int]) -> None:
    show_table(
        "why_not_table",
        {
            "why": text("Why it does not count", [NOT_USES[why] for why in counts]),
            "count": listing(
                "Conversations",
                "why_not_click",
                [number(count) for count in counts.values()],
                UNCOUNTED,
                "why_not",
                list(counts),
                help="Lists these conversations below.",
            ),
        },
        about="Conversations that do not count, by the reason",
    )


def _table(rows: Sequence[Mapping[str, Any]], zone: str, why: str, *, key: str, is_counted: bool) -> None:
    bots = [row["invoked_bot"] for row in rows]
    show_table(
        key,
        {
            "conversation": conversations(
                [(row["source"], row["conversation_id"]) for row in rows], alignment="left", width=190, pinned=True
            ),
            "invoked": moments(
                "Bot invoked" if is_counted else "Began",
                [row["invoked_ms" if is_counted else "started_ms"] for row in rows],
                zone,
                width=170,
            ),
            "bot": text("Bot", bots, width=90) if is_counted or any(bots) else None,
            "channel": text("Channel", [channel_label(row["channel"]) for row in rows], width=90),
            "why": text(why, [row["why"] for row in rows], width=460),
        },
        about=f"Conversations, the latest first: {why.lower()}",
        height="content",
    )
