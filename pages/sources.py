"""Sources: how fresh the data is, what could not be read and why, and how to connect another source."""

import streamlit as st

from pages.components import loaders
from pages.components.empty import show_no_sources
from pages.components.sources.connecting import show_ways_to_connect
from pages.components.sources.freshness import show_silence, sources_table
from pages.components.sources.rejects import show_rejected, show_replayed
from pages.components.zone import say_zone, viewer_zone

loaders.settle()
states = loaders.source_states()
waiting = loaders.count_rejected()

if states:
    show_silence(states)
    sources_table(states, viewer_zone())
else:
    show_no_sources()

show_replayed()
if waiting:
    show_rejected(waiting, viewer_zone())
elif states:
    st.caption("Everything received could be read.")
if states or waiting:
    say_zone()

with st.expander("Connect a source", icon=":material/add_link:", expanded=not states, key="connect"):
    show_ways_to_connect()
