"""What stands above every page: that the data is simulated, and how far its history has been filled in."""

import streamlit as st

from pages.runtime import runtime


def show_banner() -> None:
    """Say that this floor is simulated, where it is."""
    here = runtime()
    if not here.is_demo:
        return
    progress = here.demo_progress()
    filling = "" if progress is None else f" Its history is being filled in: {progress:.0%}."
    st.info(
        f"This floor is simulated: no customer, agent or bot on it is real.{filling} "
        "Load transcripts or configure a source, start again, and your own takes its place.",
        icon=":material/theater_comedy:",
    )
