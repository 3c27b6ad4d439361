"""Adding up: from rows already chosen and put into groups to the totals of each group, in whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

import numpy as np

from metrics.figures import RETURN_DAYS, Returns, Score, Times, Totals, Turns, totals_of
from metrics.groups import Groups
from metrics.levels import NEUTRAL_MICRO
from metrics.rows import NO_SCORE, NO_TIME, NO_TURNS, OUTCOME_CODES, RESOLUTION_CODES, Flag, Ints, Rows
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
        self._by_outcome: dict[str, Groups] = {}
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
        for name, kind, column, outcome, missing in _MEASURED:
            if self._is_wanted(name):
                places, groups = self._rows.places(outcome), self._groups_of(outcome)
                values = self._columns[column][places]
                if missing is not None:
                    is_known = values != missing
                    if not is_known.all():
                        groups, values = groups.at(np.flatnonzero(is_known)), values[is_known]
                found[name] = self._made(kind, groups.quantiles(values))
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
        places, groups = self._rows.places("resolved"), self._groups_of("resolved")
        is_known = self._rows.has(Flag.KNOWN)[places]
        known = groups.counted(is_known)
        contact = self._columns["contact_ms"][places]
        returned = np.flatnonzero(is_known & (contact < RETURN_DAYS[-1] * DAY_MS))
        found: Figures = {}
        for days in RETURN_DAYS:
            num_mature = len(places) if self._now_ms is None else self._num_ended_by(places, self._now_ms - days * DAY_MS)
            too_young = num_mature + np.flatnonzero(is_known[num_mature:])
            returned = returned[: np.searchsorted(returned, num_mature)]
            came_back = groups.at(returned[contact[returned] < days * DAY_MS]).lengths()
            found[f"returns_{days}"] = self._made(Returns, (known, known - groups.at(too_young).lengths(), came_back))
        return found

    def _num_ended_by(self, places: Ints, at_ms: int) -> int:
        """How many of the rows at these places had ended by then: rows are in order of their end, so they are the first ones."""
        return int(np.searchsorted(places, np.searchsorted(self._columns["ended_ms"], at_ms, side="right")))

    def _groups_of(self, outcome: str) -> Groups:
        if outcome not in self._by_outcome:
            self._by_outcome[outcome] = self._groups.at(self._rows.places(outcome))
        return self._by_outcome[outcome]

    def _scores(self, column: str, of: Ints) -> list[Score]:
        values, unscored = self._columns[column], self._rows.unscored(column)
        if len(unscored) * 2 < len(values):
            # What stands for no score is added with the others, and taken away again.
            missing = self._groups.at(unscored).lengths()
            return self._made(Score, (self._groups.sums(values) - missing * NO_SCORE, self._groups.lengths() - missing, of))
        places = np.flatnonzero(values != NO_SCORE)
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
# What is measured: its name, its kind, its column, in which outcome, and what stands for no value there.
_MEASURED: tuple[tuple[str, type[Times] | type[Turns], str, str, int | None], ...] = (
    ("resolution_time", Times, "bot_ms", "resolved", NO_TIME),
    ("escalation_time", Times, "bot_ms", "escalated", NO_TIME),
    ("wait_after_escalation", Times, "wait_ms", "escalated", NO_TIME),
    ("escalation_turns", Turns, "bot_turns", "escalated", None),
    ("wasted_turns", Turns, "wasted_turns", "escalated", NO_TURNS),
)
