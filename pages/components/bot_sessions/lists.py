"""The conversations of a month: those that count as bot sessions and those that do not, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from metrics.bot_session_lists import cut_of
from metrics.bot_session_words import NOT_USES
from metrics.bot_sessions import Month
from metrics.channels import channel_label
from pages.components.bot_sessions import loading
from pages.components.bot_sessions.asking import (
    OF_COUNTED,
    OF_UNCOUNTED,
    UNCOUNTED,
    Asked,
    listing,
    show_slices,
    slices,
    word_from,
)
from pages.components.formats import number
from pages.components.paging import PAGE_ROWS, leaf, trail_of
from pages.components.tables import address_of

COLUMN = st.column_config


def show_counted(asked: Asked) -> None:
    """Those that count, as far as the link narrows them."""
    chosen = slices(OF_COUNTED)
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
    show_slices(chosen)
    if not page.rows:
        st.info("No conversation counts here.", icon=":material/filter_alt_off:")
        return
    _table(page.rows, asked.zone, "Why it counts", key="counted_rows", is_counted=True)
    count, _ = loading.how_many(cut, asked.as_of)
    leaf(trail, page.next, _said(len(trail), len(page.rows), count))


def show_uncounted(found: Month, asked: Asked) -> None:
    """Those that began in the month and do not count in it: why not, and which."""
    if not found.not_counted:
        st.success(
            "Every conversation that began in this month counts in it.",
            icon=":material/check_circle:",
        )
        return
    _reasons(found.not_counted)
    chosen = slices(OF_UNCOUNTED)
    cut = cut_of(asked.month, asked.zone, why=chosen.get("why_not", ""))
    trail = trail_of(("uncounted", asked.month, tuple(chosen.items())))
    page = loading.uncounted(cut, asked.zone, trail[-1], asked.as_of, limit=PAGE_ROWS)
    show_slices(chosen)
    if not page.rows:
        st.info("No conversation here.", icon=":material/filter_alt_off:")
        return
    _table(page.rows, asked.zone, "Why it does not count", key="uncounted_rows", is_counted=False)
    _, count = loading.how_many(cut, asked.as_of)
    leaf(trail, page.next, _said(len(trail), len(page.rows), count))


def _reasons(counts: Mapping[str, int]) -> None:
    frame = pd.DataFrame({"why": [NOT_USES[why] for why in counts], "count": [number(count) for count in counts.values()]})
    st.dataframe(
        frame,
        key="why_not_table",
        hide_index=True,
        height="content",
        alt="Conversations that do not count, by the reason",
        column_config={
            "why": COLUMN.TextColumn("Why it does not count"),
            "count": listing(
                "Conversations", "why_not_click", UNCOUNTED, "why_not", list(counts), help="Lists these conversations below."
            ),
        },
    )


def _table(rows: Sequence[Mapping[str, Any]], zone: str, why: str, *, key: str, is_counted: bool) -> None:
    def times(name: str) -> Any:
        return pd.to_datetime([row[name] for row in rows], unit="ms", utc=True).tz_convert(zone)

    frame = pd.DataFrame(
        {
            "conversation": [address_of(row["source"], row["conversation_id"]) for row in rows],
            "invoked": times("invoked_ms" if is_counted else "started_ms"),
            "bot": [row["invoked_bot"] for row in rows],
            "channel": [channel_label(row["channel"]) for row in rows],
            "why": [row["why"] for row in rows],
        }
    )
    st.dataframe(
        frame if is_counted or any(frame["bot"]) else frame.drop(columns="bot"),
        key=key,
        hide_index=True,
        height="content",
        alt=f"Conversations, the latest first: {why.lower()}",
        column_config={
            "conversation": COLUMN.LinkColumn(
                "Conversation", display_text=r"conversation=[^:&]*:([^&]*)", alignment="left", width=190, pinned=True
            ),
            "invoked": COLUMN.DatetimeColumn("Bot invoked" if is_counted else "Began", format="D MMM YYYY, HH:mm:ss", width=170),
            "bot": COLUMN.TextColumn("Bot", width=90),
            "channel": COLUMN.TextColumn("Channel", width=90),
            "why": COLUMN.TextColumn(why, width=460),
        },
    )


def _said(page: int, rows: int, count: int) -> str:
    first = PAGE_ROWS * (page - 1)
    return f"{number(first + 1)}–{number(first + rows)} of {number(count)}, latest first."
