"""Making a file of rows from a page: begun by a button, with its progress and a way to stop it, then taken by a link."""

from __future__ import annotations

import shlex

import streamlit as st

from live.export_desk import DeskFullError, Job, State
from metrics.exports.columns import TABLES
from metrics.exports.rows import Wanted
from metrics.exports.words import words_of
from pages.components.formats import number, size
from pages.components.viewer import viewer
from pages.runtime import runtime

KINDS = {"CSV": "csv", "Parquet": "parquet"}
# A file of some thousand rows is there in the meantime, and needs no second look.
AT_ONCE_SECONDS = 3.0
LOOK_EVERY = "1s"
_JOB, _WORDS, _REFUSED, _ENDED = "export_job", "export_words", "export_refused", "export_ended"


def choose_table() -> str:
    """Which table is wanted."""
    look = {"label_visibility": "collapsed", "required": True}
    chosen: str = st.segmented_control("Table", tuple(TABLES), default="conversations", key="table", bind="query-params", **look)
    return chosen


def choose_kind() -> str:
    """What the file is to be: the ending of its name."""
    look = {"label_visibility": "collapsed", "required": True}
    return KINDS[st.segmented_control("Format", tuple(KINDS), default="CSV", key="format", bind="query-params", **look)]


def show_export(wanted: Wanted, kind: str, rows: int) -> None:
    """The button, and what became of it."""
    words, name = words_of(wanted), f"{wanted.table}.{kind}"
    label = f"Make {kind.upper() if kind == 'csv' else 'Parquet'} of {number(rows)} {'row' if rows == 1 else 'rows'}"
    st.button(
        label,
        type="primary",
        icon=":material/download:",
        disabled=rows == 0,
        on_click=_begin,
        args=(words, name),
        key="make_file",
    )
    running = _job_of(words, name)
    look_every = LOOK_EVERY if running is not None and running.state is State.RUNNING else None
    st.fragment(_show_job, run_every=look_every)(words, name)


def command_line(wanted: Wanted, kind: str) -> str:
    """The command that writes the same file."""
    here, name = runtime(), f"{wanted.table}.{kind}"
    words = ["python", "-m", "metrics", "export", *words_of(wanted), "-o", name]
    return shlex.join([*words, "--db", here.store.url] if here.is_demo else words)


def _show_job(words: list[str], name: str) -> None:
    """How far the file is. Draws itself anew while it is being made."""
    if st.session_state.get(_REFUSED):
        st.warning(st.session_state.pop(_REFUSED), icon=":material/hourglass_top:")
    job = _job_of(words, name)
    if job is None:
        return
    match job.state:
        case State.RUNNING:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.progress(job.share, text=f"{number(job.rows)} of {number(job.of)} rows" if job.of else "Counting the rows")
                st.button(
                    "Cancel", icon=":material/close:", on_click=runtime().exports.cancel, args=(job.key,), key="cancel_file"
                )
        case State.DONE:
            _was_running(job)
            _show_links(job)
        case State.CANCELLED:
            _was_running(job)
            st.info("Cancelled. Nothing was kept of the file.", icon=":material/cancel:")
        case State.FAILED:
            _was_running(job)
            st.error(f"The file was not made: {job.error}", icon=":material/error:")


def _show_links(job: Job) -> None:
    link, who = runtime().download_link, viewer()
    with st.container(horizontal=True, vertical_alignment="center", key="finished_file"):
        saved = f"Save {job.path.name}, {size(job.path.stat().st_size)}"
        st.link_button(saved, link(who, job.key, "file"), icon=":material/save_alt:", type="primary")
        st.link_button(
            "Manifest",
            link(who, job.key, "manifest"),
            icon=":material/verified:",
            help="What is in the file: filters, time zone, definitions, rows, and its SHA-256.",
        )
        st.caption(f"{number(job.rows)} rows. Kept for an hour.", width="content")


def _begin(words: list[str], name: str) -> None:
    """Begin the file (a callback); a small one is there when this returns."""
    desk = runtime().exports
    desk.cancel(st.session_state.get(_JOB, ""))
    try:
        job = desk.start(words, name, viewer=viewer().id)
    except (DeskFullError, OSError) as error:
        st.session_state[_REFUSED] = f"Not now: {error}."
        return
    st.session_state[_JOB], st.session_state[_WORDS] = job.key, (*words, name)
    if job.ended.wait(AT_ONCE_SECONDS):
        st.session_state[_ENDED] = job.key


def _job_of(words: list[str], name: str) -> Job | None:
    """The file of this session, where it is of this very selection."""
    if st.session_state.get(_WORDS) != (*words, name):
        return None
    return runtime().exports.find(st.session_state[_JOB])


def _was_running(job: Job) -> None:
    """The whole page once more when a file has just ended, so that nobody looks any longer."""
    if st.session_state.get(_ENDED) != job.key:
        st.session_state[_ENDED] = job.key
        st.rerun()
