"""The month in six tiles: used, entitled, left, share, how it will end, and when it runs out."""

from __future__ import annotations

from datetime import date

import streamlit as st

from metrics.bot_sessions.forecast import DAYS_LEAST
from metrics.bot_sessions.questions import Month
from metrics.catalogue import find_metric
from pages.components.bot_sessions.asking import COUNTED, list_slice
from pages.components.cards import tile
from pages.components.formats import NARROW, NOTHING, bucket, moment, number, several, share
from pages.runtime import runtime


def show_tiles(found: Month) -> None:
    """A row of tiles of one height."""
    with st.grid(6, min_column_width=128, gap="small", key="tiles"):
        with tile():
            _metric("Used", number(found.used), "bot_sessions_used")
            st.button(
                "List them",
                type="tertiary",
                icon=":material/list:",
                key="list_used",
                on_click=list_slice,
                args=(COUNTED,),
                disabled=not found.used,
                help="The conversations that count, each with the reason.",
            )
        with tile():
            factors = runtime().entitlement()
            here = f" Here {number(factors.per_licence)} a licence and {number(factors.per_pack)} a pack."
            _metric("Entitled", _number(found.entitled), "bot_sessions_entitled", here)
            st.caption(_held(found))
        with tile():
            _metric("Left", _number(found.left), "bot_sessions_left")
            over = 0 if found.entitled is None else found.used - found.entitled
            st.caption(f"{number(over)} too many" if over > 0 else "expire with the month" if found.left else "")
        with tile():
            _metric("Share used", share(found.share), "bot_sessions_share")
            if found.share is not None:
                st.progress(min(1.0, found.share))
        with tile():
            _show_end(found)
        with tile():
            _show_running_out(found)


def _metric(label: str, shown: str, key: str, more: str = "") -> None:
    st.metric(label, shown, help=find_metric(key).definition + more)


def _number(value: int | None) -> str:
    return NOTHING if value is None else number(value)


def _held(found: Month) -> str:
    held = runtime().entitlement().holding(found.month)
    if held is None:
        return "not configured"
    return f"{several(held.licences, 'licence')}" + (f", {several(held.packs, 'pack')}" if held.packs else "")


def _show_end(found: Month) -> None:
    """How the month will end; how it ended."""
    if found.is_over:
        days = len(found.by_day)
        st.metric("A day", f"{found.used / days:,.1f}" if days else NOTHING, help="Bot sessions a day, on average.")
        st.caption(f"{days} days")
        return
    end = None if found.forecast is None else found.forecast.end
    _metric("Forecast", NOTHING if end is None else number(round(end.expected)), "bot_sessions_forecast")
    if end is None:
        st.caption(f"needs {DAYS_LEAST} whole days; there are {found.days_known}")
    else:
        st.caption(f"{number(round(end.low))}–{number(round(end.high))}, 95{NARROW}%")


def _show_running_out(found: Month) -> None:
    """When the entitlement is, or was, used up."""
    if found.used_up_ms is not None:
        at = moment(found.used_up_ms, found.zone)
        _metric("Ran out", at.split(" 20")[0], "bot_sessions_forecast")
        st.caption(at)
        return
    if found.is_over or found.entitled is None or found.forecast is None:
        _metric("Runs out", "not" if found.is_over and found.entitled is not None else NOTHING, "bot_sessions_forecast")
        st.caption("lasted the month" if found.is_over and found.entitled is not None else "")
        return
    earliest, expected, latest = found.forecast.reaches(found.entitled)
    _metric("Runs out, est.", "not" if expected is None else bucket(expected.isoformat()), "bot_sessions_forecast")
    st.caption(_between(earliest, latest))


def _between(earliest: date | None, latest: date | None) -> str:
    if earliest is None:
        return f"lasts the month, 95{NARROW}%"
    first = bucket(earliest.isoformat())
    last = "not this month" if latest is None else bucket(latest.isoformat())
    return f"{first} – {last}, 95{NARROW}%" if first != last else f"95{NARROW}% sure of the day"
