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

from live.rows import WINDOW_MS, floor_tiles, row_payload, sentiment_line  # noqa: E402
from metrics.need import Targets  # noqa: E402
from store.engine import open_store  # noqa: E402
from store.live_reads import customer_scores, floor_conversations  # noqa: E402

SHOWN = ("need", "customer", "channel", "queue", "state", "handler", "since_ms", "sentiment", "line", "reasons")


@st.cache_resource
def store():
    return open_store(os.environ["BENCHMARK_DATABASE_URL"])


@st.fragment(run_every="2s")
def floor():
    now_ms = time.time_ns() // 1_000_000
    with store().read() as connection:
        rows = floor_conversations(connection, since_ms=now_ms - WINDOW_MS)
        is_open = [row for row in rows if row["due_ms"] is not None]
        scores = customer_scores(connection, {row["root_key"] for row in is_open})
    ended = [row for row in rows if row["due_ms"] is None]
    tiles = floor_tiles(is_open, ended, now_ms=now_ms, targets=Targets())
    names = ("open", "with_bot", "with_agent", "waiting", "sentiment", "num_low", "escalated", "resolved", "abandoned")
    for column, name in zip(st.columns(len(names)), names, strict=True):
        column.metric(name, tiles[name])
    lines = {key: sentiment_line(each) for key, each in scores.items()}
    shown = [row_payload(row, line=lines.get(row["conversation_key"], []), now_ms=now_ms, targets=Targets()) for row in is_open]
    shown.sort(key=lambda row: -row["need"])
    st.dataframe(
        pd.DataFrame([{name: row[name] for name in SHOWN} for row in shown]),
        column_config={"line": st.column_config.LineChartColumn("Sentiment", y_min=-1, y_max=1)},
        hide_index=True,
    )
    st.text(max((row["last_ms"] for row in rows), default=0))


st.title("Live")
floor()
