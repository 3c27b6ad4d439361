"""The cards of suggestions, what became of them, and what is said where there are none."""

from __future__ import annotations

import streamlit as st

from metrics.assist.catalogue import Suggested
from metrics.assist.figures import AssistTotals
from metrics.figures import Rate
from pages.components.assist import loading
from pages.components.assist.asking import lead_of, lead_to
from pages.components.bars import rate_bar, show_bars
from pages.components.cards import show_cards
from pages.components.drill import opening
from pages.components.empty import say_stale, show_none_of_kind
from pages.components.formats import number
from pages.components.period import Asked, natural_grain
from pages.components.tables import share_columns, show_table, text

CARDS = ("suggestions_shown", "suggestions_used", "suggestions_dismissed", "time_to_use", "suggestion_reach")
# What became of suggestions, by the kind of conversations behind it: each suggestion is in one of the first five.
FATES = {
    Suggested.BOTH: "Used: an event says so, and the agent's next message repeats it",
    Suggested.ONLY_EVENT: "Used: only an event says so",
    Suggested.ONLY_WORDS: "Used: only the agent's next message tells",
    Suggested.DISMISSED: "Dismissed: an event says so",
    Suggested.IGNORED: "Ignored: nothing tells of use or dismissal",
}


def show_figures(asked: Asked) -> AssistTotals | None:
    """The cards of the period; None where there is no suggestion."""
    found = loading.headline(asked.filters, asked.as_of, CARDS)
    if loading.is_stale(asked.filters, asked.as_of):
        say_stale("suggestions")
    if not found.totals.suggestions_shown:
        _show_none(asked, found.totals)
        return None
    points = loading.trend(asked.filters, natural_grain(asked.filters.window), asked.as_of)
    show_cards(found.cards, found.totals, points, asked, leads={figure: lead_of(figure, asked) for figure in CARDS})
    return found.totals


def show_fates(totals: AssistTotals, asked: Asked) -> None:
    """Each suggestion once: used, by what tells it, dismissed or ignored; then how far the words were repeated."""
    counts = {
        Suggested.BOTH: totals.both,
        Suggested.ONLY_EVENT: totals.only_event,
        Suggested.ONLY_WORDS: totals.only_words,
        Suggested.DISMISSED: totals.dismissed,
        Suggested.IGNORED: totals.ignored,
    }
    rates = {kind: Rate(count, totals.suggestions_shown) for kind, count in counts.items()}
    show_bars(
        [rate_bar(FATES[kind].partition(":")[0] + _BY[kind], rate) for kind, rate in rates.items()], key="fates", about=_SAID
    )
    _table({FATES[kind]: (kind, rate) for kind, rate in rates.items()}, asked, key="fates_table", about=_SAID)
    repeated = {
        "Used, and repeated word for word": (Suggested.EXACT, Rate(totals.exact, totals.used)),
        "Used, and nearly repeated": (Suggested.NEAR, Rate(totals.near, totals.used)),
    }
    if totals.used:
        _table(repeated, asked, key="repeats_table", about="How far the used ones were repeated", of="used")
    st.caption(
        "An event of the platform beats what the words tell. Word for word: the same words in the same order. Nearly: the whole "
        "suggestion within a longer message, or three fifths of the words that either has. Several suggestions of one "
        "conversation count each; the list has the conversation once."
    )


_SAID = "What became of suggestions"
_BY = {
    Suggested.BOTH: ", by both",
    Suggested.ONLY_EVENT: ", event only",
    Suggested.ONLY_WORDS: ", words only",
    Suggested.DISMISSED: "",
    Suggested.IGNORED: "",
}


def _table(rows: dict[str, tuple[str, Rate]], asked: Asked, *, key: str, about: str, of: str = "shown") -> None:
    rates = [rate for _, rate in rows.values()]
    show_table(
        key,
        {
            "what": text(about, list(rows), width=430),
            "count": opening(
                "Suggestions",
                f"{key}_click",
                [number(rate.numerator) for rate in rates],
                [lead_to(kind, asked) for kind, _ in rows.values()],
                help="Opens their conversations.",
            ),
            **share_columns(rates, f"Share of {of}"),
        },
        about=about,
    )


def _show_none(asked: Asked, totals: AssistTotals) -> None:
    """Why there is none: no conversation here, none that a person served, or none with a suggestion."""
    served = f"In {number(totals.served)} of them a person served the customer." if totals.served else "No person served any."
    show_none_of_kind(
        asked,
        asked.filters.without_assisted(),
        f"No closed conversation of this selection has a suggestion to an agent. {served}",
        "Suggestions appear here when a bot writes a message that only the agent sees, while the agent has the conversation: a "
        "message with channelData.tags “private”. What became of it is told by events such as suggestion.used and "
        "suggestion.dismissed, or by what the agent writes next; docs/smart-assist.md shows both.",
        icon=":material/tips_and_updates:",
        title="No suggestion here",
    )
