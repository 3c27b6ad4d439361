"""The download of an export: the file is written when it is asked for, beside the page, and then handed over whole."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from metrics import exports
from metrics.filters import Filters
from pages.components.formats import number
from pages.runtime import runtime


def choose_table(tables: Sequence[str]) -> str:
    """Which table is wanted."""
    look = {"label_visibility": "collapsed", "required": True}
    chosen: str = st.segmented_control("Table", tables, default=tables[0], key="table", bind="query-params", **look)
    return chosen


def show_download(table: str, filters: Filters, rows: int) -> None:
    """The button. A click writes the file in a thread of its own and leaves the page as it is."""
    st.download_button(
        f"Download {number(rows)} {'row' if rows == 1 else 'rows'}",
        data=_writer(table, filters),
        file_name=f"{table}.csv",
        mime="text/csv; charset=utf-8",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
        disabled=rows == 0,
        key="download",
    )


def command_line(table: str, filters: Filters) -> str:
    """The command that writes the same file."""
    here, words = runtime(), ["python", "-m", "metrics", "export", table, "-o", f"{table}.csv"]
    for option, at_ms in (("--from", filters.window.start_ms), ("--to", filters.window.end_ms)):
        if at_ms is not None:
            words += [option, exports.iso_time(at_ms)]
    words += ["--tz", filters.tz]
    chosen = {"--bot": filters.bots, "--channel": filters.channels, "--queue": filters.queues, "--topic": filters.topics}
    for option, names in chosen.items():
        for name in names:
            words += [option, name]
    if filters.include_tests:
        words.append("--include-tests")
    if here.is_demo:
        words += ["--db", here.store.url]
    return shlex.join(words)


def _writer(table: str, filters: Filters) -> Callable[[], bytes]:
    store = runtime().store

    def write() -> bytes:
        with tempfile.TemporaryDirectory(prefix="floorwalker-export-") as folder:
            path = Path(folder) / f"{table}.csv"
            exports.export(store, table, filters, path)
            return path.read_bytes()

    return write
