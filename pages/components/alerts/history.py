"""What has been: every alert with who acknowledged it, and one alert with its steps and what was told outside of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from live.alerts.desk import AlertView, HistoryFilter
from pages.components.alerts.commands import attempt, say_what_went_wrong
from pages.components.alerts.words import (
    BAND_COLOURS,
    BAND_WORDS,
    DELIVERY_WORDS,
    STATE_WORDS,
    STEP_WORDS,
    literal,
    reason_text,
)
from pages.components.formats import NOTHING, moment, span
from pages.components.linked import linked_choice
from pages.components.paging import PAGE_ROWS, leaf, trail_of
from pages.components.tables import COLUMN, Column, badges, counts, figures, show_table, text
from pages.runtime import runtime

_ALL = "all"
_HOW = {_ALL: "All", "open": "Standing", "resolved": "Over"}
_OPEN = ("at_risk", "critical", "acknowledged", "no_data")


def show_history(tz: str) -> None:
    """Alerts by the time they fired, latest first, page by page."""
    chosen = _choose()
    trail = trail_of(chosen)
    page = runtime().alerts.history(chosen, trail[-1], limit=PAGE_ROWS)
    if not page.alerts:
        _say_empty(chosen)
        return
    _table(page.alerts, tz)
    leaf(trail, page.next)


def show_alert(asked: str, tz: str) -> None:
    """One alert: how it stands, its steps, and its deliveries."""
    say_what_went_wrong()
    view = runtime().alerts.alert(int(asked)) if asked.isdecimal() and len(asked) < 18 else None
    if st.button("All alerts", icon=":material/arrow_back:", type="tertiary", key="back_to_alerts"):
        st.switch_page("alerts.py", query_params={"show": "History"})
    if view is None:
        st.info("There is no such alert in this database.", icon=":material/search_off:")
        return
    _head(view.alert, tz)
    st.subheader("What happened", anchor=False)
    _steps_table(view, tz)
    st.subheader("Told outside", anchor=False)
    _deliveries_table(int(asked), tz)


def _choose() -> HistoryFilter:
    rules = {view.rule.rule_id: view.rule.name for view in runtime().alerts.rules()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rule = linked_choice(
            "Rule", [_ALL, *rules], name="of", default=_ALL, format_func=lambda key: rules.get(key, "All"), width=260
        )
        how = linked_choice("State", list(_HOW), name="standing", default=_ALL, format_func=_HOW.__getitem__, width=160)
    states = {_ALL: (), "open": _OPEN, "resolved": ("resolved",)}[how]
    return HistoryFilter(rule_ids=() if rule == _ALL else (rule,), states=states)


def _say_empty(chosen: HistoryFilter) -> None:
    if chosen == HistoryFilter():
        st.info(
            "No rule has found anything yet. Alerts are kept here from the first one on, with who acknowledged them.",
            icon=":material/notifications_paused:",
            title="No alert so far",
        )
    else:
        st.info("No alert matches. Choose all rules and all states to see every one.", icon=":material/filter_alt_off:")


def _table(alerts: tuple[AlertView, ...], tz: str) -> None:
    rows = [view.alert for view in alerts]
    details = [f"alerts?alert={row['alert_id']}" for row in rows]
    show_table(
        "alert_history",
        {
            "details": Column(details, COLUMN.LinkColumn("Details", display_text="Open", width=70)),
            "fired": text("Fired", [moment(row["fired_ms"], tz) for row in rows], width=150),
            "rule": text("Rule", [row["rule_name"] for row in rows], width=170),
            "about": text("About", [row["subject_text"] for row in rows], width=140),
            "worst": badges("Worst", [BAND_WORDS.get(row["worst"], row["worst"]) for row in rows], BAND_COLOURS, width=80),
            "state": text("State", [STATE_WORDS.get(row["state"], row["state"]) for row in rows], width=110),
            "by": text("Acknowledged by", [row["acknowledged_by"] for row in rows], width=130),
            "lasted": figures("Lasted", [_lasted(row) for row in rows], width=90),
        },
        about="Alerts, latest first",
        height="content",
    )


def _head(row: Mapping[str, Any], tz: str) -> None:
    alert_id = row["alert_id"]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{literal(row['rule_name'])}**", width="content")
            word = STATE_WORDS.get(row["state"], row["state"])
            st.badge(word.capitalize(), color=BAND_COLOURS.get(word, "gray"))
        reason = reason_text(row["reason"], tz)
        st.text(f"{row['subject_text']}\n{reason[:1].upper()}{reason[1:]}".strip())
        lasts = "stands for" if row["resolved_ms"] is None else "lasted"
        st.caption(f"Fired {moment(row['fired_ms'], tz)}, {lasts} {_lasted(row)}.")
        with st.container(horizontal=True, vertical_alignment="center"):
            if row["link"]:
                st.page_link(
                    "conversation.py",
                    label="The conversation",
                    icon=":material/forum:",
                    query_params={"conversation": row["link"]},
                )
            if row["resolved_ms"] is None:
                _by_hand(alert_id, row["state"])


def _by_hand(alert_id: int, state: str) -> None:
    desk = runtime().alerts
    if state != "acknowledged":
        st.button("Acknowledge", key="acknowledge", on_click=attempt, args=(lambda by: desk.acknowledge(alert_id, by=by),))
    st.button(
        "Say it is over",
        key="resolve",
        on_click=attempt,
        args=(lambda by: desk.resolve(alert_id, by=by),),
        help="It does not fire again while what caused it stands.",
    )


def _steps_table(view: AlertView, tz: str) -> None:
    steps = view.steps
    show_table(
        "alert_steps",
        {
            "at": text("When", [moment(step["at_ms"], tz) for step in steps], width=150),
            "what": text("What", [STEP_WORDS.get(step["kind"], step["kind"]) for step in steps], width=170),
            "band": badges("Band", [BAND_WORDS.get(step["band"], step["band"]) for step in steps], BAND_COLOURS, width=90),
            "who": text("Who", [step["actor"] or NOTHING for step in steps], width=130),
            "reason": text("Reason", [reason_text(step["reason"], tz) for step in steps]),
        },
        about="What happened to this alert, in order",
        height="content",
    )


def _deliveries_table(alert_id: int, tz: str) -> None:
    told = runtime().deliveries.of_alert(alert_id)
    if not told:
        st.caption("Nobody: the rule names no target, or it was muted.")
        return
    next_tries = [moment(one.next_try_ms, tz) if one.state == "pending" else NOTHING for one in told]
    show_table(
        "alert_deliveries",
        {
            "target": text("Target", [one.target for one in told], width=140),
            "about": text("That it", [STEP_WORDS.get(one.event, one.event) for one in told], width=120),
            "state": text("State", [DELIVERY_WORDS[one.state] for one in told], width=190),
            "attempts": counts("Attempts", [one.attempts for one in told], width=80),
            "at": text("Ended", [moment(one.finished_ms, tz) for one in told], width=150),
            "next": text("Next attempt", next_tries, width=150),
            "reason": text("Reason", [one.reason for one in told]),
        },
        about="What was told outside of this alert",
        height="content",
    )


def _lasted(row: Mapping[str, Any]) -> str:
    end_ms = runtime().now_ms() if row["resolved_ms"] is None else row["resolved_ms"]
    return span((end_ms - row["fired_ms"]) / 1000)
