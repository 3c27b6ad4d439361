"""Making a file of rows from a page: begun by a button, with its progress and a way to stop it, then taken by a link."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

import streamlit as st

from live.export_desk import DeskFullError, Job, State
from metrics.exports.columns import TABLES
from metrics.exports.rows import Wanted
from metrics.exports.words import words_of
from pages.components.choose import choose_among
from pages.components.formats import moment, number, several, size
from pages.components.linked import linked_choice
from pages.components.paging import question_of
from pages.components.viewer import viewer
from pages.runtime import runtime


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file may be: what it is called, the ending of its name, and words of the command line."""

    name: str
    ending: str = "csv"
    words: tuple[str, ...] = ()


CSV = Kind("CSV")
KINDS = {kind.name: kind for kind in (CSV, Kind("CSV for Excel", words=("--bom",)), Kind("Parquet", "parquet"))}
# A file of some thousand rows is there in the meantime, and needs no second look.
AT_ONCE_SECONDS = 3.0
LOOK_EVERY = "1s"
_JOB, _JOB_OF, _REFUSED, _ENDED = "export_job", "export_job_of", "export_refused", "export_ended"


def choose_table() -> str:
    """Which table is wanted."""
    look = {"format_func": named, "label_visibility": "collapsed", "width": 200}
    return linked_choice("Table", tuple(TABLES), name="table", default="conversations", **look)


def named(table: str) -> str:
    """Bot sessions."""
    return table.replace("_", " ").capitalize()


def choose_kind() -> Kind:
    """What the file is to be."""
    return KINDS[choose_among("Format", KINDS, name="format")]


def show_export(wanted: Wanted, kind: Kind, rows: int) -> None:
    """The button, and what became of it."""
    # Its words would be others with every minute that passes.
    question = f"{kind.name} {question_of(wanted)}"
    st.button(
        f"Make {kind.name} of {several(rows, 'row')}",
        type="primary",
        icon=":material/download:",
        disabled=rows == 0,
        on_click=_begin,
        args=(_words(wanted, kind), _file_name(wanted, kind), question),
        key="make_file",
    )
    running = _job_of(question)
    look_every = LOOK_EVERY if running is not None and running.state is State.RUNNING else None
    st.fragment(_show_job, run_every=look_every)(question, wanted.filters.tz)


def command_line(wanted: Wanted, kind: Kind) -> str:
    """The command that writes the same file."""
    here = runtime()
    words = ["python", "-m", "metrics", "export", *_words(wanted, kind), "-o", _file_name(wanted, kind)]
    return shlex.join([*words, "--db", here.store.url] if here.is_demo else words)


def _words(wanted: Wanted, kind: Kind) -> list[str]:
    return [*words_of(wanted), *kind.words]


def _file_name(wanted: Wanted, kind: Kind) -> str:
    return f"{wanted.table}.{kind.ending}"


def _show_job(question: str, tz: str) -> None:
    """How far the file is. Draws itself anew while it is being made."""
    if st.session_state.get(_REFUSED):
        st.warning(st.session_state.pop(_REFUSED), icon=":material/hourglass_top:")
    job = _job_of(question)
    if job is None:
        return
    match job.state:
        case State.RUNNING:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.progress(job.share, text=f"{number(job.rows)} of {several(job.of, 'row')}" if job.of else "Counting the rows")
                st.button(
                    "Cancel", icon=":material/close:", on_click=runtime().exports.cancel, args=(job.key,), key="cancel_file"
                )
        case State.DONE:
            _was_running(job)
            _show_links(job, tz)
        case State.CANCELLED:
            _was_running(job)
            st.info("Cancelled. Nothing was kept of the file.", icon=":material/cancel:")
        case State.FAILED:
            _was_running(job)
            st.error(f"The file was not made: {job.error}", icon=":material/error:")


def _show_links(job: Job, tz: str) -> None:
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
        st.caption(f"{several(job.rows, 'row')}, as of {moment(job.began_ms, tz)}. Kept for an hour.", width="content")


def _begin(words: list[str], name: str, question: str) -> None:
    """Begin the file (a callback); a small one is there when this returns."""
    desk = runtime().exports
    desk.cancel(st.session_state.get(_JOB, ""))
    try:
        job = desk.start(words, name, viewer=viewer().id)
    except (DeskFullError, OSError) as error:
        st.session_state[_REFUSED] = f"Not now: {error}."
        return
    st.session_state[_JOB], st.session_state[_JOB_OF] = job.key, question
    if job.ended.wait(AT_ONCE_SECONDS):
        st.session_state[_ENDED] = job.key


def _job_of(question: str) -> Job | None:
    """The file of this session, where it is of this very selection."""
    if st.session_state.get(_JOB_OF) != question:
        return None
    return runtime().exports.find(st.session_state[_JOB])


def _was_running(job: Job) -> None:
    """The whole page once more when a file has just ended, so that nobody looks any longer."""
    if st.session_state.get(_ENDED) != job.key:
        st.session_state[_ENDED] = job.key
        st.rerun()
