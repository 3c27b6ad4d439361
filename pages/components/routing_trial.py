"""Trying other rules over the past: edited on the page, run over the period, nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from metrics.routing import reading
from metrics.routing.reading import Configuration
from metrics.routing.saying import OPERATORS, rule_rows, where_from
from metrics.routing.trying import Move
from pages.components.charts import CONFIG, theme, theme_colour
from pages.components.formats import number
from pages.components.period import Asked
from pages.components.routing import SHOWN, escalations_table
from pages.runtime import runtime

COLUMN = st.column_config


def show_trial(base: Configuration, asked: Asked) -> None:
    """The rules in force, to be edited and tried over the period."""
    st.caption(
        "Change, add or remove rules and see which escalations of the period would have gone elsewhere. Rows of one name are the "
        "conditions of one rule; rules are tried from top to bottom. Nothing is saved, and nothing is changed for customers."
    )
    edited = st.data_editor(
        pd.DataFrame(rule_rows(base), columns=["name", "workstream", "variable", "is", "value", "queue"]),
        key="tried_rules",
        num_rows="dynamic",
        hide_index=True,
        height="content",
        column_config={
            "name": COLUMN.TextColumn("Rule", required=True),
            "workstream": COLUMN.SelectboxColumn("Workstream", options=[item.name for item in base.workstreams], required=True),
            "variable": COLUMN.TextColumn("If variable"),
            "is": COLUMN.SelectboxColumn("is", options=OPERATORS),
            "value": COLUMN.TextColumn("Value", help="Several values of “in” are separated by semicolons."),
            "queue": COLUMN.SelectboxColumn("Then to queue", options=[item.name for item in base.queues], required=True),
        },
    )
    if st.button("Try over the period", icon=":material/play_arrow:", type="primary", key="try"):
        _run(base, edited, asked)
    tried = st.session_state.get("routing_trial")
    if tried is not None:
        _show(*tried)


def _run(base: Configuration, edited: pd.DataFrame, asked: Asked) -> None:
    st.session_state.pop("routing_trial", None)
    rows = [{name: "" if pd.isna(value) else str(value) for name, value in row.items()} for row in edited.to_dict("records")]
    configuration, faults = runtime().read_rules(base, [_as_csv(row) for row in rows])
    if configuration is None:
        st.error("These rules cannot be tried. Numbers are those of the rows.", icon=":material/error:")
        st.code("\n".join(faults), language=None, wrap_lines=True)
        return
    bar = st.progress(0.0, "Trying …")
    count, moves = reading.trial(
        runtime().store, configuration, asked.filters, progress=lambda part: bar.progress(part, "Trying …")
    )
    bar.empty()
    st.session_state["routing_trial"] = (count, moves, asked.filters.tz)


def _as_csv(row: Mapping[str, str]) -> dict[str, str]:
    """A row of the editor as one of rules.csv, where several values stand in a column of their own."""
    several = row["is"] in ("in", "not in")
    return {**row, "value": "" if several else row["value"], "values": row["value"] if several else ""}


def _show(count: int, moves: Sequence[Move], tz: str) -> None:
    moved = sum(move.group.count for move in moves)
    if not moves:
        st.success(f"None of {number(count)} escalations would have gone elsewhere.", icon=":material/check_circle:")
        return
    st.markdown(f"**{number(moved)}** of {number(count)} escalations would have gone elsewhere.")
    _flow(moves)
    frame = pd.DataFrame(
        [
            {
                "rule": move.rule or "(fallback)",
                "from": where_from(move.from_queue),
                "to": where_from(move.to_queue),
                "n": move.group.count,
            }
            for move in moves
        ]
    )
    st.dataframe(
        frame,
        key="moves",
        hide_index=True,
        height="content",
        alt="What would have moved, by rule",
        column_config={
            "rule": COLUMN.TextColumn("By rule"),
            "from": COLUMN.TextColumn("Instead of"),
            "to": COLUMN.TextColumn("To"),
            "n": COLUMN.NumberColumn("Conversations", format="localized"),
        },
    )
    names = {f"{move.rule or 'Fallback'}: {where_from(move.from_queue)} to {where_from(move.to_queue)}": move for move in moves}
    chosen = st.selectbox("Conversations of", list(names), key="moved_group")
    escalations_table(reading.judged_of(runtime().store, names[chosen].group.latest[-SHOWN:]), tz, key="moved_rows")


def _flow(moves: Sequence[Move]) -> None:
    """From which queue to which, as a flow."""
    before = list(dict.fromkeys(where_from(move.from_queue) for move in moves))
    after = list(dict.fromkeys(where_from(move.to_queue) for move in moves))
    chart = go.Figure(
        go.Sankey(
            textfont={"color": theme("textColor"), "shadow": "none"},
            node={"label": [*before, *after], "pad": 14, "thickness": 14, "color": theme_colour(0), "line": {"width": 0}},
            link={
                "source": [before.index(where_from(move.from_queue)) for move in moves],
                "target": [len(before) + after.index(where_from(move.to_queue)) for move in moves],
                "value": [move.group.count for move in moves],
                "color": theme_colour(7, 0.35),
            },
        )
    )
    chart.update_layout(height=max(160, 60 * max(len(before), len(after))), margin={"l": 0, "r": 0, "t": 8, "b": 8})
    said = ", ".join(
        f"{where_from(move.from_queue)} to {where_from(move.to_queue)} {number(move.group.count)}" for move in moves[:12]
    )
    st.plotly_chart(chart, key="moves_flow", config=CONFIG, alt=f"Would have moved: {said}")
