"""Export: the exact rows, as CSV or Parquet, and what their columns mean."""

import streamlit as st

from metrics.definitions import dictionary_rows
from metrics.exports.columns import ABOUT
from metrics.exports.rows import Wanted
from pages.components import loaders
from pages.components.choose import choose_whose
from pages.components.downloads import choose_kind, choose_table, command_line, show_export
from pages.components.empty import show_why_empty
from pages.components.formats import number, several
from pages.components.narrowing import choose_more, say_waiting, show_narrowing
from pages.components.period import choose_filters, say_period
from pages.components.preview import dictionary_table, preview_table

PREVIEW_ROWS = 20

shared = choose_filters()
with st.container(horizontal=True, vertical_alignment="center"):
    table = choose_table()
    metric, bots_only = choose_whose()
    kind = choose_kind()
    asked = choose_more(shared)
    show_narrowing()
say_waiting(asked)
wanted = Wanted(table, asked.filters, bots_only=bots_only, metric=metric)
if wanted.unfit is not None:
    st.info(wanted.unfit, icon=":material/filter_alt_off:", title="Not under these filters")
    st.stop()
rows = loaders.export_size(wanted, asked.as_of)
st.caption(
    f"{ABOUT[table]} CSV is UTF-8, with text that a spreadsheet would run made harmless; "
    "for Excel it says so in its first bytes. Parquet keeps text as it is."
)
show_export(wanted, kind, rows)

if not rows:
    show_why_empty(asked, wanted)
    st.stop()

preview, dictionary, command = st.tabs(("Preview", "Columns", "Command line"), key="show", bind="query-params")
with preview:
    preview_table(table, loaders.preview(wanted, asked.as_of, limit=PREVIEW_ROWS))
    st.caption(f"The first {number(min(rows, PREVIEW_ROWS))} of {several(rows, 'row')}.")
    say_period(asked, compared=False)
with dictionary:
    dictionary_table(dictionary_rows([table]))
with command:
    st.write("Run in the project's folder, this writes the same file:")
    st.code(command_line(wanted, kind), language="bash", wrap_lines=True)
