"""What pages of the past read, one function a question. Kept until the database changes, and shared by all viewers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

import streamlit as st

from metrics import exports, intake, questions, report
from metrics.figures import Totals
from metrics.filters import Filters
from metrics.intake import SourceState
from metrics.questions import HEADLINE, Card, Cursor, Page, Point
from metrics.windows import Grain
from pages.runtime import runtime

# An answer holds as long as the number of the newest change, which is part of its key; after this long it makes room.
TTL_SECONDS = 300
KEPT = 64


@dataclass(frozen=True, slots=True)
class Headline:
    """The cards of a period and everything counted in it."""

    cards: Sequence[Card]
    totals: Totals


def settle() -> int:
    """Close what is due, then the number of the newest change: as long as it stands, so does every answer."""
    here = runtime()
    here.settle()
    return here.store.changes.latest()


def choices(filters: Filters) -> dict[str, list[str]]:
    """What the period can be narrowed to."""
    return _choices(filters, settle())


def headline(filters: Filters) -> Headline:
    """The five headline metrics with the period before, and the totals."""
    return _headline(filters, settle())


def trend(filters: Filters, grain: Grain) -> list[Point]:
    """Totals by bucket of time."""
    return _trend(filters, grain, settle())


def by_bot(filters: Filters) -> dict[str, Totals]:
    """Totals by bot; "" for those without one."""
    return _by_bot(filters, settle())


def conversations(filters: Filters, metric: str, after: Cursor | None, *, limit: int) -> Page:
    """One page of the conversations behind a metric."""
    settle()
    return questions.conversations(runtime().store, filters, metric, after=after, limit=limit)


def preview(table: str, filters: Filters, *, limit: int) -> list[list[str]]:
    """The first rows of an export."""
    settle()
    with closing(exports.rows(runtime().store, table, filters)) as rows:
        return list(islice(rows, limit))


def export_size(table: str, filters: Filters) -> int:
    """How many rows an export will have."""
    return _export_size(table, filters, settle())


def has_history() -> bool:
    """Whether any bot conversation is stored, tests included."""
    return report.count(runtime().store, Filters(include_tests=True))[()].bot_conversations > 0


def newest_event_ms() -> int | None:
    """When the newest event of any source happened."""
    return intake.newest_event_ms(runtime().store)


def source_states() -> list[SourceState]:
    """Every source and how fresh it is."""
    here = runtime()
    return intake.source_states(here.store, now_ms=here.now_ms())


def rejected_records(*, limit: int) -> Sequence[Mapping[Any, Any]]:
    """The newest rejected records, without bodies."""
    return intake.rejected_records(runtime().store, limit=limit)


def rejected_record(rejected_id: int) -> Mapping[Any, Any] | None:
    """One rejected record with its body."""
    return intake.rejected_record(runtime().store, rejected_id)


def count_rejected() -> int:
    """How many rejected records wait."""
    return intake.count_rejected(runtime().store)


@st.cache_data(ttl=TTL_SECONDS, max_entries=KEPT, show_spinner=False)
def _choices(filters: Filters, newest: int) -> dict[str, list[str]]:
    return questions.choices(runtime().store, filters)


@st.cache_data(ttl=TTL_SECONDS, max_entries=KEPT, show_spinner=False)
def _headline(filters: Filters, newest: int) -> Headline:
    store = runtime().store
    return Headline(questions.headline(store, filters, HEADLINE), report.count(store, filters)[()])


@st.cache_data(ttl=TTL_SECONDS, max_entries=KEPT, show_spinner=False)
def _trend(filters: Filters, grain: Grain, newest: int) -> list[Point]:
    return questions.trend(runtime().store, filters, grain)


@st.cache_data(ttl=TTL_SECONDS, max_entries=KEPT, show_spinner=False)
def _by_bot(filters: Filters, newest: int) -> dict[str, Totals]:
    return {key[0] or "": totals for key, totals in report.count(runtime().store, filters, ("bot",)).items()}


@st.cache_data(ttl=TTL_SECONDS, max_entries=KEPT, show_spinner=False)
def _export_size(table: str, filters: Filters, newest: int) -> int:
    return exports.count(runtime().store, table, filters)
