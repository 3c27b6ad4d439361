"""Queues as they stand now, from the live floor: who waits, for how long, past what is promised, and whether it is served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from metrics.catalogue import find_metric
from metrics.need import Band
from metrics.queues.hours import is_served
from pages.components.cards import tile
from pages.components.drill import follow_from_fragment, numbers_to_press, open_floor
from pages.components.formats import NOTHING, number, span
from pages.components.queues import loading
from pages.components.tables import Column, counts, figures, show_table, text
from pages.runtime import runtime

EVERY = "5s"
BANDS = {str(band): str(band).replace("_", " ").capitalize() for band in Band}
SEE = {"waiting": "Who waits", "with_agent": "Who is served"}
SERVED = {True: "open", False: "closed", None: "always"}


def queues_now() -> list[dict[str, Any]]:
    """Each queue in which somebody waits or an agent serves somebody."""
    return [figures for figures in runtime().floor.queues() if figures["waiting"] or figures["with_agent"]]


@st.fragment(run_every=EVERY)
def show_now(queue: str) -> None:
    """The figures of all queues, or of one. Drawn anew every few seconds."""
    follow_from_fragment()
    found = [figures for figures in queues_now() if queue in ("", figures["name"])]
    now_ms = runtime().now_ms()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("Now", anchor=False, width="content")
        st.badge("live", icon=":material/sensors:", color="green")
        st.caption("The period and the filters do not apply to this.", width="content")
    _tiles(found, now_ms, queue)
    if found:
        _table(found, now_ms)
    st.page_link(
        "live.py", label="Open the floor", icon=":material/monitor_heart:", query_params={"queue": queue} if queue else {}
    )


def _tiles(found: Sequence[Mapping[str, Any]], now_ms: int, queue: str) -> None:
    waits = [figures["longest_wait_since_ms"] for figures in found if figures["longest_wait_since_ms"] is not None]
    waiting, served, over = (sum(figures[name] for figures in found) for name in ("waiting", "with_agent", "num_over_target"))
    past = "Customers who have waited longer than their queue's wait target (wait_target_seconds)."
    with st.grid(4, min_column_width=150, gap="small", key="now"):
        for label, value, about, state in (
            ("Backlog", number(waiting), find_metric("waiting").definition, "waiting"),
            ("Longest wait", _since(min(waits, default=None), now_ms), find_metric("longest_wait").definition, "waiting"),
            ("Past the target", number(over), past, "waiting"),
            ("With agent", number(served), find_metric("with_agent").definition, "with_agent"),
        ):
            with tile():
                st.metric(label, value, help=about)
                st.button(
                    SEE[state],
                    type="tertiary",
                    icon=":material/list:",
                    key=f"open_{label}",
                    on_click=open_floor,
                    args=(_on_floor(queue, state),),
                    disabled=not (waiting if state == "waiting" else served),
                )


def _on_floor(queue: str, state: str) -> dict[str, list[str]]:
    """What narrows the floor to the conversations of a queue ("": of all) that stand so."""
    return {"state": [state], **({"queue": [queue]} if queue else {})}


def _table(found: Sequence[Mapping[str, Any]], now_ms: int) -> None:
    known = loading.configured()
    ordered = sorted(found, key=lambda figures: (figures["longest_wait_since_ms"] or now_ms, figures["name"]))
    show_table(
        "queues_now",
        {
            "queue": text("Queue", [each["name"] or NOTHING for each in ordered]),
            "waiting": _opens("Backlog", "waiting", ordered),
            "longest": figures("Longest wait", [_since(each["longest_wait_since_ms"], now_ms) for each in ordered]),
            "target": figures("Wait target", [span(each["target_s"]) for each in ordered]),
            "over": counts("Past the target", [each["num_over_target"] for each in ordered]),
            "with_agent": _opens("With agent", "with_agent", ordered),
            "state": text(
                "Longest wait is",
                [BANDS[each["bands"]["longest_wait"]] for each in ordered],
                help=find_metric("longest_wait").definition,
            ),
            "served": text(
                "Hours",
                [_served(each, known.get(each["name"]), now_ms) for each in ordered],
                help="By the operating hours of the routing configuration; always: none are set.",
            ),
        },
        about="Queues as they stand now, the longest wait first",
    )


def _opens(label: str, state: str, ordered: Sequence[Mapping[str, Any]]) -> Column:
    leads = [_on_floor(each["name"], state) for each in ordered]
    numbers = [number(each[state]) for each in ordered]
    return numbers_to_press(label, f"now_{state}_click", numbers, _open_clicked, leads, help="Shows them on the floor.")


def _open_clicked(click: str, leads: Sequence[Mapping[str, Sequence[str]]]) -> None:
    """Turn to the floor from a row of the table (a callback)."""
    clicked = st.session_state.get(click)
    if clicked is not None and 0 <= clicked["row"] < len(leads):
        open_floor(leads[clicked["row"]])


def _since(since_ms: int | None, now_ms: int) -> str:
    return NOTHING if since_ms is None else span(max(0, now_ms - since_ms) / 1000)


def _served(figures: Mapping[str, Any], queue: Any, now_ms: int) -> str:
    served = is_served(queue, now_ms)
    if served is False and figures["waiting"]:
        return f"closed, {number(figures['waiting'])} waiting"
    return SERVED[served]
