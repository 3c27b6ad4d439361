"""Records that could not be read: why, what they hold, and reading them again. Their text is hostile: it is only ever text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from metrics import intake
from pages.components import loaders
from pages.components.formats import moment, number, size
from pages.runtime import runtime

SHOWN = 100
# More than this of a body helps nobody to see what is wrong with it, and would slow the page.
MOST_CHARACTERS = 20_000
FEW_CHARACTERS = 800  # what needs no scrolling
MOST_NAME = 80


def show_rejected(waiting: int, tz: str) -> None:
    """The records that wait, one of them opened."""
    st.subheader("Rejected records", anchor=False)
    records = {row["rejected_id"]: row for row in loaders.rejected_records(limit=SHOWN)}
    names = {str(rejected_id): _name(row) for rejected_id, row in records.items()}
    if len(names) < waiting:
        st.caption(f"{number(waiting)} wait; the newest {number(len(names))} can be opened here.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Record", list(names), format_func=lambda key: names.get(key, key), key="record", width="stretch")
        st.button(
            "Replay", icon=":material/replay:", on_click=_replay, args=([int(chosen)],), key="replay", help="Read it again."
        )
        st.button(
            f"Replay all {number(waiting)}",
            icon=":material/replay:",
            on_click=_replay_all,
            key="replay_all",
            help="Read all that wait again, for instance after an update.",
        )
    record = loaders.rejected_record(int(chosen))
    if record is not None:
        _show(record, tz)


def show_replayed() -> None:
    """What became of the last replay, once."""
    results: Sequence[Any] | None = st.session_state.pop("replayed", None)
    if results is None:
        return
    read = [result for result in results if result.is_read]
    if read:
        activities = sum(result.activities for result in read)
        st.success(f"{number(len(read))} read now, {number(activities)} activities.", icon=":material/check:")
    failed = [result for result in results if not result.is_read]
    if failed:
        st.warning(f"{number(len(failed))} still cannot be read. The reason of the first:", icon=":material/error:")
        st.text(failed[0].reason)


def _show(record: Mapping[Any, Any], tz: str) -> None:
    text = bytes(record["body"]).decode("utf-8", errors="replace")
    facts = {"Reason": record["reason"], "Source": record["source"], "Came by": record["origin"]}
    with st.container(border=True, gap="xsmall"):
        for column, (label, fact) in zip(st.columns([2, 1, 1]), facts.items(), strict=True):
            column.caption(label)
            column.text(fact or "–")
        st.caption(f"Received {moment(record['received_ms'], tz)}, {size(len(record['body']))}")
        height = "content" if len(text) < FEW_CHARACTERS else 300
        st.code(text[:MOST_CHARACTERS], language=None, wrap_lines=True, height=height)
        if len(text) > MOST_CHARACTERS:
            st.caption(f"The first {number(MOST_CHARACTERS)} characters.")


def _name(row: Mapping[Any, Any]) -> str:
    name = f"{row['rejected_id']}: {row['reason']} ({row['origin']})"
    return name if len(name) <= MOST_NAME else f"{name[: MOST_NAME - 1]}…"


def _replay(rejected_ids: Sequence[int]) -> None:
    st.session_state["replayed"] = runtime().replay(rejected_ids)


def _replay_all() -> None:
    _replay(list(intake.rejected_ids(runtime().store)))
