"""A page that shows what the live floor shows by `run_every="2s"` and no other care: what the product is compared with.

Not part of the product. It reads the same database by the same functions, for each viewer by itself, and draws with
Streamlit's own elements. Run by Streamlit, with the database's address in BENCHMARK_DATABASE_URL.
"""

import os
import sys
import time
from pathlib import Path

import pandas as pd
import streamlit as st

if (root := str(Path(__file__).resolve().parents[3])) not in sys.path:
    sys.path.insert(0, root)

from live.console import ConsoleLinks  # noqa: E402
from live.rows import row_payload, sentiment_line  # noqa: E402
from live.tally import Tally  # noqa: E402
from metrics.need import Targets, need  # noqa: E402
from store.engine import open_store  # noqa: E402
from store.live_reads import customer_scores, floor_conversations  # noqa: E402

WINDOW_MS = 2 * 60 * 60 * 1000
TARGETS, CONSOLE = Targets(), ConsoleLinks("", {})
OUTCOMES = ("escalated", "resolved", "abandoned")
SHOWN = ("need", "customer", "channel", "queue", "state", "handler", "since_ms", "sentiment", "line", "reasons")


@st.cache_resource
def store():
    return open_store(os.environ["BENCHMARK_DATABASE_URL"])


def _payload(row, line, now_ms):
    wants = need(row, now_ms=now_ms, targets=TARGETS)
    return row_payload(row, line=line, wants=wants, targets=TARGETS, console=CONSOLE)


@st.fragment(run_every="2s")
def floor():
    now_ms = time.time_ns() // 1_000_000
    with store().read() as connection:
        rows = floor_conversations(connection, since_ms=now_ms - WINDOW_MS)
        is_open = [row for row in rows if row["due_ms"] is not None]
        scores = customer_scores(connection, {row["root_key"] for row in is_open})
    ended = [row for row in rows if row["due_ms"] is None]
    tally = Tally(TARGETS)
    for row in is_open:
        tally.put(row["conversation_key"], row)
    tiles = {"open": tally.floor.num_open, "sentiment": tally.floor.mean_micro, "low": tally.floor.num_low}
    tiles |= {state: tally.floor.states[state] for state in ("with_bot", "with_agent", "waiting")}
    tiles |= {outcome: sum(row["outcome"] == outcome for row in ended) for outcome in OUTCOMES}
    for column, (name, value) in zip(st.columns(len(tiles)), tiles.items(), strict=True):
        column.metric(name, value)
    lines = {key: sentiment_line(each) for key, each in scores.items()}
    shown = [_payload(row, lines.get(row["conversation_key"], []), now_ms) for row in is_open]
    shown.sort(key=lambda row: -row["need"])
    st.dataframe(
        pd.DataFrame([{name: row[name] for name in SHOWN} for row in shown]),
        column_config={"line": st.column_config.LineChartColumn("Sentiment", y_min=-1, y_max=1)},
        hide_index=True,
    )
    st.text(max((row["last_ms"] for row in rows), default=0))


st.title("Live")
floor()
