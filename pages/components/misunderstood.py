"""What customers wrote when the bot did not understand: in groups, by bot, by topic, over time. Their words stay text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from metrics.figures import Rate
from metrics.misunderstood import TIME, Group, Misunderstood
from pages.components import loaders
from pages.components.bars import MOST_BARS, rate_bar, show_bars
from pages.components.charts import counts_chart
from pages.components.choose import choose_among
from pages.components.drill import Choices, opening
from pages.components.empty import say_stale
from pages.components.formats import INTERVAL, buckets, moment, number, several, share, spread
from pages.components.period import WITHOUT, Asked, link_of_filters, natural_grain
from pages.components.tables import COLUMN, Column, counts, figures, show_table, text

BY = {"What they wrote": "words", "Bot": "bot", "Topic": "topic", "Time": TIME}
SLICE = {"bot": "of_bot", "topic": "of_topic"}
NOTHING_WRITTEN = "(nothing written)"
MOST_NAMED = 5  # bots in a sentence


def show_misunderstood(asked: Asked) -> None:
    """Choose how they are told apart; then bars, or a course of time, and the table behind."""
    by = BY[choose_among("By", BY, name="missed_by")]
    found = loaders.not_understood(asked.filters, by, natural_grain(asked.filters.window), asked.as_of)
    if found.is_stale:
        say_stale("what bots did not understand")
    if not found.num_turns:
        _all_understood()
        return
    if by == TIME:
        _course(found)
    elif by == "words":
        _words(found, asked.filters.tz)
    else:
        _by_word(found, by)
    _rests_on(found, asked, rule=_RULE if by == "words" else "")
    _silent_bots(found, asked)
    link = {**link_of_filters(), "table": "fallbacks"}
    st.page_link("export.py", label="Export these messages", icon=":material/download:", query_params=link)


def _words(found: Misunderstood, tz: str) -> None:
    names = [_said(group) for group in found.groups]
    _bars(found, names, "Messages not understood")
    groups = found.groups
    also = "Other messages of the group, the newest first."
    more = {
        "also": text("Also", [_also(group) for group in groups], width=300, help=also),
        "bots": text("Bots", [_counts(group.bots) for group in groups], width=150),
        "topics": text("Topics", [_counts(group.topics) for group in groups], width=200),
        "newest": text("Newest", [moment(group.newest_ms, tz) for group in groups], width=150),
    }
    _table(found, names, more, heading="Customers wrote", opens=[{"said": group.name} for group in groups])


def _by_word(found: Misunderstood, by: str) -> None:
    names = [group.key or WITHOUT for group in found.groups]
    _bars(found, names, f"Turns not understood by {by}")
    _table(found, names, {}, heading=by.capitalize(), opens=[{"misunderstood": "yes", SLICE[by]: name} for name in names])


def _course(found: Misunderstood) -> None:
    turns = {group.key: group.num_turns for group in found.groups}
    counts_chart({key: turns.get(key, 0) for key in found.buckets}, label="Turns not understood", key="missed_course")
    with st.expander("Table", icon=":material/table:"):
        show_table(
            "missed_course_table",
            {
                "bucket": text("Time", buckets([group.key for group in found.groups])),
                "turns": counts("Turns", [group.num_turns for group in found.groups]),
                "list": _conversations(
                    "missed_course_click",
                    found.groups,
                    [{"misunderstood": "yes", "bucket": group.key} for group in found.groups],
                ),
                **_escalated(found.groups),
            },
            about="Turns not understood by bucket of time",
            height="auto",
        )


def _conversations(click: str, groups: Sequence[Group], opens: Sequence[Choices]) -> Column:
    """The column of numbers that open their conversations."""
    numbers, leads = [number(group.escalated.denominator) for group in groups], [("closed", choices) for choices in opens]
    return opening("Conversations", click, numbers, leads, help="Opens these conversations.", width=120)


def _escalated(groups: Sequence[Group]) -> dict[str, Column]:
    said = "Share of these conversations in which a human was asked for after it."
    return {
        "escalated": figures("Escalated after", [share(group.escalated.value) for group in groups], help=said),
        "interval": figures(INTERVAL, [spread(group.escalated) for group in groups]),
    }


def _bars(found: Misunderstood, names: Sequence[str], label: str) -> None:
    first = list(zip(names, found.groups, strict=True))[:MOST_BARS]
    bars = [rate_bar(name, Rate(group.num_turns, found.num_turns), has_interval=False) for name, group in first]
    show_bars(bars, key="missed_by_bars", about=label, colour=4)


def _table(
    found: Misunderstood,
    names: Sequence[str],
    more: Mapping[str, Column],
    *,
    heading: str,
    opens: Sequence[Choices],
) -> None:
    groups = found.groups
    turns = [group.num_turns for group in groups]
    show_table(
        "missed_table",
        {
            "name": text(heading, names, width=280 if more else 170, help=_RULE if more else None),
            "turns": counts("Turns", turns, width=80, help="Messages that the bot did not understand."),
            "list": _conversations("missed_click", groups, opens),
            **_escalated(groups),
            "over_time": Column(
                [list(group.over_time) for group in groups],
                COLUMN.BarChartColumn("Over time", y_min=0, help="Turns from the first to the last of the period."),
            ),
            **more,
        },
        about=f"Turns not understood, by {heading.lower()}",
    )


_RULE = (
    "Messages with the same words belong together, in any order, without articles, pronouns and courtesy; so do those that share "
    "three fifths of their words with the commonest of a group."
)


def _said(group: Group) -> str:
    return group.examples[0] or NOTHING_WRITTEN


def _also(group: Group) -> str:
    return " \u00b7 ".join(text or NOTHING_WRITTEN for text in group.examples[1:])


def _counts(words: Mapping[str, int]) -> str:
    return ", ".join(f"{word or WITHOUT} {number(count)}" for word, count in words.items())


def _rests_on(found: Misunderstood, asked: Asked, *, rule: str) -> None:
    """How much was looked at, and how it was put together."""
    words = f"{several(found.num_turns, 'turn')} of {several(found.num_conversations, 'closed conversation')}."
    if found.since_ms is not None:
        since = moment(found.since_ms, asked.filters.tz)
        words = f"The newest {words} Those that ended before {since} are too many to group: choose a shorter period to see them."
    shown = len(found.groups)
    more = f" The table shows the first {number(shown)} of {number(found.num_groups)} groups." if shown < found.num_groups else ""
    st.caption(f"{words}{more} {rule}")


def _silent_bots(found: Misunderstood, asked: Asked) -> None:
    """Bots of which no such turn is known: they understand everything, or their source does not say."""
    bots = loaders.by_word("bot", asked.filters, asked.as_of, ())
    silent = sorted(bot or WITHOUT for bot, totals in bots.items() if totals.closed and bot not in found.bots)
    if silent and found.since_ms is None:
        named = ", ".join(silent[:MOST_NAMED]) + (
            f" and {number(len(silent) - MOST_NAMED)} more" if len(silent) > MOST_NAMED else ""
        )
        st.text(f"No such turn is known of {named}. {_SOURCES}")


_SOURCES = (
    "A bot's platform says so with a trace UnknownIntent, or the bot itself in words that are known here (English only). "
    "A source that has neither does not tell."
)


def _all_understood() -> None:
    st.info(
        f"No turn that a bot did not understand is known in this selection. {_SOURCES}",
        icon=":material/check_circle:",
        title="Nothing was misunderstood, or nothing tells",
    )
