"""Annotations beside a trend: what happened when, noted by whoever knows, shown to all. Their words are shown as text only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from metrics.annotations import MAX_TEXT, Annotation, AnnotationError
from metrics.windows import WindowError, parse_moment
from pages.components import loaders
from pages.components.formats import moment, number
from pages.components.period import Asked
from pages.components.viewer import viewer
from pages.runtime import runtime

ALL_BOTS = "(all)"
_REFUSED, _CHANGED = "annotation_refused", "annotation_changed"


def add_annotation(asked: Asked) -> None:
    """A small form behind a button: note what happened."""
    with st.popover("Annotate", icon=":material/edit_note:", help="Note on the time line what happened, for everybody."):
        now = datetime.fromtimestamp(runtime().now_ms() / 1000, UTC).astimezone(ZoneInfo(asked.filters.tz))
        _form(asked, "new", text="", at=now, bot="")


def list_annotations(asked: Asked, found: Sequence[Annotation]) -> None:
    """Those of the period, each to be changed or deleted."""
    if not found:
        return
    with st.expander(f"Annotations ({number(len(found))})", icon=":material/edit_note:"):
        for each in found:
            if st.session_state.get(_CHANGED) == each.annotation_id:
                at = datetime.fromtimestamp(each.at_ms / 1000, UTC).astimezone(ZoneInfo(asked.filters.tz))
                _form(asked, str(each.annotation_id), text=each.text, at=at, bot=each.bot)
            else:
                _line(each, asked.filters.tz)


def _line(each: Annotation, tz: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"annotation_{each.annotation_id}"):
        st.caption(moment(each.at_ms, tz), width=150)
        st.text(f"{each.text} ({each.bot})" if each.bot else each.text, width="stretch")
        st.text(each.changed_by, width="content")
        own = {"type": "tertiary", "args": (each.annotation_id,)}
        st.button("Change", icon=":material/edit:", key=f"change_{each.annotation_id}", on_click=_begin, **own)
        st.button("Delete", icon=":material/delete:", key=f"delete_{each.annotation_id}", on_click=_delete, **own)


def _form(asked: Asked, key: str, *, text: str, at: datetime, bot: str) -> None:
    """What, when, and which bot; `key` is the number of one that there is, or "new"."""
    bots = [word for word in loaders.choices(asked.filters, asked.as_of)["bot"] if word]
    choices = [ALL_BOTS, *dict.fromkeys([*bots, *([bot] if bot else [])])]
    with st.form(f"annotation_form_{key}", border=False):
        st.text_input(
            "What happened", value=text, key=f"annotation_text_{key}", max_chars=MAX_TEXT, placeholder="Bot v2 released"
        )
        with st.container(horizontal=True):
            st.datetime_input(
                f"When, {asked.filters.tz}", value=at.replace(tzinfo=None, microsecond=0), key=f"annotation_at_{key}", width=200
            )
            st.selectbox("Bot", choices, index=choices.index(bot or ALL_BOTS), key=f"annotation_bot_{key}", width=150)
        with st.container(horizontal=True):
            st.form_submit_button(
                "Add" if key == "new" else "Save", type="primary", on_click=_save, args=(key, asked.filters.tz), key=f"save_{key}"
            )
            if key != "new":
                st.form_submit_button("Cancel", on_click=_end, key=f"cancel_{key}")
    if st.session_state.get(_REFUSED):
        st.warning(st.session_state.pop(_REFUSED), icon=":material/warning:")


def _save(key: str, tz: str) -> None:
    """Take what the form says (a callback)."""
    said = {name: st.session_state.get(f"annotation_{name}_{key}") for name in ("text", "at", "bot")}
    here, by = runtime().annotations, viewer().name
    try:
        if said["at"] is None:
            raise AnnotationError("Give the time.")
        at_ms = parse_moment(said["at"].isoformat(), tz)
        bot = "" if said["bot"] in (None, ALL_BOTS) else str(said["bot"])
        if key == "new":
            here.add(str(said["text"] or ""), at_ms, bot=bot, by=by)
            st.session_state["annotation_text_new"] = ""
        else:
            here.change(int(key), str(said["text"] or ""), at_ms, bot=bot, by=by)
            _end()
    except (AnnotationError, WindowError) as error:
        st.session_state[_REFUSED] = str(error)


def _begin(annotation_id: int) -> None:
    st.session_state[_CHANGED] = annotation_id


def _end() -> None:
    st.session_state.pop(_CHANGED, None)


def _delete(annotation_id: int) -> None:
    runtime().annotations.delete(annotation_id)
