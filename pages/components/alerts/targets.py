"""Who can be told outside: how each target fares, and sending it a test."""

from __future__ import annotations

import streamlit as st

from live.delivery.deliveries import Attempt, Result, TargetView
from pages.components.alerts.words import TARGET_WORDS, literal
from pages.components.formats import moment, number
from pages.components.viewer import viewer
from pages.runtime import runtime

_TESTED = "alerts_tested"
SAMPLE = """[[alert_targets]]
name = "shift-lead"
kind = "email"
address = "mailtos://user:password@smtp.example.com?from=floor@example.com&to=lead@example.com"
"""


def show_targets(tz: str) -> None:
    """Every target of floorwalker.toml."""
    targets = runtime().deliveries.targets()
    if not targets:
        _say_none()
        return
    st.caption("Targets stand in floorwalker.toml; a rule names those it tells. Counts are of the last seven days.")
    for target in targets:
        _show(target, tz)


def _say_none() -> None:
    st.info(
        "Alerts are shown on every page. To tell people who do not look at one, by e-mail, Teams, Slack or a webhook, "
        "list targets in floorwalker.toml and start again; rules can name them then.",
        icon=":material/outgoing_mail:",
        title="Nobody is told outside",
    )
    st.code(SAMPLE, language="toml")


def _show(target: TargetView, tz: str) -> None:
    with st.container(border=True, key=f"target_{target.name}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{literal(target.name)}**", width="content")
            st.badge(TARGET_WORDS.get(target.kind, target.kind), color="gray")
            _badge(target)
        st.caption(_counts(target, tz))
        if target.is_failing:
            st.text(f"Last failed {moment(target.failed_ms, tz)}: {target.reason}.")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Send a test", icon=":material/send:", key=f"test_{target.name}", on_click=_test, args=(target.name,))
        _say_tested(target.name)


def _badge(target: TargetView) -> None:
    if target.is_failing:
        st.badge("Failing", color="red", icon=":material/error:")
    elif target.sent_ms is not None:
        st.badge("Works", color="green", icon=":material/check:")
    else:
        st.badge("Nothing sent yet", color="gray")


def _counts(target: TargetView, tz: str) -> str:
    counts = [
        (target.num_sent, "sent"),
        (target.num_waiting, "waiting"),
        (target.num_failed, "failed"),
        (target.num_unknown, "unknown"),
    ]
    said = ", ".join(f"{number(count)} {word}" for count, word in counts if count or word == "sent")
    return f"{said}. Last sent {moment(target.sent_ms, tz)}." if target.sent_ms else f"{said}."


def _test(name: str) -> None:
    with st.spinner("Sending …"):
        st.session_state[_TESTED] = (name, runtime().deliveries.send_test(name, by=viewer().name))


def _say_tested(name: str) -> None:
    tested: tuple[str, Attempt] | None = st.session_state.get(_TESTED)
    if tested is None or tested[0] != name:
        return
    del st.session_state[_TESTED]
    outcome = tested[1]
    if outcome.result is Result.SENT:
        st.success("Sent. See that it has arrived.", icon=":material/check:")
    else:
        st.error(f"Not sent: {outcome.reason}.", icon=":material/error:")
