"""Trying other rules over the past: edited on the page, run over the period, nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from metrics.routing import reading
from metrics.routing.reading import Configuration
from metrics.routing.saying import OPERATORS, rule_rows, where_from
from metrics.routing.trying import Move
from pages.components.charts import flow_chart
from pages.components.formats import number
from pages.components.period import Asked
from pages.components.routing import SHOWN, escalations_table
from pages.components.tables import COLUMN, counts, show_table, text
from pages.runtime import runtime


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
    flows: Counter[tuple[str, str]] = Counter()
    for move in moves:
        flows[where_from(move.from_queue), f"{where_from(move.to_queue)} "] += move.group.count
    flow_chart(flows, key="moves_flow", about="Would have moved", height=160)
    show_table(
        "moves",
        {
            "rule": text("By rule", [move.rule or "(fallback)" for move in moves]),
            "from": text("Instead of", [where_from(move.from_queue) for move in moves]),
            "to": text("To", [where_from(move.to_queue) for move in moves]),
            "n": counts("Conversations", [move.group.count for move in moves]),
        },
        about="What would have moved, by rule",
    )
    names = {f"{move.rule or 'Fallback'}: {where_from(move.from_queue)} to {where_from(move.to_queue)}": move for move in moves}
    chosen = st.selectbox("Conversations of", list(names), key="moved_group")
    escalations_table(reading.judged_of(runtime().store, names[chosen].group.latest[-SHOWN:]), tz, key="moved_rows")
