"""Calls: the cards, who talks how much, each agent, queue, bot or channel in a table, one figure over time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from metrics.catalogue import find_metric
from metrics.channels import channel_label
from metrics.exports import Wanted
from metrics.figures import Totals
from metrics.speech_figures import TimeShare
from metrics.voice import SIDES, VOICE_METRICS, Group
from pages.components import loaders, voice_loaders
from pages.components.cards import show_cards
from pages.components.charts import CONFIG, theme_colour
from pages.components.drill import Choices, open_conversations, opening
from pages.components.empty import show_why_empty
from pages.components.formats import figure_text, number, share, span
from pages.components.linked import linked_choice
from pages.components.period import WITHOUT, Asked, describe, natural_grain
from pages.components.speech import NAMES
from pages.components.tables import SMALL, shaded
from pages.components.too_narrow import clear_filters
from pages.components.trends import show_figure

ALL_AGENTS, ALL_QUEUES = "All agents", "All queues"
CARDS = ("calls", "silence_share", "overlap_share", "hold_time", "call_length")
COLUMN = st.column_config
HOLD, LENGTH = 70, 80  # of columns, in pixels: times of minutes and seconds
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
    known = voice_loaders.names(asked.filters, asked.as_of)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        agent = _choose("Agent of the call", ALL_AGENTS, known["agent"], "with_agent")
        queue = _choose("Queue of the call", ALL_QUEUES, known["queue"], "call_in")
    chosen = {name: word for name, word in (("call_agent", agent), ("call_queue", queue)) if word}
    fields = {f"{name}s": ("" if word == WITHOUT else word,) for name, word in chosen.items()}
    return Chosen(replace(asked, filters=replace(asked.filters, **fields)), chosen)


def _choose(label: str, everything: str, words: list[str], name: str) -> str:
    options = (everything, *(word or WITHOUT for word in words))
    found = linked_choice(label, options, name=name, default=everything, width=240)
    return "" if found == everything else found


def show_figures(chosen: Chosen) -> bool:
    """The cards of the period and whose talk it was; False where there is no call."""
    asked = chosen.asked
    found = voice_loaders.headline(asked.filters, asked.as_of, CARDS)
    if not found.totals.calls:
        show_no_calls(asked)
        return False
    points = voice_loaders.trend(asked.filters, natural_grain(asked.filters.window), asked.as_of)
    show_cards(found.cards, found.totals, points, asked, chosen.choices)
    _talk_bar(found.totals, chosen.choices)
    return True


def show_no_calls(asked: Asked) -> None:
    """Why there is none: no conversation in this selection, or no call that says when something was spoken."""
    anywhere = replace(asked, filters=replace(asked.filters, call_agents=(), call_queues=()))
    wanted = Wanted("conversations", anywhere.filters)
    if not loaders.count_of(wanted, asked.as_of):
        show_why_empty(anywhere, wanted)
        return
    narrowed = describe(asked.filters)
    why = f" The filters ({narrowed}) may leave them out: take one away." if narrowed else " Choose a longer period."
    st.info(
        "No call of this selection says when something was spoken, and for how long."
        + why
        + " Transcriptions of Azure Speech say "
        "so by themselves; a bot on a voice channel does with channelData.speech, as docs/voice.md shows.",
        icon=":material/phone_disabled:",
        title="No call here",
    )
    with st.container(horizontal=True):
        st.button("Show all of history, unfiltered", icon=":material/history:", on_click=clear_filters, key="show_all")
        st.page_link("sources.py", label="Look at the sources", icon=":material/cable:", query_params={})


def _talk_bar(totals: Totals, choices: Choices) -> None:
    """Whose talk it was, as one bar that sums to all of it."""
    chart = go.Figure()
    shares = {side: getattr(totals, f"talk_share_{side}") for side in SIDES}
    for side, part in shares.items():
        name, colour = NAMES[side]
        chart.add_bar(
            x=[part.value or 0], y=[""], orientation="h", name=name, text=[f"{name} {share(part.value, 0)}"],
            textposition="inside", insidetextanchor="middle", textangle=0,
            marker={"color": theme_colour(colour or 0), "line": {"width": 0}},
            hovertemplate=f"{_talked(side, part)}<extra></extra>",
        )  # fmt: skip
    chart.update_layout(barmode="stack", height=34, margin={"l": 0, "r": 0, "t": 0, "b": 0}, showlegend=False, dragmode=False)
    chart.update_xaxes(visible=False, range=[0, 1])
    chart.update_yaxes(visible=False)
    said = [_talked(side, part) for side, part in shares.items()]
    st.plotly_chart(chart, key="talk", config=CONFIG, alt=f"Talk: {'; '.join(said)}")
    with st.container(horizontal=True, gap="medium"):
        for side, part in shares.items():
            st.button(
                f"{_talked(side, part)} · {number(part.num_calls)} calls",
                type="tertiary",
                icon=":material/list:",
                key=f"open_talk_{side}",
                on_click=open_conversations,
                args=(f"talk_share_{side}", choices),
                disabled=not part.num_calls,
                help=f"{find_metric(f'talk_share_{side}').definition} Lists these calls.",
            )


def _talked(side: str, part: TimeShare) -> str:
    return f"{NAMES[side][0]} {share(part.value)}, {span(part.part_ms / 1000)}"


def show_by(chosen: Chosen, way: str) -> None:
    """Each agent, queue, bot or channel in a row; its numbers of calls open these."""
    asked, (title, choice) = chosen.asked, WAYS[way]
    rows = voice_loaders.by_word(asked.filters, way, asked.as_of)
    words = [row.word or WITHOUT for row in rows]
    names = [channel_label(word) for word in words] if way == "channel" else words
    frame = pd.DataFrame([_row(name, row) for name, row in zip(names, rows, strict=True)])
    small = {name for name, row in zip(names, rows, strict=True) if row.totals.calls < SMALL}
    leads = [{**chosen.choices, choice: word} for word in words]

    def opens(label: str, metric: str) -> object:
        about = f"{find_metric(metric).definition} Opens them."
        return opening(label, f"{way}_{metric}_click", [(metric, lead) for lead in leads], help=about)

    def text(label: str, metric: str, width: int | None = None) -> object:
        return COLUMN.TextColumn(label, alignment="right", width=width, help=find_metric(metric).definition)

    st.dataframe(
        shaded(frame, "name", small),
        key=f"by_{way}",
        hide_index=True,
        height="content" if len(rows) <= 15 else 560,
        alt=f"Calls by {title.lower()}, the most calls first",
        column_config={
            "name": COLUMN.TextColumn(title, width=146),
            "calls": opens("Calls", "calls"),
            **{f"talk_share_{side}": text(NAMES[side][0], f"talk_share_{side}") for side in SIDES},
            "silence_share": text("Silence", "silence_share"),
            "longest_silence": text("Longest", "longest_silence"),
            "overlap_share": text("Overlap", "overlap_share"),
            "held_calls": opens("On hold", "held_calls"),
            "hold_time": text("Hold", "hold_time", HOLD),
            "call_length": text("Length", "call_length", LENGTH),
            "pace_agent": text("Words/min", "pace_agent"),
        },
    )
    grey = f" Grey: fewer than {SMALL} calls, too few to judge." if small else ""
    said = "Shares of all time of a row's calls together; means of the longest silence, of hold and of length."
    st.caption(f"{said}{grey}")


def show_trend(chosen: Chosen) -> None:
    """One figure of the calls over time, with the numbers behind the line."""
    show_figure(
        chosen.asked, VOICE_METRICS, default="silence_share", read=voice_loaders.trend, beside="calls", choices=chosen.choices
    )


def _row(name: str, row: Group) -> dict[str, object]:
    totals = row.totals
    counts = {key: number(getattr(totals, key)) for key in ("calls", "held_calls")}
    figures = {key: figure_text(find_metric(key), getattr(totals, key)) for key in VOICE_METRICS if key not in counts}
    shown = counts | figures
    order = (
        *("calls", *(f"talk_share_{side}" for side in SIDES), "silence_share", "longest_silence", "overlap_share"),
        *("held_calls", "hold_time", "call_length", "pace_agent"),
    )
    return {"name": name} | {key: shown[key] for key in order}
