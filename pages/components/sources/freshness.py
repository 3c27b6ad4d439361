"""How fresh each source is: a word, an icon and a colour, and what it has brought."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from metrics.intake import SourceState
from metrics.need import Band
from pages.components.formats import moment, span
from pages.components.tables import badges, counts, figures, show_table, text

WORDS = {Band.NORMAL: "fresh", Band.AT_RISK: "late", Band.CRITICAL: "silent"}
COLOURS = {
    "fresh": "gray",
    "late": "orange",
    "silent": "red",
    **dict.fromkeys(("at rest", "catching up", "past", "unwatched", "no event"), "gray"),
}


def show_silence(states: Sequence[SourceState]) -> None:
    """Say which sources have gone silent, and what to look at."""
    silent = [state for state in states if state.band is Band.CRITICAL]
    if not silent:
        return
    newest = min(silent, key=lambda state: state.age_seconds or 0)
    st.warning(
        f"{len(silent)} of {len(states)} sources: no event for {span(newest.age_seconds)} or longer. See that the bot still "
        "reports, that the watched folder is still written to, and what the server's log says. A source that is not at work "
        "around the clock may be given hours (`hours_by_source` in the settings).",
        icon=":material/cloud_off:",
        title="A source is silent",
    )


def sources_table(states: Sequence[SourceState], tz: str) -> None:
    """One line a source."""
    show_table(
        "sources",
        {
            "source": text("Source", [state.name for state in states]),
            "state": badges(
                "State",
                [_word(state) for state in states],
                COLOURS,
                help="late: the newest event is older than expected of the source, by the settings; silent: three times as old. "
                "at rest: outside its hours. past: what it brought was old when it came. unwatched: it may be silent.",
            ),
            "age": figures("Newest event, ago", [span(state.age_seconds) for state in states]),
            "event": figures("Newest event", [moment(state.last_event_ms, tz) for state in states]),
            "seen": figures(
                "Last heard from",
                [moment(state.last_seen_ms, tz) for state in states],
                help="When it last sent anything, new or not.",
            ),
            "accepted": counts("Accepted", [state.accepted for state in states], help="Activities stored."),
            "duplicates": counts(
                "Duplicates", [state.duplicates for state in states], help="Activities that came again; each counts once."
            ),
            "rejected": counts(
                "Rejected", [state.rejected for state in states], help="Records that could not be read and wait below."
            ),
            "kind": text("Kind", ["simulated" if state.is_simulated else "real" for state in states]),
        },
        about="Sources, how fresh each is and what it has brought",
    )


def _word(state: SourceState) -> str:
    heard = state.heard
    if heard is None:
        return "no event"
    if heard.late_ms is not None:
        return WORDS[state.band]
    if heard.back_ms is not None:
        return "at rest"
    if heard.is_catching_up:
        return "catching up"
    return "past" if heard.brought_the_past else "unwatched"
