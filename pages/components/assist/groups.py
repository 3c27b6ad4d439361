"""Suggestions by agent, bot, queue, channel or topic, and over time. Every count opens its conversations."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from metrics.assist_catalogue import find_assist_metric
from metrics.assists import AssistRow
from metrics.channels import channel_label
from pages.components.assist import loading
from pages.components.assist.asking import lead_of, narrowed_to
from pages.components.bars import rate_bar, show_bars
from pages.components.charts import theme, trend_chart
from pages.components.choose import choose_figure, choose_grain
from pages.components.drill import Choices, opening
from pages.components.formats import INTERVAL, number, share, span, spread
from pages.components.period import WITHOUT, Asked, natural_grain
from pages.components.tables import SMALL, shaded, trend_table

COLUMN = st.column_config
BY = {"Agent": "agent", "Bot": "bot", "Queue": "queue", "Channel": "channel", "Topic": "topic"}
MOST_BARS = 12
COUNTS = {
    "suggestions_shown": "Shown",
    "suggestions_used": "Used",
    "suggestions_dismissed": "Dismissed",
    "suggestions_ignored": "Ignored",
}
FIGURES = ("suggestions_used", *(key for key in COUNTS if key != "suggestions_used"), "time_to_use")


def show_groups(asked: Asked) -> None:
    """Choose what they are told apart by; then who uses how much of them, and all of it in a table."""
    chosen = st.segmented_control(
        "By", tuple(BY), default="Agent", key="assist_by", bind="query-params", required=True, label_visibility="collapsed"
    )
    by = BY[chosen or "Agent"]
    rows = loading.by_word(asked.filters, by, asked.as_of)
    names = [_name(by, row.word) for row in rows]
    small = {name for name, row in zip(names, rows, strict=True) if row.totals.suggestions_shown < SMALL}
    bars = [
        rate_bar(name, row.totals.suggestions_used, colour=theme("grayColor") if name in small else None)
        for name, row in list(zip(names, rows, strict=True))[:MOST_BARS]
    ]
    show_bars(bars, key="assist_bars", about=f"Suggestions used by {by}")
    _table(rows, names, small, by, asked)
    grey = f" Grey: fewer than {SMALL} shown, too few to judge." if small else ""
    st.caption(
        "The bars show the share that was used, with how many that is. Suggestions of one conversation count each; the list "
        f"has the conversation once.{grey}"
    )


def show_trend(asked: Asked) -> None:
    """One figure over time, with the numbers behind the line."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = choose_figure(FIGURES, default=FIGURES[0], label_of=lambda each: find_assist_metric(each).label)
        grain = choose_grain(natural_grain(asked.filters.window))
    points = loading.trend(asked.filters, grain, asked.as_of)
    trend_chart(points, find_assist_metric(key))
    with st.expander("Table", icon=":material/table:"):
        trend_table(
            points,
            find_assist_metric(key),
            beside="suggestions_shown",
            beside_label="Shown",
            lead=lambda figure, choices: lead_of(figure, asked, choices),
        )


def _table(rows: Sequence[AssistRow], names: Sequence[str], small: set[str], by: str, asked: Asked) -> None:
    within: list[Choices] = [narrowed_to(by, row.word) for row in rows]
    counts = {key: [_count(row, key) for row in rows] for key in COUNTS}
    frame = pd.DataFrame(
        {
            "name": names,
            "suggestions_shown": counts["suggestions_shown"],
            "conversations": [number(row.totals.num_conversations) for row in rows],
            "used_share": [share(row.totals.suggestions_used.value) for row in rows],
            "interval": [spread(row.totals.suggestions_used) for row in rows],
            **{key: each for key, each in counts.items() if key != "suggestions_shown"},
            "by_event": [share(row.totals.suggestions_used_by_event.value) for row in rows],
            "by_words": [share(row.totals.suggestions_used_by_words.value) for row in rows],
            "time": [span(row.totals.time_to_use.median_seconds) for row in rows],
            "p90": [span(row.totals.time_to_use.p90_seconds) for row in rows],
        }
    )
    st.dataframe(
        shaded(frame, "name", small),
        key="assist_table",
        hide_index=True,
        height="content" if len(rows) <= 15 else 560,
        alt=f"Suggestions to agents by {by}, the most shown first",
        column_config={
            "name": COLUMN.TextColumn(by.capitalize(), width=170),
            **{
                key: opening(
                    label,
                    f"{key}_click",
                    [lead_of(key, asked, choices) for choices in within],
                    help=f"{find_assist_metric(key).definition} Opens their conversations.",
                )
                for key, label in COUNTS.items()
            },
            "conversations": opening(
                "Conversations",
                "assist_conversations_click",
                [lead_of("suggestions_shown", asked, choices) for choices in within],
                help="Conversations with one of them.",
            ),
            "used_share": _text("Used, share", "suggestions_used"),
            "interval": COLUMN.TextColumn(INTERVAL, alignment="right"),
            "by_event": _text("By event", "suggestions_used_by_event"),
            "by_words": _text("By words", "suggestions_used_by_words"),
            "time": _text("Time to use, median", "time_to_use"),
            "p90": COLUMN.TextColumn("p90", alignment="right"),
        },
    )


def _text(label: str, key: str) -> object:
    return COLUMN.TextColumn(label, alignment="right", help=find_assist_metric(key).definition)


def _count(row: AssistRow, key: str) -> str:
    figure = getattr(row.totals, key)
    return number(figure if isinstance(figure, int) else figure.numerator)


def _name(by: str, word: str) -> str:
    return (channel_label(word) if by == "channel" else word) or WITHOUT
