"""The rules: each with its sentence, how it stands, and what can be done about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from metrics.alerts.catalogue import KINDS
from metrics.alerts.rulebook import Origin, RuleView
from pages.components.alerts.commands import attempt, say_what_went_wrong
from pages.components.alerts.words import ORIGIN_WORDS, literal
from pages.components.formats import EPOCH, moment
from pages.runtime import runtime

MUTES = {"30 minutes": 30, "1 hour": 60, "4 hours": 240}
MINUTE_MS = 60_000


def show_rules(tz: str) -> None:
    """Every rule, those made here first."""
    say_what_went_wrong()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption("A rule watches for one thing. Try one on the past before you rely on it.")
        if st.button("New rule", icon=":material/add:", type="primary", key="new_rule"):
            st.switch_page("alerts.py", query_params={"rule": "new"})
    for view in runtime().alerts.rules():
        _show(view, tz)


def _show(view: RuleView, tz: str) -> None:
    rule = view.rule
    with st.container(border=True, gap="small", key=f"rule_{rule.rule_id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{literal(rule.name)}**", width="content")
            _badges(view, tz)
        st.text(view.sentence)
        _say_targets(view)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _actions(view, tz)


def _badges(view: RuleView, tz: str) -> None:
    st.badge(KINDS[view.rule.kind].label, color="gray")
    if origin := ORIGIN_WORDS[view.origin]:
        st.badge(origin, color="gray", icon=":material/lock:", help="Can be muted and switched off; to change it, make a copy.")
    if not view.is_enabled:
        st.badge("Off", color="gray", icon=":material/block:")
    elif _is_muted(view):
        st.badge(f"Muted until {moment(view.muted_until_ms, tz)}", color="orange", icon=":material/notifications_off:")
    if view.num_open:
        st.badge(f"{view.num_open} standing", color="red", icon=":material/notifications_active:")


def _say_targets(view: RuleView) -> None:
    if view.rule.targets:
        st.caption(f"Tells {literal(', '.join(view.rule.targets))} outside.")
    if view.targets_unknown:
        st.warning(
            f"No longer set up, so not told: {literal(', '.join(view.targets_unknown))}.",
            icon=":material/notification_important:",
        )


def _actions(view: RuleView, tz: str) -> None:
    rule_id = view.rule.rule_id
    key = f"on_{rule_id}"
    st.session_state[key] = view.is_enabled  # what is in the database counts: somebody else may have changed it
    st.toggle("On", key=key, on_change=_enable, args=(rule_id, key), help="Switched off, its alerts end and nobody is told.")
    _mute_menu(view, tz)
    edit = ("Edit", ":material/edit:") if view.origin is Origin.PAGE else ("Copy", ":material/content_copy:")
    if st.button(edit[0], icon=edit[1], type="tertiary", key=f"edit_{rule_id}"):
        st.switch_page("alerts.py", query_params={"rule": rule_id})
    if view.origin is Origin.PAGE:
        with st.popover("Delete", icon=":material/delete:", type="tertiary", key=f"deleting_{rule_id}"):
            st.write("Its alerts end; what it found stays in the history.")
            st.button("Delete this rule", type="primary", key=f"delete_{rule_id}", on_click=_delete, args=(rule_id,))


def _mute_menu(view: RuleView, tz: str) -> None:
    rule_id, mutes = view.rule.rule_id, MUTES | {"Until tomorrow": None}
    with st.popover("Mute", icon=":material/notifications_off:", type="tertiary", key=f"muting_{rule_id}"):
        st.caption("It goes on recording, and tells nobody.")
        for label, minutes in mutes.items():
            until = partial(_until, minutes, tz)
            st.button(
                label if minutes is None else f"For {label}",
                key=f"mute_{rule_id}_{minutes}",
                on_click=_mute,
                args=(rule_id, until),
            )
        if _is_muted(view):
            st.button("Tell again", type="primary", key=f"unmute_{rule_id}", on_click=_mute, args=(rule_id, lambda: None))


def _is_muted(view: RuleView) -> bool:
    return view.rule.is_muted(runtime().now_ms())


def _until(minutes: int | None, tz: str) -> int:
    """So many minutes from now, or the beginning of tomorrow by the viewer's clock."""
    now_ms = runtime().now_ms()
    if minutes is not None:
        return now_ms + minutes * MINUTE_MS
    today = (EPOCH + timedelta(milliseconds=now_ms)).astimezone(ZoneInfo(tz)).date()
    tomorrow = today + timedelta(days=1)
    return round(datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=ZoneInfo(tz)).timestamp() * 1000)


def _enable(rule_id: str, key: str) -> None:
    wanted = bool(st.session_state[key])
    attempt(lambda by: runtime().alerts.enable(rule_id, enabled=wanted, by=by))


def _mute(rule_id: str, until: partial[int]) -> None:
    attempt(lambda by: runtime().alerts.mute(rule_id, until(), by=by))


def _delete(rule_id: str) -> None:
    attempt(lambda by: runtime().alerts.delete(rule_id, by=by))
