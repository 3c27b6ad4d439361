"""The views of the pages of the past, behind one button: ready ones, those that somebody saved, and a name for what is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

import streamlit as st

from metrics.saved_views import MAX_NAME, SavedView, ViewError
from pages.components.formats import moment
from pages.components.paging import AFTER
from pages.components.ready_views import READY, TITLES
from pages.components.view_list import Group, Link, view_list
from pages.components.viewer import viewer
from pages.components.zone import viewer_zone
from pages.runtime import runtime

_REFUSED, _KEPT, _DELETING = "view_refused", "view_kept", "view_deleting"


def show_views_of(page: str) -> None:
    """The button, on the pages that have views."""
    if page not in TITLES:
        return
    with st.popover("Views", icon=":material/bookmark:", key="views", on_change="rerun") as opened:
        if opened.open:
            _show(page)


def _show(page: str) -> None:
    saved = runtime().saved_views.every()
    view_list(list(_groups(page, saved)))
    with st.form("view_form", border=False, clear_on_submit=False):
        st.text_input("Name for what is shown now", key="view_name", max_chars=MAX_NAME, placeholder="Monday morning")
        st.form_submit_button("Save for everybody", type="primary", on_click=_save, args=(page,), key="save_view")
    _say_what_became()
    if saved:
        _manage(saved)


def _groups(page: str, saved: Sequence[SavedView]) -> Iterator[Group]:
    """Those of this page first."""
    for place in sorted(TITLES, key=lambda each: each != page):
        links = [Link(view.name, f"{place}?{urlencode(view.query, doseq=True)}", "") for view in READY if view.page == place]
        links += [Link(view.name, f"{place}?{view.query}", _who(view)) for view in saved if view.page == place]
        if links:
            yield Group(TITLES[place], tuple(links))


def _who(view: SavedView) -> str:
    made = f"{view.made_by}, {moment(view.made_ms, viewer_zone())}"
    return made if view.changed_ms == view.made_ms else f"{made}; renamed by {view.changed_by}"


def _manage(saved: Sequence[SavedView]) -> None:
    names = {view.view_id: view.name for view in saved}
    with st.expander("Rename or delete", icon=":material/edit:"):
        chosen = st.selectbox("View", list(names), format_func=lambda view_id: names[view_id], key="view_chosen")
        st.text_input("New name", key="view_new_name", max_chars=MAX_NAME)
        with st.container(horizontal=True):
            st.button("Rename", icon=":material/edit:", on_click=_rename, args=(chosen,), key="rename_view")
            st.button("Delete", icon=":material/delete:", on_click=_ask_whether, args=(chosen,), key="delete_view")
        if st.session_state.get(_DELETING) == chosen:
            st.text(f"Delete “{names[chosen]}” for everybody?")
            with st.container(horizontal=True):
                st.button("Delete it", type="primary", on_click=_delete, args=(chosen, names[chosen]), key="delete_view_indeed")
                st.button("Keep it", on_click=_ask_whether, args=(None,), key="keep_view")


def _say_what_became() -> None:
    if st.session_state.get(_REFUSED):
        st.warning(st.session_state.pop(_REFUSED), icon=":material/warning:")
    if st.session_state.get(_KEPT):
        st.text(st.session_state.pop(_KEPT))


def _save(page: str) -> None:
    """Keep what the link says (a callback)."""
    query = urlencode({name: st.query_params.get_all(name) for name in st.query_params if name != AFTER}, doseq=True)
    try:
        runtime().saved_views.save(page, str(st.session_state.get("view_name") or ""), query, by=viewer().name)
    except ViewError as error:
        st.session_state[_REFUSED] = str(error)
        return
    st.session_state[_KEPT] = f"Saved: {st.session_state['view_name']}"
    st.session_state["view_name"] = ""


def _rename(view_id: int) -> None:
    try:
        runtime().saved_views.rename(view_id, str(st.session_state.get("view_new_name") or ""), by=viewer().name)
    except ViewError as error:
        st.session_state[_REFUSED] = str(error)
        return
    st.session_state["view_new_name"] = ""


def _ask_whether(view_id: int | None) -> None:
    st.session_state[_DELETING] = view_id


def _delete(view_id: int, name: str) -> None:
    _ask_whether(None)
    runtime().saved_views.delete(view_id)
    st.session_state[_KEPT] = f"Deleted: {name}"
