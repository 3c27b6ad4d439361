"""Queues as they stand now, from the live floor: who waits, for how long, past what is promised, and whether it is served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from metrics.live_catalogue import find_live_metric
from metrics.need import Band
from metrics.queue_hours import is_served
from pages.components import queue_loaders
from pages.components.formats import NOTHING, number, span
from pages.components.tables import counts, figures, show_table, text
from pages.runtime import runtime

EVERY = "5s"
BANDS = {str(band): str(band).replace("_", " ").capitalize() for band in Band}
SERVED = {True: "open", False: "closed", None: "always"}


def queues_now() -> list[dict[str, Any]]:
    """Each queue in which somebody waits or an agent serves somebody."""
    return [figures for figures in runtime().floor.queues() if figures["waiting"] or figures["with_agent"]]


@st.fragment(run_every=EVERY)
def show_now(queue: str) -> None:
    """The figures of all queues, or of one. Drawn anew every few seconds."""
    found = [figures for figures in queues_now() if queue in ("", figures["name"])]
    now_ms = runtime().now_ms()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("Now", anchor=False, width="content")
        st.badge("live", icon=":material/sensors:", color="green")
        st.caption("The period and the filters do not apply to this.", width="content")
    _tiles(found, now_ms)
    if found:
        _table(found, now_ms)
    st.page_link(
        "live.py", label="Open the floor", icon=":material/monitor_heart:", query_params={"queue": queue} if queue else {}
    )


def _tiles(found: Sequence[Mapping[str, Any]], now_ms: int) -> None:
    waits = [figures["longest_wait_since_ms"] for figures in found if figures["longest_wait_since_ms"] is not None]
    values = {
        "Backlog": (number(sum(figures["waiting"] for figures in found)), find_live_metric("waiting").definition),
        "Longest wait": (_since(min(waits), now_ms) if waits else NOTHING, find_live_metric("longest_wait").definition),
        "Past the target": (
            number(sum(figures["num_over_target"] for figures in found)),
            "Customers who have waited longer than their queue's wait target (wait_target_seconds).",
        ),
        "With agent": (number(sum(figures["with_agent"] for figures in found)), find_live_metric("with_agent").definition),
    }
    with st.grid(len(values), min_column_width=150, gap="small", key="now"):
        for label, (value, about) in values.items():
            st.metric(label, value, border=True, help=about)


def _table(found: Sequence[Mapping[str, Any]], now_ms: int) -> None:
    known = queue_loaders.configured()
    ordered = sorted(found, key=lambda figures: (figures["longest_wait_since_ms"] or now_ms, figures["name"]))
    show_table(
        "queues_now",
        {
            "queue": text("Queue", [each["name"] or NOTHING for each in ordered]),
            "waiting": counts("Backlog", [each["waiting"] for each in ordered]),
            "longest": figures("Longest wait", [_since(each["longest_wait_since_ms"], now_ms) for each in ordered]),
            "target": figures("Wait target", [span(each["target_s"]) for each in ordered]),
            "over": counts("Past the target", [each["num_over_target"] for each in ordered]),
            "with_agent": counts("With agent", [each["with_agent"] for each in ordered]),
            "state": text(
                "Longest wait is",
                [BANDS[each["bands"]["longest_wait"]] for each in ordered],
                help=find_live_metric("longest_wait").definition,
            ),
            "served": text(
                "Hours",
                [_served(each, known.get(each["name"]), now_ms) for each in ordered],
                help="By the operating hours of the routing configuration; always: none are set.",
            ),
        },
        about="Queues as they stand now, the longest wait first",
    )


def _since(since_ms: int | None, now_ms: int) -> str:
    return NOTHING if since_ms is None else span(max(0, now_ms - since_ms) / 1000)


def _served(figures: Mapping[str, Any], queue: Any, now_ms: int) -> str:
    served = is_served(queue, now_ms)
    if served is False and figures["waiting"]:
        return f"closed, {number(figures['waiting'])} waiting"
    return SERVED[served]
