"""Adding up: from rows already chosen and put into groups to the totals of each group, in whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

import numpy as np

from metrics.figures import RETURN_DAYS, Returns, Score, Times, Totals, Turns, totals_of
from metrics.groups import Groups
from metrics.levels import NEUTRAL_MICRO
from metrics.rows import NO_SCORE, OUTCOME_CODES, RESOLUTION_CODES, Flag, Ints, Rows
from metrics.windows import DAY_MS

Wanted = Callable[..., bool]
Figures = dict[str, list[Any]]  # by field of Totals, of each group that has rows

SATISFIED_MICRO = 4_000_000
STAGES = {
    "sentiment_with_bot": "bot_sentiment_micro",
    "sentiment_waiting": "waiting_sentiment_micro",
    "sentiment_with_agent": "agent_sentiment_micro",
}
# Which metrics need what, so that a question about some does not pay for the others.
_FLAGGED = ("engaged", "resolution_rate_engaged", "escalation_rate_engaged", "never_accepted_rate", "suspect_resolutions")
_LEVELS = ("average_sentiment", "positive", "neutral", "negative")
_RATED = ("csat", "csat_response_rate", "csat_satisfied_rate")
_RETURNING = tuple(
    f"{name}_{days}" for name in ("durable_resolution", "repeat_contact", "mature_resolutions") for days in RETURN_DAYS
)


def add_up(rows: Rows, groups: Groups, *, now_ms: int | None, wanted: Collection[str] | None = None) -> dict[int, Totals]:
    """The totals of each group that has rows, by its number. `now_ms` says by when resolutions are old enough.

    With `wanted`, only what these metrics need is counted; what is not counted is as if there were nothing.
    """
    adding = _Adding(rows, groups, _wanting(wanted), now_ms)
    found = adding.outcomes() | adding.flags() | adding.durations() | adding.feelings() | adding.ratings() | adding.returns()
    return dict(zip(adding.there, totals_of(found), strict=True))


def _wanting(wanted: Collection[str] | None) -> Wanted:
    """Says whether any of some metrics is wanted; all are where nothing is said."""
    return lambda *keys: wanted is None or any(key in wanted for key in keys)


class _Adding:
    """One question: its rows in their groups."""

    def __init__(self, rows: Rows, groups: Groups, is_wanted: Wanted, now_ms: int | None) -> None:
        self._rows, self._groups, self._is_wanted, self._now_ms = rows, groups, is_wanted, now_ms
        self._columns = rows.columns
        self._ends = groups.by_code(rows.columns["outcome"] * np.uint8(_RESOLUTIONS) + rows.columns["resolution"], _ENDS)
        self._closed = self._ends.sum(axis=1)
        self._at: dict[int, Groups] = {}
        self._kept = np.flatnonzero(self._closed)
        self.there: list[int] = self._kept.tolist()

    def outcomes(self) -> Figures:
        """How many ended in which way."""
        ends = self._ends.reshape(-1, _OUTCOMES, _RESOLUTIONS)
        outcomes, resolutions = ends.sum(axis=2), ends.sum(axis=1)
        return {
            "closed": self._listed(self._closed),
            **{name: self._listed(outcomes[:, code]) for name, code in OUTCOME_CODES.items() if name},
            **{name: self._listed(resolutions[:, code]) for name, code in RESOLUTION_CODES.items() if name},
        }

    def flags(self) -> Figures:
        """What is a matter of yes and no."""
        if not self._is_wanted(*_FLAGGED):
            return {}
        escalated = self._columns["outcome"] == OUTCOME_CODES["escalated"]
        # All of them in one code: a bit each, with one more for the escalated.
        codes = (self._columns["flags"] & np.uint8(_FLAGS)) // np.uint8(_LOWEST) + escalated * np.uint8(_ESCALATED // _LOWEST)
        counts = self._groups.by_code(codes, 2 * _ESCALATED // _LOWEST)

        def having(*bits: int, lacking: int = 0) -> list[int]:
            every = range(0, 2 * _ESCALATED, _LOWEST)
            wanted = [code // _LOWEST for code in every if all(code & bit for bit in bits) and not code & lacking]
            return self._listed(counts[:, wanted].sum(axis=1))

        return {
            "engaged": having(Flag.ENGAGED),
            "escalated_engaged": having(_ESCALATED, Flag.ENGAGED),
            "never_accepted": having(_ESCALATED, lacking=Flag.ACCEPTED),
            "suspect_resolutions": having(Flag.SUSPECT),
        }

    def durations(self) -> Figures:
        """What is measured in time and in turns, with its quantiles."""
        found: Figures = {}
        for name, kind, column, outcome in _MEASURED:
            if self._is_wanted(name):
                places, values = self._rows.measured(column, outcome)
                found[name] = self._made(kind, self._groups_at(places).quantiles(values))
        return found

    def feelings(self) -> Figures:
        """Sentiment at the end and by stage."""
        found: Figures = {}
        if self._is_wanted(*_LEVELS):
            sentiment = self._columns["sentiment_micro"]
            # None, negative, neutral, positive: as many borders as a score has passed.
            passed = (sentiment != NO_SCORE).view(np.uint8) + (sentiment >= -NEUTRAL_MICRO) + (sentiment > NEUTRAL_MICRO)
            counts = self._groups.by_code(passed, 4)
            found |= {
                **{name: self._listed(counts[:, code]) for code, name in enumerate(("negative", "neutral", "positive"), start=1)},
                "average_sentiment": self._scores("sentiment_micro", self._closed),
            }
        return found | {name: self._scores(column, self._closed) for name, column in STAGES.items() if self._is_wanted(name)}

    def ratings(self) -> Figures:
        """What customers said of it."""
        if not self._is_wanted(*_RATED):
            return {}
        csat, counted = self._columns["csat_micro"], self._groups.counted
        asked = counted((csat != NO_SCORE) | self._rows.has(Flag.CSAT_REQUESTED))
        return {
            "csat_satisfied": self._listed(counted(csat >= SATISFIED_MICRO)),
            "csat": self._scores("csat_micro", asked),
        }

    def returns(self) -> Figures:
        """Who came back after a resolution."""
        if not self._is_wanted(*_RETURNING):
            return {}
        places, spans = self._rows.places("resolved"), len(RETURN_DAYS)
        contact = self._columns["contact_ms"][places]
        # How many of the spans are over for each, and within how many the customer came back: in one code, 0 for the unknown.
        over, within = np.zeros(len(places), dtype=np.uint8), np.zeros(len(places), dtype=np.uint8)
        for days in RETURN_DAYS:
            over[: self._num_mature(places, days)] += 1
            within += contact < days * DAY_MS
        codes = self._rows.has(Flag.KNOWN)[places] * (over * np.uint8(spans + 1) + within + np.uint8(1))
        counts = self._groups_at(places).by_code(codes, (spans + 1) ** 2 + 1)[:, 1:].reshape(-1, spans + 1, spans + 1)
        found: Figures = {}
        for at, days in enumerate(RETURN_DAYS, start=1):
            mature, returned = counts[:, at:], counts[:, at:, -at:]
            found[f"returns_{days}"] = self._made(Returns, (part.sum(axis=(1, 2)) for part in (counts, mature, returned)))
        return found

    def _num_mature(self, places: Ints, days: int) -> int:
        """How many of these rows, which are in order of their end and so the first ones, ended so many days ago."""
        if self._now_ms is None:
            return len(places)
        num_ended = np.searchsorted(self._columns["ended_ms"], self._now_ms - days * DAY_MS, side="right")
        return int(np.searchsorted(places, num_ended))

    def _groups_at(self, places: Ints) -> Groups:
        """The groups of the rows at places that the rows keep, and so are asked for again."""
        if id(places) not in self._at:
            self._at[id(places)] = self._groups.at(places)
        return self._at[id(places)]

    def _scores(self, column: str, of: Ints) -> list[Score]:
        values, unscored = self._columns[column], self._rows.unscored(column)
        if len(unscored) * 2 < len(values):
            # What stands for no score is added with the others, and taken away again.
            missing = self._groups.at(unscored).lengths()
            return self._made(Score, (self._groups.sums(values) - missing * NO_SCORE, self._closed - missing, of))
        places = self._rows.scored(column)
        groups = self._groups.at(places)
        return self._made(Score, (groups.sums(values[places]), groups.lengths(), of))

    def _made(self, kind: Callable[..., Any], parts: Iterable[Ints]) -> list[Any]:
        return [kind(*each) for each in zip(*(self._listed(part) for part in parts), strict=True)]

    def _listed(self, counts: Ints) -> list[int]:
        """Of the groups that have rows."""
        listed: list[int] = counts[self._kept].tolist()
        return listed


_OUTCOMES, _RESOLUTIONS = len(OUTCOME_CODES), len(RESOLUTION_CODES)
_ENDS = _OUTCOMES * _RESOLUTIONS
# Bits that follow each other, and the next one.
_FLAGS = int(Flag.ENGAGED | Flag.SUSPECT | Flag.ACCEPTED)
_LOWEST, _ESCALATED = int(Flag.ENGAGED), 2 * int(Flag.ACCEPTED)
# What is measured: its name, its kind, its column, and in which outcome.
_MEASURED: tuple[tuple[str, type[Times] | type[Turns], str, str], ...] = (
    ("resolution_time", Times, "bot_ms", "resolved"),
    ("escalation_time", Times, "bot_ms", "escalated"),
    ("wait_after_escalation", Times, "wait_ms", "escalated"),
    ("escalation_turns", Turns, "bot_turns", "escalated"),
    ("wasted_turns", Turns, "wasted_turns", "escalated"),
)
