"""Suggestions by agent, bot, queue, channel or topic, and over time. Every count opens its conversations."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from metrics.assist.figures import AssistTotals
from metrics.catalogue import find_metric
from metrics.channels import channel_label
from metrics.questions import Group, counted
from pages.components.assist import loading
from pages.components.assist.asking import lead_of, narrowed_to
from pages.components.bars import MOST_BARS, rate_bar, show_bars
from pages.components.choose import choose_among
from pages.components.drill import Choices, opening
from pages.components.formats import INTERVAL, number, span, spread
from pages.components.period import WITHOUT, Asked
from pages.components.tables import SMALL, Column, figures, metric_column, show_table, text
from pages.components.trends import show_figure

BY = {"Agent": "agent", "Bot": "bot", "Queue": "queue", "Channel": "channel", "Topic": "topic"}
COUNTS = {
    "suggestions_shown": "Shown",
    "suggestions_used": "Used",
    "suggestions_dismissed": "Dismissed",
    "suggestions_ignored": "Ignored",
}


def show_groups(asked: Asked) -> None:
    """Choose what they are told apart by; then who uses how much of them, and all of it in a table."""
    by = BY[choose_among("By", BY, name="assist_by")]
    rows = loading.by_word(asked.filters, by, asked.as_of)
    names = [_name(by, row.word) for row in rows]
    few = [row.totals.suggestions_shown < SMALL for row in rows]
    bars = [
        rate_bar(name, row.totals.suggestions_used, is_small=is_small)
        for name, row, is_small in zip(names, rows, few, strict=True)
    ]
    show_bars(bars[:MOST_BARS], key="assist_bars", about=f"Suggestions used by {by}")
    _table(rows, names, few, by, asked)
    grey = f" Grey: fewer than {SMALL} shown, too few to judge." if any(few) else ""
    st.caption(
        "The bars show the share that was used, with how many that is. Suggestions of one conversation count each; the list "
        f"has the conversation once.{grey}"
    )


def show_trend(asked: Asked) -> None:
    """One figure over time, with the numbers behind the line."""
    show_figure(
        asked,
        [find_metric(key) for key in (*COUNTS, "time_to_use", "suggestion_reach")],
        default="suggestions_used",
        read=lambda grain: loading.trend(asked.filters, grain, asked.as_of),
        beside={"suggestions_shown": "Shown"},
        lead=lambda figure, choices: lead_of(figure, asked, choices),
    )


def _table(rows: Sequence[Group[AssistTotals]], names: Sequence[str], few: Sequence[bool], by: str, asked: Asked) -> None:
    within: list[Choices] = [narrowed_to(by, row.word) for row in rows]
    totals = [row.totals for row in rows]

    def opens(key: str) -> Column:
        leads, about = [lead_of(key, asked, choices) for choices in within], find_metric(key).definition
        numbers = [number(counted(getattr(each, key))) for each in totals]
        return opening(COUNTS[key], f"{key}_click", numbers, leads, help=f"{about} Opens their conversations.")

    def said(label: str, key: str) -> Column:
        return metric_column(find_metric(key), totals, label)

    show_table(
        "assist_table",
        {
            "name": text(by.capitalize(), names, width=170),
            "suggestions_shown": opens("suggestions_shown"),
            "conversations": opening(
                "Conversations",
                "assist_conversations_click",
                [number(each.num_conversations) for each in totals],
                [lead_of("suggestions_shown", asked, choices) for choices in within],
                help="Conversations with one of them.",
            ),
            "used_share": said("Used, share", "suggestions_used"),
            "interval": figures(INTERVAL, [spread(each.suggestions_used) for each in totals]),
            **{key: opens(key) for key in COUNTS if key != "suggestions_shown"},
            "by_event": said("By event", "suggestions_used_by_event"),
            "by_words": said("By words", "suggestions_used_by_words"),
            "time": figures(
                "Time to use, median",
                [span(each.time_to_use.median_seconds) for each in totals],
                help=find_metric("time_to_use").definition,
            ),
            "p90": figures("p90", [span(each.time_to_use.p90_seconds) for each in totals]),
        },
        about=f"Suggestions to agents by {by}, the most shown first",
        few=few,
    )


def _name(by: str, word: str) -> str:
    return (channel_label(word) if by == "channel" else word) or WITHOUT
