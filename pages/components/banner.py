"""What stands beside every page's title: that the data is simulated, and how far its history has been filled in."""

import streamlit as st

from pages.components.formats import share
from pages.runtime import runtime

PROGRESS_SECONDS = 2.0


def show_banner() -> None:
    """Say that this floor is simulated, where it is: one quiet line, the rest under the pointer."""
    here = runtime()
    if not here.is_demo:
        return
    if here.demo_progress() is not None:
        _follow_progress()
    st.badge(
        "Simulated floor",
        icon=":material/theater_comedy:",
        color="blue",
        help="No customer, agent or bot here is real. Load transcripts or let a bot report, and your own conversations take "
        "their place.",
    )


@st.fragment(run_every=PROGRESS_SECONDS)
def _follow_progress() -> None:
    """How much of the history is there; when all of it is, the page is drawn anew, once."""
    progress = runtime().demo_progress()
    if progress is None:
        st.rerun()
    st.badge(f"Filling in its history, {share(progress, 0)}", icon=":material/hourglass_top:", color="gray")
