"""A month's bot sessions by bot, channel and reason, and months side by side. Every number opens its conversations."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from metrics.bot_sessions.questions import Month
from metrics.bot_sessions.words import USES
from metrics.channels import channel_label
from metrics.figures import Rate
from pages.components.bars import MOST_BARS, rate_bar, show_bars
from pages.components.bot_sessions import loading
from pages.components.bot_sessions.asking import COUNTED, AskedMonth, listing, month_name, word_of
from pages.components.charts import counts_chart
from pages.components.formats import NOTHING, number, share
from pages.components.tables import figures, show_table, text


def show_cuts(found: Month) -> None:
    """By bot, by channel, and why they count. Each sums to what is used."""
    if not found.used:
        st.info("No conversation counts in this month.", icon=":material/filter_alt_off:")
        return
    left, right = st.columns(2)
    with left:
        _show_cut("Bot", {word: word_of(word) for word in found.by_bot}, found.by_bot, found.used, "of_bot")
        st.caption("A conversation belongs to the bot that was invoked first, so that the bots sum to what is used.")
    with right:
        channels = {word: word_of(channel_label(word)) for word in found.by_channel}
        _show_cut("Channel", channels, found.by_channel, found.used, "of_channel")
    _table("Why it counts", {use: USES[use] for use in found.by_use}, found.by_use, found.used, "use")


def _show_cut(title: str, names: Mapping[str, str], counts: Mapping[str, int], used: int, name: str) -> None:
    first = list(counts.items())[:MOST_BARS]
    bars = [rate_bar(names[word], Rate(count, used), has_interval=False) for word, count in first]
    show_bars(bars, key=f"bars_{name}", about=f"Bot sessions by {title.lower()}")
    _table(title, names, counts, used, name)


def _table(title: str, names: Mapping[str, str], counts: Mapping[str, int], used: int, name: str) -> None:
    values = list(names) if name == "use" else [word_of(word) for word in names]
    used_by = [number(counts[word]) for word in names]
    show_table(
        f"table_{name}",
        {
            "name": text(title, list(names.values())),
            "used": listing("Used", f"click_{name}", used_by, COUNTED, name, values, help="Opens these conversations."),
            "share": figures("Share", [share(counts[word] / used) for word in names]),
        },
        about=f"Bot sessions: {title.lower()}",
    )


def show_months(asked: AskedMonth) -> None:
    """Every month there is, the latest first: what it used of what it was entitled to."""
    found = loading.past(tuple(asked.months), asked.as_of)
    if len(found) > 1:
        counts_chart({each.month: each.used for each in reversed(found)}, label="Bot sessions used", key="months")
    show_table(
        "months_table",
        {
            "month": text(
                "Month",
                [month_name(each.month) + (", so far" if each.month == asked.months[0] else "") for each in found],
            ),
            "used": listing(
                "Used",
                "month_click",
                [number(each.used) for each in found],
                COUNTED,
                "month",
                [each.month for each in found],
                help="Opens this month and its conversations.",
            ),
            "entitled": figures("Entitled", [NOTHING if each.entitled is None else number(each.entitled) for each in found]),
            "left": figures(
                "Left",
                [NOTHING if each.left is None else number(each.left) for each in found],
                help="Expires with the month; nothing is carried over.",
            ),
            "share": figures("Share used", [share(each.share) for each in found]),
            "over": figures(
                "Too many",
                [NOTHING if each.entitled is None else number(max(0, each.used - each.entitled)) for each in found],
            ),
        },
        about="Bot sessions of each month, the latest first",
    )
