"""Trying a rule on the past: how often it would have fired, on which days, on which conversations, and what became of those."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from metrics.alerts.past import Firing, Trial
from metrics.alerts.rules import Rule, RuleKind
from pages.components.alerts.words import BAND_COLOURS, BAND_WORDS, reason_text
from pages.components.charts import counts_chart
from pages.components.formats import moment, number, several, share, span
from pages.components.tables import COLUMN, Column, address_of, badges, figures, show_table, text
from pages.runtime import runtime

DAYS = (1, 7, 30)
_TRIAL = "alerts_trial"


def show_past(rule: Rule, fields: Mapping[str, Any], tz: str) -> None:
    """Let the rule be tried; what the last trial of just these fields has found."""
    st.subheader("On the past", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        days = st.segmented_control("Days", DAYS, default=7, key="trial_days", required=True)
        wanted = st.button("Try it on the past", icon=":material/history:", key="try_on_past")
    question = (repr(sorted(fields.items())), days, tz)
    if wanted:
        st.session_state[_TRIAL] = None
        st.session_state[_TRIAL] = (question, _run(rule, days, tz))
        st.rerun()
    asked, trial = st.session_state.get(_TRIAL) or (None, None)
    if asked == question:
        _show(rule, trial, days, tz)
    else:
        st.caption("Shows when this rule would have fired, before it is saved. Nobody is told.")


def _run(rule: Rule, days: int, tz: str) -> Trial | None:
    """Try it to the end. A click on anything meanwhile ends it: the script begins anew, and nobody asks for the rest."""
    progress = st.progress(0.0, text="Reading the past …")
    st.button("Cancel", key="cancel_trial")
    trial = None
    for trial in runtime().alerts.try_on_past(rule, days=days, zone=tz):
        progress.progress(
            min(1.0, trial.done), text=f"{share(trial.done, 0)} of the past read, {several(trial.num_firings, 'firing')} so far"
        )
    return trial


def _show(rule: Rule, trial: Trial | None, days: int, tz: str) -> None:
    if trial is None or not trial.num_firings:
        st.info(f"It would not have fired in the last {_days(days)}.", icon=":material/notifications_paused:")
        _say_covered(trial, tz)
        return
    st.text(_summary(trial, days, is_about_waits=rule.kind is RuleKind.WAIT))
    _say_covered(trial, tz)
    counts_chart(trial.per_day, label="Firings", key="trial_chart")
    _firings_table(trial, tz)
    if trial.is_capped:
        st.caption(f"The table lists the first {number(len(trial.firings))} of {number(trial.num_firings)}.")


def _summary(trial: Trial, days: int, *, is_about_waits: bool) -> str:
    said = f"It would have fired {several(trial.num_firings, 'time')} in the last {_days(days)}"
    if trial.median_per_day is not None and days > 1:
        said += f", {trial.median_per_day:g} on the median day"
    if not trial.num_conversations:
        return f"{said}."
    counts = [(trial.num_abandoned, "were abandoned"), (trial.num_unserved, "asked for a human and were not served")]
    if not is_about_waits:  # who waits for a human has asked for one
        counts.insert(0, (trial.num_escalated, "escalated afterwards"))
    gone = [f"{number(count)} ({share(count / trial.num_conversations)}) {what}" for count, what in counts]
    return f"{said}; on {several(trial.num_conversations, 'conversation')}, of which {', '.join(gone[:-1])} and {gone[-1]}."


def _say_covered(trial: Trial | None, tz: str) -> None:
    if trial is not None and not trial.is_fully_covered and trial.covered_from_ms is not None:
        st.caption(f"What is known of the past begins on {moment(trial.covered_from_ms, tz)}.")


def _firings_table(trial: Trial, tz: str) -> None:
    firings = trial.firings
    worst = [BAND_WORDS.get(str(firing.worst), str(firing.worst)) for firing in firings]
    links = Column([_link(firing.link) for firing in firings], COLUMN.LinkColumn("Conversation", display_text="Open", width=100))
    show_table(
        "trial_firings",
        {
            "at": text("Fired", [moment(firing.at_ms, tz) for firing in firings], width=150),
            "conversation": links,
            "subject": text("About", [firing.subject for firing in firings], width=150),
            "worst": badges("Worst", worst, BAND_COLOURS, width=90),
            "reason": text("Reason", [reason_text(firing.reason, tz) for firing in firings]),
            "lasted": figures("Lasted", [_lasted(firing) for firing in firings], width=90),
            "after": text("Afterwards", [_afterwards(firing) for firing in firings], width=110),
        },
        about="When the rule would have fired, and on what",
        height="auto",
    )


def _link(link: str) -> str | None:
    source, _, conversation_id = link.partition(":")
    return address_of(source, conversation_id) if link else None


def _lasted(firing: Firing) -> str:
    return "stands" if firing.ended_ms is None else span((firing.ended_ms - firing.at_ms) / 1000)


def _afterwards(firing: Firing) -> str:
    gone = ((firing.was_escalated, "escalated"), (firing.was_abandoned, "abandoned"), (firing.was_unserved, "not served"))
    return ", ".join(word for has_gone, word in gone if has_gone)


def _days(days: int) -> str:
    return "24 hours" if days == 1 else f"{days} days"
