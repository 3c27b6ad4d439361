"""Trying other rules over the past: edited on the page, run over the period, nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from metrics.routing import reading
from metrics.routing.reading import Configuration
from metrics.routing.saying import OPERATORS, rule_rows, where_from
from metrics.routing.trying import Move, Trial
from metrics.windows import Window
from pages.components.charts import flow_chart
from pages.components.drill import numbers_to_press
from pages.components.formats import as_label, number
from pages.components.period import Asked
from pages.components.routing.listing import FALLBACK, show_pages
from pages.components.tables import COLUMN, show_table, text
from pages.runtime import runtime

_TRIED = "routing_trial"  # in the session: what was tried on which question, and what came of it
_MOVE = "routing_move"  # in the session: the place of the move whose escalations are listed


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
    rows = [{name: "" if pd.isna(value) else str(value) for name, value in row.items()} for row in edited.to_dict("records")]
    # The end of the period moves with every minute, and makes no other question.
    question = rows, asked.period, replace(asked.filters, window=Window(), now_ms=None), st.session_state.get("dates")
    if st.button("Try over the period", icon=":material/play_arrow:", type="primary", key="try"):
        _run(base, rows, asked, question)
    tried = st.session_state.get(_TRIED)
    if tried is not None and tried[0] == question:
        _show(tried[1], asked)


def _run(base: Configuration, rows: Sequence[Mapping[str, str]], asked: Asked, question: object) -> None:
    st.session_state.pop(_TRIED, None)
    st.session_state.pop(_MOVE, None)
    configuration, faults = runtime().read_rules(base, [_as_csv(row) for row in rows])
    if configuration is None:
        st.error("These rules cannot be tried. Numbers are those of the rows.", icon=":material/error:")
        st.code("\n".join(faults), language=None, wrap_lines=True)
        return
    bar = st.progress(0.0, "Trying …")
    trial = reading.trial(runtime().store, configuration, asked.filters, progress=lambda part: bar.progress(part, "Trying …"))
    bar.empty()
    st.session_state[_TRIED] = (question, trial)


def _as_csv(row: Mapping[str, str]) -> dict[str, str]:
    """A row of the editor as one of rules.csv, where several values stand in a column of their own."""
    several = row["is"] in ("in", "not in")
    return {**row, "value": "" if several else row["value"], "values": row["value"] if several else ""}


def _show(trial: Trial, asked: Asked) -> None:
    moves, count = trial.moves, number(trial.num_escalations)
    if moves:
        st.markdown(f"**{number(trial.num_moved)}** of {count} escalations would have gone elsewhere.")
    else:
        st.success(f"None of {count} escalations would have gone elsewhere.", icon=":material/check_circle:")
    if trial.num_same_queue:
        same = number(trial.num_same_queue)
        st.caption(f"{same} would have been taken by another rule, or by the fallback, and gone to the same queue.")
    if moves:
        _show_moves(moves, asked)


def _show_moves(moves: Sequence[Move], asked: Asked) -> None:
    flows: Counter[tuple[str, str]] = Counter()
    for move in moves:
        flows[where_from(move.from_queue), f"{where_from(move.to_queue)} "] += move.count
    flow_chart(flows, key="moves_flow", about="Would have moved", height=160)
    show_table(
        "moves",
        {
            "rule": text("By rule", [move.rule or FALLBACK for move in moves]),
            "from": text("Instead of", [where_from(move.from_queue) for move in moves]),
            "to": text("To", [where_from(move.to_queue) for move in moves]),
            "count": numbers_to_press(
                "Escalations", "moves_click", [number(move.count) for move in moves], _choose_move, help="Lists them below."
            ),
        },
        about="What would have moved, by rule",
    )
    place = min(st.session_state.get(_MOVE, 0), len(moves) - 1)
    chosen = moves[place]
    said = " to ".join((where_from(chosen.from_queue), where_from(chosen.to_queue)))
    st.caption(as_label(f"{chosen.rule or FALLBACK}: {said}"))
    show_pages(chosen.keys, asked, ("moved", place))


def _choose_move(click: str) -> None:
    """List those of the row that was pressed (a callback)."""
    clicked = st.session_state.get(click)
    if clicked is not None:
        st.session_state[_MOVE] = clicked["row"]
