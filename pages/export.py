"""Export: the exact rows, as CSV, and what their columns mean."""

import streamlit as st

from metrics.columns import ABOUT, TABLES
from metrics.definitions import dictionary_rows
from pages.components import loaders
from pages.components.downloads import choose_table, command_line, show_download
from pages.components.empty import show_why_empty
from pages.components.formats import number
from pages.components.period import choose_filters, say_period
from pages.components.tables import dictionary_table, preview_table

PREVIEW_ROWS = 20

asked = choose_filters("export")
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    table = choose_table(tuple(TABLES))
    rows = loaders.export_size(table, asked.filters, asked.as_of)
    show_download(table, asked.filters, rows)
st.caption(f"{ABOUT[table]} UTF-8, comma-separated; text that a spreadsheet would run is made harmless.")

if not rows:
    show_why_empty(asked)
    st.stop()

preview, dictionary, command = st.tabs(("Preview", "Columns", "Command line"), key="show", bind="query-params")
with preview:
    preview_table(table, loaders.preview(table, asked.filters, asked.as_of, limit=PREVIEW_ROWS))
    st.caption(f"The first {number(min(rows, PREVIEW_ROWS))} of {number(rows)} rows.")
    say_period(asked, compared=False)
with dictionary:
    dictionary_table(dictionary_rows([table]))
with command:
    st.write("Run in the project's folder, this writes the same file:")
    st.code(command_line(table, asked.filters), language="bash", wrap_lines=True)
