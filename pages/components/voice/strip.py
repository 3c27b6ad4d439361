"""The talk of one call as a strip over time, and what it comes to."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from metrics.story.speech import SpokenStory, Track
from pages.components.charts import CONFIG, theme, theme_colour
from pages.components.formats import NARROW, number, offset, share, span

# By what a track is: its name, and the place of its colour in the theme's series.
NAMES = {"customer": ("Customer", 1), "bot": ("Bot", 0), "agent": ("Agent", 2), "hold": ("Hold", None), "wait": ("Wait", None)}
SIDES = ("customer", "bot", "agent")
TICKS = 6
STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400)
ROW = 24  # pixels


def show_speech(found: SpokenStory | None, *, key: str) -> None:
    """Nothing where the source does not say when anything was spoken."""
    if found is None:
        return
    st.subheader("Speech", anchor=False)
    chart = go.Figure()
    for track in found.tracks:
        _draw(chart, track)
    step = next((each for each in STEPS if found.seconds / each <= TICKS), STEPS[-1])
    ticks = list(range(0, int(found.seconds) + 1, step))
    chart.update_xaxes(
        tickvals=ticks, ticktext=[offset(tick) for tick in ticks], range=[0, found.seconds], showgrid=False, zeroline=False
    )
    chart.update_yaxes(autorange="reversed", showgrid=False, automargin=True)
    chart.update_layout(
        height=ROW * len(found.tracks) + 34, margin={"l": 0, "r": 8, "t": 2, "b": 0}, showlegend=False, bargap=0.3,
        dragmode=False, barmode="overlay",
    )  # fmt: skip
    st.plotly_chart(chart, key=key, config=CONFIG, alt=f"Who spoke when in {span(found.seconds)}: {_said(found)}")
    st.caption(_said(found))


def _draw(chart: go.Figure, track: Track) -> None:
    name, place = NAMES[track.what]
    colour = theme("grayColor") if place is None else theme_colour(place)
    spans = track.spans
    chart.add_bar(
        y=[name] * len(spans),
        x=[end - start for start, end in spans],
        base=[start for start, _ in spans],
        orientation="h",
        marker={"color": colour or theme_colour(7), "line": {"width": 0}},
        customdata=[f"{name}, {offset(start)}–{offset(end)}<br>{end - start:.1f}{NARROW}s" for start, end in spans],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _said(found: SpokenStory) -> str:
    """Talk of each side, silence with its longest, overlap and hold; what there is none of is left out."""
    row = found.row
    parts = [f"{NAMES[side][0]} {share(found.talk(side).value, 0)} of talk" for side in SIDES if row[f"{side}_ms"]]
    parts.append(f"silence {share(found.silence.value, 0)}")
    if row["longest_silence_ms"] >= 1_000:
        parts[-1] += f", the longest {span(row['longest_silence_ms'] / 1000)}"
    if row["overlap_ms"]:
        parts.append(f"overlap {share(found.overlap.value)}")
    if row["num_holds"]:
        times = "" if row["num_holds"] == 1 else f" in {number(row['num_holds'])} parts"
        parts.append(f"hold {span(row['hold_ms'] / 1000)}{times}")
    return f"{'; '.join(parts)}. {span(found.seconds)} from the first word to the last."
