"""What surveys come to for one group of conversations: whole numbers as counted, divided last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from metrics.figures import JsonObject, Rate, Score
from metrics.intervals import of_change, of_two_shares
from store.surveys.records import BOUNDS, SurveyKind

Bounds = tuple[int, int]  # of answers, both included; what lies between two whole numbers goes with the lower one

MOST_ANSWER = max(most for _, most in BOUNDS.values())
# Answers that figures take together.
SATISFIED: Bounds = (4, 5)
PROMOTERS: Bounds = (9, 10)
PASSIVES: Bounds = (7, 8)
DETRACTORS: Bounds = (0, 6)
EASY: Bounds = (5, 7)
YES: Bounds = (1, 1)


@dataclass(frozen=True, slots=True)
class Nps:
    """The share of promoters less the share of detractors, from −1 to 1."""

    promoters: int = 0
    detractors: int = 0
    n: int = 0

    @property
    def value(self) -> float | None:
        return (self.promoters - self.detractors) / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 %, of two shares of the same answers."""
        return of_two_shares(self.promoters, self.detractors, self.n)

    def change_interval(self, before: Nps) -> tuple[float, float] | None:
        """95 %, of this less `before`."""
        value, interval, value_before, interval_before = self.value, self.interval, before.value, before.interval
        if value is None or interval is None or value_before is None or interval_before is None:
            return None
        return of_change(value, interval, value_before, interval_before)

    def as_json(self) -> JsonObject:
        """As the command line prints it."""
        low, high = self.interval or (None, None)
        counts = {"promoters": self.promoters, "detractors": self.detractors, "n": self.n}
        return {"value": self.value, **counts, "low": low, "high": high}


@dataclass(frozen=True, slots=True)
class SurveyTotals:
    """Surveys of one kind: each conversation once. `answers`: how many of each whole number, from the least on."""

    kind: SurveyKind
    surveys_asked: int = 0
    answers: tuple[int, ...] = ()
    sum_micro: int = 0

    @property
    def surveys_answered(self) -> int:
        return sum(self.answers)

    @property
    def survey_response_rate(self) -> Rate:
        return Rate(self.surveys_answered, self.surveys_asked)

    @property
    def _mean(self) -> Score:
        return Score(self.sum_micro, self.surveys_answered, self.surveys_asked)

    @property
    def survey_csat(self) -> Score:
        return self._mean

    @property
    def survey_csat_satisfied(self) -> Rate:
        return self.share(SATISFIED)

    @property
    def survey_nps(self) -> Nps:
        return Nps(self.between(PROMOTERS), self.between(DETRACTORS), self.surveys_answered)

    @property
    def survey_promoters(self) -> Rate:
        return self.share(PROMOTERS)

    @property
    def survey_passives(self) -> Rate:
        return self.share(PASSIVES)

    @property
    def survey_detractors(self) -> Rate:
        return self.share(DETRACTORS)

    @property
    def survey_ces(self) -> Score:
        return self._mean

    @property
    def survey_ces_easy(self) -> Rate:
        return self.share(EASY)

    @property
    def survey_answered_question(self) -> Rate:
        return self.share(YES)

    def share(self, bounds: Bounds) -> Rate:
        """How many of the answers lie within."""
        return Rate(self.between(bounds), self.surveys_answered)

    def between(self, bounds: Bounds) -> int:
        """How many answers lie within."""
        least = BOUNDS[self.kind][0]
        return sum(self.answers[bounds[0] - least : bounds[1] - least + 1])

    def distribution(self) -> dict[int, int]:
        """How many gave each answer, from the least on."""
        least, most = BOUNDS[self.kind]
        return {answer: self.between((answer, answer)) for answer in range(least, most + 1)}

    def as_json(self) -> JsonObject:
        """As the command line prints it, without the keys of its group; figures of other kinds have no value."""
        figures: dict[str, Rate | Score | Nps] = {
            key: getattr(self if key in FIGURES[self.kind] else SurveyTotals(kind), key)
            for kind, keys in FIGURES.items()
            for key in keys
        }
        counts = self.distribution()
        return (
            {"asked": self.surveys_asked, "answered": self.surveys_answered, "response_rate": self.survey_response_rate.as_json()}
            | {key.removeprefix("survey_"): figure.as_json() for key, figure in figures.items()}
            | {"answers": {str(answer): counts.get(answer) for answer in range(MOST_ANSWER + 1)}}
        )


# What is said of each kind, the one that stands for it first. Of what each counts, answers that lie within; None: all answers.
FIGURES: Mapping[SurveyKind, Mapping[str, Bounds | None]] = {
    SurveyKind.CSAT: {"survey_csat": None, "survey_csat_satisfied": SATISFIED},
    SurveyKind.NPS: {
        "survey_nps": None,
        "survey_promoters": PROMOTERS,
        "survey_passives": PASSIVES,
        "survey_detractors": DETRACTORS,
    },
    SurveyKind.CES: {"survey_ces": None, "survey_ces_easy": EASY},
    SurveyKind.PRR: {"survey_answered_question": YES},
}
