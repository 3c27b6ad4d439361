"""Escalations by reason, topic, bot, channel or queue: how many, how long until, how long they waited, how they felt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from metrics.figures import Rate, Totals
from metrics.questions import value_of
from pages.components import loaders
from pages.components.bars import rate_bar, show_bars
from pages.components.drill import opening
from pages.components.formats import INTERVAL, number, share, span, spread
from pages.components.period import WITHOUT, Asked
from pages.components.tables import SENTIMENT, SMALL, shaded

COLUMN = st.column_config
WANTED = ("escalation_time", "escalation_turns", "wait_after_escalation", "never_accepted_rate", "average_sentiment")
WORDS = {"Reason": "reason", "Topic": "topic", "Bot": "bot", "Channel": "channel", "Queue": "queue"}
MOST_BARS = 12


def show_by_word(asked: Asked) -> None:
    """Choose the word; then bars, and the table behind them."""
    chosen = st.segmented_control(
        "By", tuple(WORDS), default="Reason", key="by", bind="query-params", required=True, label_visibility="collapsed"
    )
    word = WORDS[chosen or "Reason"]
    found = loaders.by_word(word, replace(asked.filters, outcomes=("escalated",)), asked.as_of, WANTED)
    ranked = sorted(found.items(), key=lambda item: (-item[1].escalated, item[0]))
    whole = sum(totals.escalated for totals in found.values())
    _bars(ranked[:MOST_BARS], whole, word)
    _table(dict(ranked), whole, word, chosen or "Reason")
    more = f" The bars show the first {MOST_BARS} of {number(len(ranked))}." if len(ranked) > MOST_BARS else ""
    st.caption(f"Shares of {number(whole)} escalated conversations, with their {INTERVAL}.{more}")


def _bars(ranked: list[tuple[str, Totals]], whole: int, word: str) -> None:
    bars = [rate_bar(name or WITHOUT, Rate(totals.escalated, whole)) for name, totals in ranked]
    show_bars(bars, key="escalated_by", about=f"Escalated conversations by {word}", colour=2)


def _table(found: Mapping[str, Totals], whole: int, word: str, heading: str) -> None:
    shares = [Rate(totals.escalated, whole) for totals in found.values()]
    frame = pd.DataFrame(
        {
            "name": [name or WITHOUT for name in found],
            "list": [number(totals.escalated) for totals in found.values()],
            "share": [share(rate.value) for rate in shares],
            "interval": [spread(rate) for rate in shares],
            "time": [span(totals.escalation_time.mean_seconds) for totals in found.values()],
            "turns": [totals.escalation_turns.mean for totals in found.values()],
            "wait": [span(totals.wait_after_escalation.median_seconds) for totals in found.values()],
            "wait_p90": [span(totals.wait_after_escalation.p90_seconds) for totals in found.values()],
            "longest": [span(totals.wait_after_escalation.longest_seconds) for totals in found.values()],
            "never": [share(totals.never_accepted_rate.value) for totals in found.values()],
            "sentiment": [value_of(totals.average_sentiment) for totals in found.values()],
        }
    )
    small = {name or WITHOUT for name, totals in found.items() if totals.escalated < SMALL}
    st.dataframe(
        shaded(frame, "name", small),
        key="escalated_table",
        hide_index=True,
        height="content" if len(found) <= 15 else 560,
        alt=f"Escalated conversations by {word}",
        column_config={
            "name": COLUMN.TextColumn(heading, width=170),
            "list": opening(
                "Escalated",
                "escalated_click",
                [("escalated", {word: name or WITHOUT}) for name in found],
                help="Opens these conversations.",
            ),
            "share": COLUMN.TextColumn("Share", alignment="right"),
            "interval": COLUMN.TextColumn(INTERVAL, alignment="right"),
            "time": COLUMN.TextColumn("Time to it", alignment="right", help="Mean, with the deciding bot, up to the request."),
            "turns": COLUMN.NumberColumn("Messages before it", format="%.1f", help="Mean, of the customer, to the deciding bot."),
            "wait": COLUMN.TextColumn("Wait, median", alignment="right"),
            "wait_p90": COLUMN.TextColumn("Wait, p90", alignment="right"),
            "longest": COLUMN.TextColumn("Longest wait", alignment="right"),
            "never": COLUMN.TextColumn("Never accepted", alignment="right"),
            "sentiment": SENTIMENT,
        },
    )
    if small:
        st.caption(f"Grey: fewer than {SMALL} escalated, too few to judge.")
