"""Calls: the cards, who talks how much, each agent, queue, bot or channel in a table, one figure over time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from metrics.catalogue import find_metric
from metrics.channels import channel_label
from metrics.figures import Totals
from metrics.voice.catalogue import VOICE_CATALOGUE
from metrics.voice.questions import SIDES
from pages.components.cards import show_cards
from pages.components.charts import Part, part_bar, theme_colour
from pages.components.choose import choose_one_or_all
from pages.components.drill import Choices, list_button, opening
from pages.components.empty import show_none_of_kind
from pages.components.formats import number, several, share, span
from pages.components.period import WITHOUT, Asked, natural_grain
from pages.components.tables import SMALL, Column, metric_column, show_table, text
from pages.components.trends import show_figure
from pages.components.voice import loading
from pages.components.voice.strip import NAMES

CARDS = ("calls", "silence_share", "overlap_share", "hold_time", "call_length")
# What a table has a row for: how it is called, and the choice that narrows to a row.
WAYS = {
    "agent": ("Agent", "call_agent"),
    "queue": ("Queue", "call_queue"),
    "bot": ("Bot", "bot"),
    "channel": ("Channel", "channel"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The cut with the agent and the queue that were chosen, and what narrows the conversations behind its numbers to these."""

    asked: Asked
    choices: Choices


def choose_calls(asked: Asked) -> Chosen:
    """Everybody's calls, or those of one agent or queue."""
    known = loading.names(asked.filters, asked.as_of)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        agent = choose_one_or_all("Agent of the call", "All agents", known["agent"], name="with_agent")
        queue = choose_one_or_all("Queue of the call", "All queues", known["queue"], name="call_in")
    filters = replace(asked.filters, call_agents=agent, call_queues=queue)
    choices = {name: words[0] or WITHOUT for name, words in (("call_agent", agent), ("call_queue", queue)) if words}
    return Chosen(replace(asked, filters=filters), choices)


def show_figures(chosen: Chosen) -> bool:
    """The cards of the period and whose talk it was; False where there is no call."""
    asked = chosen.asked
    found = loading.headline(asked.filters, asked.as_of, CARDS)
    if not found.totals.calls:
        show_no_calls(asked)
        return False
    points = loading.trend(asked.filters, natural_grain(asked.filters.window), asked.as_of)
    show_cards(found.cards, found.totals, points, asked, chosen.choices)
    _talk_bar(found.totals, chosen.choices)
    return True


def show_no_calls(asked: Asked) -> None:
    """Why there is none: no conversation in this selection, or no call that says when something was spoken."""
    show_none_of_kind(
        asked,
        replace(asked.filters, call_agents=(), call_queues=()),
        "No call of this selection says when something was spoken, and for how long.",
        "Transcriptions of Azure Speech say so by themselves; a bot on a voice channel does with channelData.speech, as "
        "docs/voice.md shows.",
        icon=":material/phone_disabled:",
        title="No call here",
    )


def _talk_bar(totals: Totals, choices: Choices) -> None:
    """Whose talk it was, as one bar that sums to all of it."""
    shares = {side: getattr(totals, f"talk_share_{side}") for side in SIDES}
    said = {side: f"{NAMES[side][0]} {share(part.value)}, {span(part.part_ms / 1000)}" for side, part in shares.items()}
    parts = [
        Part(NAMES[side][0], part.value or 0.0, theme_colour(NAMES[side][1] or 0), said[side]) for side, part in shares.items()
    ]
    part_bar(parts, key="talk", about=f"Talk: {'; '.join(said.values())}")
    with st.container(horizontal=True, gap="medium"):
        for side, part in shares.items():
            list_button(
                f"{said[side]} · {several(part.num_calls, 'call')}",
                f"open_talk_{side}",
                (f"talk_share_{side}", choices),
                disabled=not part.num_calls,
                help=f"{find_metric(f'talk_share_{side}').definition} Lists these calls.",
            )


def show_by(chosen: Chosen, way: str) -> None:
    """Each agent, queue, bot or channel in a row; its numbers of calls open these."""
    asked, (title, choice) = chosen.asked, WAYS[way]
    rows = loading.by_word(asked.filters, way, asked.as_of)
    words = [row.word or WITHOUT for row in rows]
    names = [channel_label(word) for word in words] if way == "channel" else words
    totals = [row.totals for row in rows]
    few = [each.calls < SMALL for each in totals]
    leads = [{**chosen.choices, choice: word} for word in words]

    def opens(label: str, key: str) -> Column:
        numbers, about = [number(getattr(each, key)) for each in totals], f"{find_metric(key).definition} Opens them."
        return opening(label, f"{way}_{key}_click", numbers, [(key, lead) for lead in leads], help=about)

    def said(label: str, key: str, width: int | None = None) -> Column:
        return metric_column(find_metric(key), totals, label, width=width)

    show_table(
        f"by_{way}",
        {
            "name": text(title, names, width=146),
            "calls": opens("Calls", "calls"),
            **{f"talk_share_{side}": said(NAMES[side][0], f"talk_share_{side}") for side in SIDES},
            "silence_share": said("Silence", "silence_share"),
            "longest_silence": said("Longest", "longest_silence"),
            "overlap_share": said("Overlap", "overlap_share"),
            "held_calls": opens("On hold", "held_calls"),
            "hold_time": said("Hold", "hold_time", width=70),
            "call_length": said("Length", "call_length", width=80),
            "pace_agent": said("Words/min", "pace_agent"),
        },
        about=f"Calls by {title.lower()}, the most calls first",
        few=few,
    )
    grey = f" Grey: fewer than {SMALL} calls, too few to judge." if any(few) else ""
    st.caption(f"Shares of all time of a row's calls together; means of the longest silence, of hold and of length.{grey}")


def show_trend(chosen: Chosen) -> None:
    """One figure of the calls over time, with the numbers behind the line."""
    asked = chosen.asked
    show_figure(
        asked,
        VOICE_CATALOGUE,
        default="silence_share",
        read=lambda grain: loading.trend(asked.filters, grain, asked.as_of),
        beside={"calls": "Calls"},
        lead=lambda figure, choices: (figure, {**choices, **chosen.choices}),
    )
