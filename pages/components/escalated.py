"""Escalations by reason, topic, bot, channel or queue: how many, how long until, how long they waited, how they felt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from metrics.figures import Rate, Totals
from metrics.questions import value_of
from pages.components import loaders
from pages.components.bars import MOST_BARS, rate_bar, show_bars
from pages.components.choose import choose_among
from pages.components.drill import opening
from pages.components.formats import INTERVAL, number, several, share, span
from pages.components.period import WITHOUT, Asked
from pages.components.tables import COLUMN, SMALL, Column, figures, sentiments, share_columns, show_table, text

WANTED = ("escalation_time", "escalation_turns", "wait_after_escalation", "never_accepted_rate", "average_sentiment")
WORDS = {"Reason": "reason", "Topic": "topic", "Bot": "bot", "Channel": "channel", "Queue": "queue"}


def show_by_word(asked: Asked) -> None:
    """Choose the word; then bars, and the table behind them."""
    heading = choose_among("By", WORDS, name="by")
    word = WORDS[heading]
    found = loaders.by_word(word, replace(asked.filters, outcomes=("escalated",)), asked.as_of, WANTED)
    ranked = sorted(found.items(), key=lambda item: (-item[1].escalated, item[0]))
    names, totals = [name or WITHOUT for name, _ in ranked], [each for _, each in ranked]
    whole = sum(each.escalated for each in totals)
    shares = [Rate(each.escalated, whole) for each in totals]
    bars = [rate_bar(name, rate) for name, rate in zip(names, shares, strict=True)]
    show_bars(bars[:MOST_BARS], key="escalated_by", about=f"Escalated conversations by {word}", colour=2)
    _table(names, totals, shares, word, heading)
    more = f" The bars show the first {MOST_BARS} of {number(len(bars))}." if len(bars) > MOST_BARS else ""
    st.caption(f"Shares of {several(whole, 'escalated conversation')}, with their {INTERVAL}.{more}")


def _table(names: Sequence[str], totals: Sequence[Totals], shares: Sequence[Rate], word: str, heading: str) -> None:
    few = [each.escalated < SMALL for each in totals]
    waits = [each.wait_after_escalation for each in totals]
    show_table(
        "escalated_table",
        {
            "name": text(heading, names, width=170),
            "list": opening(
                "Escalated",
                "escalated_click",
                [number(each.escalated) for each in totals],
                [("escalated", {word: name}) for name in names],
                help="Opens these conversations.",
            ),
            **share_columns(shares),
            "time": figures(
                "Time to escalation",
                [span(each.escalation_time.mean_seconds) for each in totals],
                help="Mean, with the deciding bot, up to the request.",
            ),
            "turns": Column(
                [each.escalation_turns.mean for each in totals],
                COLUMN.NumberColumn("Turns before", format="%.1f", help="Messages of the customer to the deciding bot, mean."),
            ),
            "wait": figures("Wait, median", [span(wait.median_seconds) for wait in waits]),
            "wait_p90": figures("Wait, p90", [span(wait.p90_seconds) for wait in waits]),
            "longest": figures("Longest wait", [span(wait.longest_seconds) for wait in waits]),
            "never": figures("Never accepted", [share(each.never_accepted_rate.value) for each in totals]),
            "sentiment": sentiments([value_of(each.average_sentiment) for each in totals]),
        },
        about=f"Escalated conversations by {word}",
        few=few,
    )
    if any(few):
        st.caption(f"Grey: fewer than {SMALL} escalated, too few to judge.")
