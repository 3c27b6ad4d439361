"""What the Surveys page asks, and the command line: figures with the period before, by group, over time, and what was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from metrics.cuts import Key, in_order
from metrics.figures import JsonObject
from metrics.filters import Filters
from metrics.questions import Group, Headline, Placed, headline_of, is_older, placed_in_time, ranked
from metrics.rules import SURVEYS_SINCE
from metrics.surveys.counting import Whose, count_kinds, count_surveys, surveys_in
from metrics.surveys.figures import SurveyTotals
from metrics.surveys.meant import COMMENT, parse_surveyed, say_surveyed
from metrics.windows import Grain
from store.engine import Connection, Store
from store.selecting import closed_conversations
from store.surveys.reads import newest_comments
from store.surveys.records import SurveyKind

# That a page shows; an export has all.
MOST_COMMENTS = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """How many surveys of each kind there are in a cut, by whose conversations."""

    asked: Mapping[tuple[SurveyKind, Whose], int]
    is_stale: bool  # some of the period was derived before surveys were kept

    def of(self, kind: SurveyKind, whose: Whose) -> int:
        """How many conversations had this survey."""
        return self.asked[kind, whose]

    @property
    def total(self) -> int:
        """Of all kinds."""
        return sum(self.of(kind, Whose.ALL) for kind in SurveyKind)


@dataclass(frozen=True, slots=True)
class Comments:
    """What customers wrote, the latest conversations first, and how much there is in all."""

    rows: Sequence[Mapping[Any, Any]]
    count: int


def standing(store: Store, filters: Filters) -> Standing:
    """Which surveys there are at all."""
    with store.read() as connection:
        asked = count_kinds(connection, filters)
        return Standing(asked, is_stale=is_older(connection, filters, SURVEYS_SINCE, bots_only=False))


def headline(store: Store, filters: Filters, kind: SurveyKind, whose: Whose, keys: Sequence[str]) -> Headline[SurveyTotals]:
    """A card for each figure, with the period before, all of one snapshot."""

    def count(connection: Connection, cut: Filters) -> SurveyTotals:
        return count_surveys(connection, cut, kind, whose).get((), SurveyTotals(kind))

    return headline_of(store, filters, keys, count)


def trend(store: Store, filters: Filters, kind: SurveyKind, whose: Whose, grain: Grain) -> list[Placed[SurveyTotals]]:
    """The figures by bucket in order of time, with those in between that have none."""
    with store.read() as connection:
        return placed_in_time(
            connection, filters, grain, lambda by: count_surveys(connection, filters, kind, whose, by), SurveyTotals(kind)
        )


def by_word(store: Store, filters: Filters, kind: SurveyKind, whose: Whose, by: str) -> list[Group[SurveyTotals]]:
    """The figures by outcome, bot, topic …, the most asked first; "" for those without one."""
    with store.read() as connection:
        return ranked(count_surveys(connection, filters, kind, whose, (by,)), lambda totals: totals.surveys_asked)


def comments(store: Store, filters: Filters, kind: SurveyKind, whose: Whose, *, most: int = MOST_COMMENTS) -> Comments:
    """What customers wrote beside their answers."""
    chosen = replace(filters.selection(bots_only=whose is Whose.BOTS), start_ms=None, end_ms=None)
    chosen = replace(chosen, people_only=chosen.people_only or whose is Whose.PEOPLE)
    wanted = parse_surveyed(say_surveyed(kind, COMMENT))
    with store.read() as connection:
        rows = surveys_in(connection, filters, kind, whose)
        ended = rows.columns["ended_ms"][rows.columns["has_comment"] != 0]
        # Packed days say when those conversations ended: looking there is quick, where going through all would not be.
        moments = np.unique(ended[-most:]).tolist()
        found = newest_comments(connection, closed_conversations(chosen), moments, wanted, most) if moments else ()
    return Comments(found, len(ended))


def report(store: Store, filters: Filters, kinds: Sequence[SurveyKind], whose: Whose, by: str | None = None) -> list[JsonObject]:
    """The figures as they are printed: an object for each kind, always; with `by` one for each group that has surveys."""
    by_keys = () if by is None else (by,)
    objects: list[JsonObject] = []
    with store.read() as connection:
        for kind in kinds:
            found = count_surveys(connection, filters, kind, whose, by_keys)
            groups: Mapping[Key, SurveyTotals] = found if by or found else {(): SurveyTotals(kind)}
            for key in in_order(groups):
                said = {"survey": kind.value, **dict(zip(by_keys, key, strict=True))}
                objects.append(said | groups[key].as_json())
    return objects
