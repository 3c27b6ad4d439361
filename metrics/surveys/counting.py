"""Figures of surveys: how many were asked and answered, and what was answered, by any cut, from packed days."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from metrics.closed import closed_surveys
from metrics.cuts import BY_ASKED, BY_OUTCOME, Key, grouped
from metrics.figures import MICRO
from metrics.filters import Filters
from metrics.rows import NO_SCORE, SURVEY_CODES, Flag, Mask, Rows
from metrics.surveys.figures import SurveyTotals
from metrics.windows import Grain
from store.engine import Connection
from store.surveys.records import BOUNDS, SurveyKind


class Whose(StrEnum):
    """Of which conversations surveys are counted."""

    BOTS = "bots"  # bot conversations
    PEOPLE = "people"  # those in which only people spoke, but for the survey's bot or one that advised
    ALL = "all"


class Cut(StrEnum):
    """What surveys can be told apart by."""

    OUTCOME = BY_OUTCOME
    BOT = "bot"
    ASKED_BY = BY_ASKED
    TOPIC = "topic"
    QUEUE = "queue"
    CHANNEL = "channel"
    WORKSTREAM = "workstream"
    HOUR = Grain.HOUR.value
    DAY = Grain.DAY.value
    WEEK = Grain.WEEK.value
    MONTH = Grain.MONTH.value


def count_surveys(
    connection: Connection, filters: Filters, kind: SurveyKind, whose: Whose, by: Sequence[str] = ()
) -> dict[Key, SurveyTotals]:
    """The surveys of one kind by group; their conversations are cut by `filters`, and by their end belong to a bucket of time."""
    rows = surveys_in(connection, filters, kind, whose)
    if not len(rows):
        return {}
    groups, names = grouped(rows, by, filters.tz)
    answers = rows.columns["answer_micro"]
    least, most = BOUNDS[kind]
    asked = groups.lengths()
    places = np.flatnonzero(answers != NO_SCORE)
    own = answers[places].astype(np.int64)
    counts = groups.at(places).by_code(own // MICRO - least, most - least + 1).tolist()
    sums = groups.at(places).sums(own).tolist()
    there = np.flatnonzero(asked).tolist()
    totals = [SurveyTotals(kind, int(asked[number]), tuple(counts[number]), sums[number]) for number in there]
    return dict(zip(names(there), totals, strict=True))


def count_kinds(connection: Connection, filters: Filters) -> dict[tuple[SurveyKind, Whose], int]:
    """How many conversations of a cut had each kind of survey, by whose they are."""
    rows = closed_surveys(connection, filters, bots_only=False)
    codes = rows.columns["survey"] * 2 + rows.has(Flag.PEOPLE)
    counts = np.bincount(codes, minlength=2 * len(SURVEY_CODES)).reshape(-1, 2).tolist()
    return {
        (kind, whose): count
        for kind, (bots, people) in zip(SurveyKind, counts, strict=True)
        for whose, count in ((Whose.BOTS, bots), (Whose.PEOPLE, people), (Whose.ALL, bots + people))
    }


def surveys_in(connection: Connection, filters: Filters, kind: SurveyKind, whose: Whose) -> Rows:
    """The surveys of one kind of a cut: each conversation once."""
    rows = closed_surveys(connection, filters, bots_only=whose is Whose.BOTS)
    is_kind: Mask = rows.columns["survey"] == SURVEY_CODES[kind]
    return rows.where(is_kind & rows.has(Flag.PEOPLE) if whose is Whose.PEOPLE else is_kind)
